import { createRoute, z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import type { Dispute } from '../../ledger/money/teacher-store.ts';
import { instant, instantOrNull } from '../../render/json/instant.ts';
import type { WebDeps } from '../deps.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, body, createRouter, json, pageOf, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import {
  cursorInput,
  DEFAULT_LIMIT,
  idInput,
  limitInput,
  page,
  readCursor,
  reasonInput,
  text,
} from '../http/schemas.ts';
import { onlyOf, scopeOf, teacherOf } from '../scope.ts';

const disputeSchema = z
  .object({
    dispute_id: z.int(),
    line_id: z.string(),
    period: z.string(),
    teacher_email: z.string(),
    text: z.string(),
    state: z.enum(['open', 'upheld', 'refused']),
    created_time: instant,
    closed_time: instant.nullable(),
    closed_by: z.string().nullable(),
    close_reason: z.string().nullable(),
  })
  .openapi('Dispute');

const shared = { tags: ['pay'], security: bearerAuth };
const accept = createRoute({
  ...shared,
  method: 'post',
  path: '/api/periods/{period}/accept',
  operationId: 'acceptPay',
  summary: 'Accepts the own pay of a period',
  description: 'For teachers. Holds for the pay as it is now: when a line changes, it has to be accepted again.',
  request: { params: z.object({ period: z.string().openapi({ example: '2026-01' }) }) },
  responses: {
    200: json(
      z.object({ period: z.string(), teacher_email: z.string(), pay_hash: z.string(), accepted_time: instant }),
      'It is noted.',
    ),
    ...problems(400, 409),
  },
});
const list = createRoute({
  ...shared,
  method: 'get',
  path: '/api/disputes',
  operationId: 'listDisputes',
  summary: 'Lists disputed pay',
  description: 'Teachers see their own.',
  request: {
    query: z.strictObject({
      period: z.string().optional(),
      open: z.enum(['true']).optional(),
      limit: limitInput,
      cursor: cursorInput,
    }),
  },
  responses: { 200: json(pageOf(disputeSchema), 'Disputes in order of their number.'), ...problems(400) },
});
const create = createRoute({
  ...shared,
  method: 'post',
  path: '/api/disputes',
  operationId: 'disputeLine',
  summary: 'Disputes a line of the own pay',
  description: 'For teachers. The period closes with an exception while it is open; the other lines are payable.',
  request: { body: body(z.strictObject({ line_id: text(100), text: text(2000) })) },
  responses: { 201: json(disputeSchema, 'It is noted.'), ...problems(400, 409, 413, 415) },
});
const close = createRoute({
  ...shared,
  method: 'post',
  path: '/api/disputes/{id}/close',
  operationId: 'closeDispute',
  summary: 'Settles a dispute',
  description: 'Where the teacher was right, a decision or a rate puts the line right.',
  request: {
    params: z.object({ id: idInput('a dispute') }),
    body: body(z.strictObject({ outcome: z.enum(['upheld', 'refused']), reason: reasonInput })),
  },
  responses: { 200: json(disputeSchema, 'It is settled.'), ...problems(400, 404, 409, 413, 415) },
});

export function disputeRoutes({ actions, queries }: WebDeps): Router {
  const router = createRouter();

  router.openapi(accept, async (c) => {
    const { period } = c.req.valid('param');
    const caller = c.get('caller');
    const said = await actions.acceptPay(period, teacherOf(caller), caller.label);
    if (said.kind === 'refused') throw refusal(said);
    const { teacherEmail, payHash, acceptedAt } = said.acceptance;
    const accepted_time = formatInstant(acceptedAt);
    return c.json({ period, teacher_email: teacherEmail, pay_hash: payHash, accepted_time }, 200);
  });

  router.openapi(list, (c) => {
    const { period, open, limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
    const caller = c.get('caller');
    const [after = 0] = readCursor(cursor, 1) ?? [];
    const personId = onlyOf(scopeOf(caller).payOf);
    const found = queries.disputes({ period, personId, open: open === 'true', after, limit: limit + 1 });
    return c.json(
      page(found, limit, show, ({ id }) => [id]),
      200,
    );
  });

  router.openapi(create, (c) => {
    const { line_id: lineId, text: said } = c.req.valid('json');
    const caller = c.get('caller');
    const disputed = actions.openDispute({ lineId, teacherId: teacherOf(caller), text: said }, caller.label);
    if (disputed.kind === 'refused') throw refusal(disputed);
    return c.json(show(disputed.dispute), 201);
  });

  router.openapi(close, (c) => {
    const { outcome, reason } = c.req.valid('json');
    const by = { actor: c.get('caller').label, reason };
    const closed = actions.closeDispute(c.req.valid('param').id, outcome, by);
    if (closed.kind === 'refused') throw refusal(closed);
    return c.json(show(closed.dispute), 200);
  });

  return router;
}

function show(dispute: Dispute): z.infer<typeof disputeSchema> {
  return {
    dispute_id: dispute.id,
    line_id: dispute.lineId,
    period: dispute.period,
    teacher_email: dispute.teacherEmail,
    text: dispute.text,
    state: dispute.outcome ?? 'open',
    created_time: formatInstant(dispute.createdAt),
    closed_time: instantOrNull(dispute.closedAt),
    closed_by: dispute.closedBy,
    close_reason: dispute.closeReason,
  };
}
