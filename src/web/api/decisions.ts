import { createRoute, z } from '@hono/zod-openapi';

import { decisionKinds } from '../../core/attendance/decision.ts';
import { instant } from '../../render/json/instant.ts';
import { showDecision } from '../../render/json/money.ts';
import type { WebDeps } from '../deps.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, body, createRouter, json, pageOf, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { cursorInput, DEFAULT_LIMIT, idInput, limitInput, page, readCursor, reasonInput } from '../http/schemas.ts';

const decisionSchema = z
  .object({
    decision_id: z.int(),
    kind: z.string(),
    class_id: z.int().nullable(),
    user_email: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    actor: z.string(),
    reason: z.string(),
    created_time: instant,
    undone_time: instant.nullable(),
    undone_by: z.string().nullable(),
    undo_reason: z.string().nullable(),
  })
  .openapi('Decision');
const saved = decisionSchema
  .extend({ rebuilt_class_ids: z.array(z.int()).openapi({ description: 'Classes whose logs are others now.' }) })
  .openapi('SavedDecision');
// What belongs to each kind is checked where it is decided.
const newDecision = z.looseObject({}).openapi('NewDecision', {
  description: [
    'Always `kind`, `class_id` and `reason`, and by kind:',
    '`add_interval`, `remove_interval`: `user_email`, `start_time`, `end_time`',
    '`set_status`: `user_email`, `status` (present, late, absent, excused)',
    '`excuse`: `user_email`',
    '`set_outcome`: `outcome` (as_recorded, student_no_show, teacher_no_show, not_held, canceled), `user_email` of a student or for the whole class',
    '`approve_overrun`: `minutes`',
    '`link_call`: `record`, the conferenceRecords/… that counts for this class',
    '`substitute`: `user_email`, `for`, the teacher who was stood in for; `confirmed` false for a mere visitor',
  ].join('\n- '),
  example: { kind: 'approve_overrun', class_id: 5, minutes: 20, reason: 'agreed with the family' },
});

const shared = { tags: ['money'], security: bearerAuth };
const list = createRoute({
  ...shared,
  method: 'get',
  path: '/api/decisions',
  operationId: 'listDecisions',
  summary: 'Lists what people settled',
  request: {
    query: z.strictObject({
      class_id: idInput('a class').optional(),
      kind: z.enum(decisionKinds).optional(),
      limit: limitInput,
      cursor: cursorInput,
    }),
  },
  responses: { 200: json(pageOf(decisionSchema), 'Decisions in order of their number.'), ...problems(400) },
});
const create = createRoute({
  ...shared,
  method: 'post',
  path: '/api/decisions',
  operationId: 'decide',
  summary: 'Settles something for a class',
  description: 'Laid over the evidence, which stays as it is. Refused for a class of a closed period.',
  request: { body: body(newDecision) },
  responses: { 201: json(saved, 'It is settled, and the logs are rebuilt.'), ...problems(400, 409, 413, 415) },
});
const undo = createRoute({
  ...shared,
  method: 'post',
  path: '/api/decisions/{id}/undo',
  operationId: 'undoDecision',
  summary: 'Takes a decision back',
  request: { params: z.object({ id: idInput('a decision') }), body: body(z.strictObject({ reason: reasonInput })) },
  responses: { 200: json(saved, 'The logs are what they would be without it.'), ...problems(400, 404, 409, 413, 415) },
});

export function decisionRoutes({ actions, queries }: WebDeps): Router {
  const router = createRouter();

  router.openapi(list, (c) => {
    const { class_id: classId, kind, limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
    const [after = 0] = readCursor(cursor, 1) ?? [];
    const found = queries.decisions({ classId, kind, after, limit: limit + 1 });
    return c.json(
      page(found, limit, showDecision, ({ id }) => [id]),
      200,
    );
  });

  router.openapi(create, (c) => {
    const decided = actions.decide(c.req.valid('json'), c.get('caller').label);
    if (decided.kind === 'refused') throw refusal(decided);
    return c.json({ ...showDecision(decided.decision), rebuilt_class_ids: [...decided.rebuiltClassIds] }, 201);
  });

  router.openapi(undo, (c) => {
    const { id } = c.req.valid('param');
    const undone = actions.undoDecision(id, { actor: c.get('caller').label, reason: c.req.valid('json').reason });
    if (undone.kind === 'refused') throw refusal(undone);
    return c.json({ ...showDecision(undone.decision), rebuilt_class_ids: [...undone.rebuiltClassIds] }, 200);
  });

  return router;
}
