import { z } from '@hono/zod-openapi';

import { decidedOutcomes, decidedStatuses, decisionKinds } from '../../core/attendance/decision.ts';
import { decisionSchema, savedDecisionSchema, showDecision, showSavedDecision } from '../../render/json/decision.ts';
import type { WebDeps } from '../deps.ts';
import { unlessRefused } from '../http/problem.ts';
import { createRoutes, json, pageOf, type Router } from '../http/routes.ts';
import { asInput, idInput, page, paging, reasonOnly } from '../http/schemas.ts';

// The action checks the fields that belong to each kind.
const newDecision = z.looseObject({}).openapi('NewDecision', {
  description: [
    'Always `kind`, `class_id` and `reason`, `as` for a class of a closed period, and by kind:',
    '`add_interval`, `remove_interval`: `user_email`, `start_time`, `end_time`',
    `\`set_status\`: \`user_email\`, \`status\` (${decidedStatuses.join(', ')})`,
    '`excuse`: `user_email`',
    `\`set_outcome\`: \`outcome\` (${decidedOutcomes.join(', ')}), \`user_email\` of a student or for the whole class`,
    '`approve_overrun`: `minutes`',
    '`link_call`: `record`, the conferenceRecords/… that counts for this class',
    '`substitute`: `user_email`, `for`, the teacher who was stood in for; `confirmed` false for a mere visitor',
  ].join('\n- '),
  example: { kind: 'approve_overrun', class_id: 5, minutes: 20, reason: 'agreed with the family' },
});

export function decisionRoutes({ actions, queries }: WebDeps): Router {
  const { get, post, router } = createRoutes('money');

  get('/api/decisions', {
    operationId: 'listDecisions',
    summary: 'Lists what people settled',
    query: { class_id: idInput('a class').optional(), kind: z.enum(decisionKinds).optional(), ...paging },
    answer: json(pageOf(decisionSchema), 'Decisions in order of their number.'),
    handle: ({ query: { class_id: classId, kind, ...place } }) =>
      page(place, (slice) => queries.decisions({ classId, kind, ...slice }), showDecision),
  });

  post('/api/decisions', {
    operationId: 'decide',
    summary: 'Settles something for a class',
    description:
      'Laid over the evidence, which stays as it is. For a class of a closed period it needs `as: adjustment`: what was issued stays, and the difference is proposed.',
    body: newDecision,
    status: 201,
    answer: json(savedDecisionSchema, 'It is settled, and the logs are rebuilt.'),
    problems: [409],
    handle: ({ body, actor }) => showSavedDecision(unlessRefused(actions.decide(body, { actor }))),
  });

  post('/api/decisions/{id}/undo', {
    operationId: 'undoDecision',
    summary: 'Takes a decision back',
    params: { id: idInput('a decision') },
    body: reasonOnly.extend({ as: asInput.optional() }),
    answer: json(savedDecisionSchema, 'The logs are what they would be without it.'),
    problems: [404, 409],
    handle: ({ params: { id }, body: { reason, as }, actor }) =>
      showSavedDecision(unlessRefused(actions.undoDecision(id, { actor, reason, as }))),
  });

  return router;
}
