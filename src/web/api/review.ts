import { z } from '@hono/zod-openapi';

import { IDENTITY_SCOPES } from '../../core/attendance/identity/knowledge.ts';
import {
  reviewItemSchema,
  reviewState,
  settledReviewSchema,
  showReviewItem,
  showSettledReview,
} from '../../render/json/review.ts';
import type { WebDeps } from '../deps.ts';
import { found, unlessRefused } from '../http/problem.ts';
import { createRoutes, json, pageOf, type Router } from '../http/routes.ts';
import { emailInput, idInput, page, paging, reasonInput, reasonOnly } from '../http/schemas.ts';
import { answerWithJob, startsJob } from '../http/started-job.ts';

const scopeInput = z
  .enum(IDENTITY_SCOPES)
  .openapi({ description: 'Where it holds, from the narrowest to the widest. Left out: for the call alone.' });

const params = { id: idInput('a review item') };

const MOST_AT_ONE_DEVICE = 20;

/** A job of so many answers is undone in one transaction. */
const MOST_AT_ONCE = 500;

export function reviewRoutes({ queries, actions, queue }: WebDeps): Router {
  const { get, post, postOther, router } = createRoutes('review');
  const settling = {
    params,
    answer: json(settledReviewSchema, 'The item, the classes whose logs changed, and who counts as absent now.'),
    problems: [404, 409] as const,
  };

  get('/api/review', {
    operationId: 'listReview',
    summary: 'Lists participants who are matched to nobody',
    query: { state: reviewState.optional(), class_id: idInput('a class').optional(), ...paging },
    answer: json(pageOf(reviewItemSchema), 'Items in order of their number.'),
    handle: ({ query: { state, class_id: classId, ...place } }) =>
      page(place, (slice) => queries.reviewItems({ state, classId, ...slice }), showReviewItem),
  });

  get('/api/review/{id}', {
    operationId: 'getReview',
    summary: 'Shows a review item',
    params,
    answer: json(reviewItemSchema, 'The item.'),
    problems: [404],
    handle: ({ params: { id } }) => showReviewItem(found(queries.reviewItem(id), `review item ${id}`)),
  });

  postOther('/api/review/bulk', {
    operationId: 'answerReviews',
    summary: 'Answers many review items alike, as a job',
    description:
      'Each answer is an entry of the audit log. `POST /api/jobs/{id}/undo` takes all of them back. Each item of `ids` stands in the result: in `answered`, or in `skipped` with the reason why it could not be answered (also where there is no such item).',
    ...startsJob,
    body: z.strictObject({
      ids: z.array(z.int().min(1)).min(1).max(MOST_AT_ONCE),
      answer: z.enum(['accept', 'refuse', 'ignore']),
      user_email: emailInput
        .optional()
        .openapi({ description: 'Who it is, or is not. Left out: of each item who was suggested.' }),
      scope: scopeInput.optional(),
      reason: reasonInput,
    }),
    problems: [409, 502],
    handle({ body: { ids, answer, user_email: userEmail, scope, reason }, ...asked }) {
      const by = { actor: asked.actor, reason };
      const { job } = unlessRefused(actions.requestReview(ids, { answer, userEmail, scope }, by));
      return answerWithJob({ queue }, job.id, asked);
    },
  });

  post('/api/review/{id}/accept', {
    operationId: 'acceptReview',
    summary: 'Says who a participant is',
    description:
      'Who was suggested, unless somebody is named. Two children at one device are named together, by `user_emails`: who is expected and not named counts as absent.',
    body: z.strictObject({
      person_id: z.int().optional(),
      user_email: emailInput.optional(),
      user_emails: z
        .array(emailInput)
        .min(1)
        .max(MOST_AT_ONE_DEVICE)
        .optional()
        .openapi({ description: 'Several at one device, such as brothers and sisters: students of the class.' }),
      scope: scopeInput.optional(),
      reason: reasonInput,
    }),
    ...settling,
    handle({ params: { id }, body, actor }) {
      const { person_id: personId, user_email: userEmail, user_emails: userEmails, scope, reason } = body;
      return showSettledReview(
        unlessRefused(actions.acceptReview(id, { personId, userEmail, userEmails, scope }, { actor, reason })),
      );
    },
  });

  post('/api/review/{id}/refuse', {
    operationId: 'refuseReview',
    summary: 'Says who a participant is not',
    description:
      'Who was suggested, unless somebody is named. The item stays open while it may be somebody else who was expected and not seen; with nobody suggested it is none of those.',
    body: z.strictObject({ user_email: emailInput.optional(), scope: scopeInput.optional(), reason: reasonInput }),
    ...settling,
    handle: ({ params: { id }, body: { user_email: userEmail, scope, reason }, actor }) =>
      showSettledReview(unlessRefused(actions.refuseReview(id, { userEmail, scope }, { actor, reason }))),
  });

  post('/api/review/{id}/undo', {
    operationId: 'undoReview',
    summary: 'Takes back what was settled',
    body: reasonOnly,
    ...settling,
    handle: ({ params: { id }, body: { reason }, actor }) =>
      showSettledReview(unlessRefused(actions.undoReview(id, { actor, reason }))),
  });

  post('/api/review/{id}/ignore', {
    operationId: 'ignoreReview',
    summary: 'Says that a participant is nobody: a bot or a room device',
    body: z.strictObject({ scope: scopeInput.optional(), reason: reasonInput }),
    ...settling,
    handle: ({ params: { id }, body: { scope, reason }, actor }) =>
      showSettledReview(unlessRefused(actions.ignoreReview(id, { scope }, { actor, reason }))),
  });

  return router;
}
