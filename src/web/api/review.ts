import { createRoute, z } from '@hono/zod-openapi';

import type { ReviewItem, Settled } from '../../actions/review/review-store.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { instant, instantOrNull } from '../../render/json/instant.ts';
import type { WebDeps } from '../deps.ts';
import { badRequest, HttpProblem, notFound } from '../http/problem.ts';
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

const state = z.enum(['open', 'accepted', 'refused', 'ignored', 'gone']);
const scope = z
  .enum(['class', 'series', 'everywhere'])
  .openapi({ description: 'Where it is learned. Left out: the series of the class, or the class when it has none.' });

const itemSchema = z
  .object({
    id: z.int(),
    class_id: z.int(),
    session_id: z.int(),
    series_id: z.string().nullable(),
    subject: z.string(),
    class_start: instant,
    kind: z.enum(['signedin', 'anonymous', 'phone']),
    display_name: z.string(),
    google_user_id: z.string().nullable(),
    participants: z.array(z.string()),
    present_seconds: z.int(),
    suggestion: z
      .object({ person_id: z.int(), user_email: z.string(), name: z.string().nullable(), reason: z.string() })
      .nullable(),
    state,
    decided_time: instant.nullable(),
    decided_by: z.string().nullable(),
    decision_reason: z.string().nullable(),
  })
  .openapi('ReviewItem');
const settledSchema = z.object({ item: itemSchema, rebuilt_class_ids: z.array(z.int()) }).openapi('SettledReview');
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
      state: state.optional(),
      class_id: idInput('a class').optional(),
      limit: limitInput,
      cursor: cursorInput,
    }),
  },
  responses: { 200: json(pageOf(itemSchema), 'Items in order of their number.'), ...problems(400) },
});

const detail = createRoute({
  method: 'get',
  path: '/api/review/{id}',
  operationId: 'getReview',
  summary: 'Shows a review item',
  tags: ['review'],
  security: bearerAuth,
  request: { params },
  responses: { 200: json(itemSchema, 'The item.'), ...problems(400, 404) },
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

export function reviewRoutes({ review, people, audit, write }: WebDeps): Router {
  const router = createRouter();

  const item = (id: number): ReviewItem => {
    const found = review.get(id);
    if (found === null) throw notFound(`review item ${id}`);
    return found;
  };

  const personId = (email: string): number => {
    const person = people.byEmail(email);
    if (person === null)
      throw badRequest('user_email', `${email} is not a person yet; enter them with POST /api/people`);
    return person.id;
  };

  /** Settles and audits in one transaction. */
  const settle = (action: string, before: ReviewItem, by: { actor: string; reason: string }, work: () => Settled) => {
    try {
      return write(() => {
        const settled = work();
        const after = { ...show(settled.item), rebuilt_class_ids: settled.rebuiltClassIds };
        audit.append({
          ...by,
          action: `review.${action}`,
          subject: `review:${before.id}`,
          before: show(before),
          after,
        });
        return { item: show(settled.item), rebuilt_class_ids: [...settled.rebuiltClassIds] };
      });
    } catch (err) {
      if (err instanceof Error && err.name === 'ReviewConflictError') {
        throw new HttpProblem(409, 'review_conflict', err.message);
      }
      throw err;
    }
  };

  router.openapi(list, (c) => {
    const { state: wanted, class_id: classId, limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
    const [after = 0] = readCursor(cursor, 1) ?? [];
    const found = review.list({ state: wanted, classId, after, limit: limit + 1 });
    return c.json(
      page(found, limit, show, ({ id }) => [id]),
      200,
    );
  });

  router.openapi(detail, (c) => c.json(show(item(c.req.valid('param').id)), 200));

  router.openapi(accept, (c) => {
    const found = item(c.req.valid('param').id);
    const { person_id: given, user_email: email, scope: wanted, reason } = c.req.valid('json');
    if ((given === undefined) === (email === undefined))
      throw badRequest('person_id', 'give either person_id or user_email');
    if (given !== undefined && people.get(given) === null) throw badRequest('person_id', `there is no person ${given}`);
    const by = { actor: c.get('caller').label, reason };
    const who = given ?? personId(email ?? '');
    const within = wanted ?? usualScope(found);
    return c.json(
      settle('accept', found, by, () => review.accept(found.id, { ...by, personId: who, scope: within })),
      200,
    );
  });

  router.openapi(refuse, (c) => {
    const found = item(c.req.valid('param').id);
    const { user_email: email, scope: wanted, reason } = c.req.valid('json');
    const by = { actor: c.get('caller').label, reason };
    const who = email === undefined ? undefined : personId(email);
    const within = wanted ?? usualScope(found);
    return c.json(
      settle('refuse', found, by, () => review.refuse(found.id, { ...by, personId: who, scope: within })),
      200,
    );
  });

  router.openapi(undo, (c) => {
    const found = item(c.req.valid('param').id);
    const by = { actor: c.get('caller').label, reason: c.req.valid('json').reason };
    return c.json(
      settle('undo', found, by, () => review.undo(found.id, by)),
      200,
    );
  });

  router.openapi(ignore, (c) => {
    const found = item(c.req.valid('param').id);
    const by = { actor: c.get('caller').label, reason: c.req.valid('json').reason };
    return c.json(
      settle('ignore', found, by, () => review.ignore(found.id, by)),
      200,
    );
  });

  return router;
}

function usualScope({ seriesId }: ReviewItem): 'series' | 'class' {
  return seriesId === null ? 'class' : 'series';
}

function show(item: ReviewItem): z.infer<typeof itemSchema> {
  const { suggestedPersonId, suggestedPersonEmail, suggestedPersonName, suggestionReason } = item;
  return {
    id: item.id,
    class_id: item.classId,
    session_id: item.sessionId,
    series_id: item.seriesId,
    subject: item.subject,
    class_start: formatInstant(item.classStart),
    kind: item.kind,
    display_name: item.displayName,
    google_user_id: item.userId,
    participants: [...item.participants],
    present_seconds: Math.floor(item.presentMs / 1000),
    suggestion:
      suggestedPersonId === null || suggestedPersonEmail === null
        ? null
        : {
            person_id: suggestedPersonId,
            user_email: suggestedPersonEmail,
            name: suggestedPersonName,
            reason: suggestionReason ?? '',
          },
    state: item.state,
    decided_time: instantOrNull(item.decidedAt),
    decided_by: item.decidedBy,
    decision_reason: item.decisionReason,
  };
}
