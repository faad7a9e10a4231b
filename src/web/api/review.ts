import type { Context } from 'hono';
import { createRoute, z } from '@hono/zod-openapi';

import type { Refused } from '../../refusal.ts';
import type { Settled } from '../../actions/review/settle.ts';
import type { ReviewItem } from '../../ledger/attendance/review-store.ts';
import { reviewItemSchema, reviewState, showReviewItem } from '../../render/json/review.ts';
import type { AppEnv, WebDeps } from '../deps.ts';
import { notFound } from '../http/problem.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, body, createRouter, json, pageOf, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import {
  cursorInput,
  DEFAULT_LIMIT,
  emailInput,
  idInput,
  limitInput,
  page,
  readCursor,
  reasonInput,
} from '../http/schemas.ts';

const scope = z
  .enum(['class', 'series', 'everywhere'])
  .openapi({ description: 'Where it is learned. Left out: the series of the class, or the class when it has none.' });

const settledSchema = z
  .object({ item: reviewItemSchema, rebuilt_class_ids: z.array(z.int()) })
  .openapi('SettledReview');
const params = z.object({ id: idInput('a review item') });
const reasonOnly = z.strictObject({ reason: reasonInput });

const list = createRoute({
  method: 'get',
  path: '/api/review',
  operationId: 'listReview',
  summary: 'Lists participants who are matched to nobody',
  tags: ['review'],
  security: bearerAuth,
  request: {
    query: z.strictObject({
      state: reviewState.optional(),
      class_id: idInput('a class').optional(),
      limit: limitInput,
      cursor: cursorInput,
    }),
  },
  responses: { 200: json(pageOf(reviewItemSchema), 'Items in order of their number.'), ...problems(400) },
});

const detail = createRoute({
  method: 'get',
  path: '/api/review/{id}',
  operationId: 'getReview',
  summary: 'Shows a review item',
  tags: ['review'],
  security: bearerAuth,
  request: { params },
  responses: { 200: json(reviewItemSchema, 'The item.'), ...problems(400, 404) },
});

function settles<const Action extends string, Schema extends z.ZodType>(
  action: Action,
  operationId: string,
  summary: string,
  schema: Schema,
) {
  return createRoute({
    method: 'post',
    path: `/api/review/{id}/${action}` as const,
    operationId,
    summary,
    tags: ['review'],
    security: bearerAuth,
    request: { params, body: body(schema) },
    responses: {
      200: json(settledSchema, 'The item, and the classes whose logs changed.'),
      ...problems(400, 404, 409, 413, 415),
    },
  });
}

const accept = settles(
  'accept',
  'acceptReview',
  'Says who a participant is',
  z.strictObject({
    person_id: z.int().optional(),
    user_email: emailInput.optional(),
    scope: scope.optional(),
    reason: reasonInput,
  }),
);
const refuse = settles(
  'refuse',
  'refuseReview',
  'Says who a participant is not',
  z.strictObject({ user_email: emailInput.optional(), scope: scope.optional(), reason: reasonInput }),
);
const undo = settles('undo', 'undoReview', 'Takes back what was settled', reasonOnly);
const ignore = settles(
  'ignore',
  'ignoreReview',
  'Says that a participant is nobody: a bot or a room device',
  reasonOnly,
);

export function reviewRoutes({ queries, actions }: WebDeps): Router {
  const router = createRouter();

  const item = (id: number): ReviewItem => {
    const found = queries.reviewItem(id);
    if (found === null) throw notFound(`review item ${id}`);
    return found;
  };

  const settled = (outcome: Settled | Refused) => {
    if (outcome.kind === 'refused') throw refusal(outcome);
    return { item: showReviewItem(outcome.item), rebuilt_class_ids: [...outcome.rebuiltClassIds] };
  };
  const reviewerOf = (c: Context<AppEnv>, reason: string) => ({ actor: c.get('caller').label, reason });

  router.openapi(list, (c) => {
    const { state: wanted, class_id: classId, limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
    const [after = 0] = readCursor(cursor, 1) ?? [];
    const found = queries.reviewItems({ state: wanted, classId, after, limit: limit + 1 });
    return c.json(
      page(found, limit, showReviewItem, ({ id }) => [id]),
      200,
    );
  });

  router.openapi(detail, (c) => c.json(showReviewItem(item(c.req.valid('param').id)), 200));

  router.openapi(accept, (c) => {
    const { person_id: personId, user_email: userEmail, scope, reason } = c.req.valid('json');
    const input = { personId, userEmail, scope };
    return c.json(settled(actions.acceptReview(c.req.valid('param').id, input, reviewerOf(c, reason))), 200);
  });

  router.openapi(refuse, (c) => {
    const { user_email: userEmail, scope, reason } = c.req.valid('json');
    const input = { userEmail, scope };
    return c.json(settled(actions.refuseReview(c.req.valid('param').id, input, reviewerOf(c, reason))), 200);
  });

  router.openapi(undo, (c) => {
    const by = reviewerOf(c, c.req.valid('json').reason);
    return c.json(settled(actions.undoReview(c.req.valid('param').id, by)), 200);
  });

  router.openapi(ignore, (c) => {
    const by = reviewerOf(c, c.req.valid('json').reason);
    return c.json(settled(actions.ignoreReview(c.req.valid('param').id, by)), 200);
  });

  return router;
}
