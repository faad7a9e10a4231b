import { showInvariant } from '../../render/json/money.ts';
import { createRoute, z } from '@hono/zod-openapi';

import type { BlockedLine } from '../../core/billing/lesson/line.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import { totalsOf } from '../../core/billing/period/statements.ts';
import { formatInstant, localDate, monthOf } from '../../core/time/calendar.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { PeriodStatements } from '../../queries/statements.ts';
import { instant } from '../../render/json/instant.ts';
import { showClose } from '../../render/json/money.ts';
import { showAdjustment, showBlocked } from '../../render/json/report.ts';
import type { WebDeps } from '../deps.ts';
import { badRequest } from '../http/problem.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, body, createRouter, json, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { reasonInput } from '../http/schemas.ts';

const closeSchema = z
  .looseObject({
    period: z.string(),
    version: z.int(),
    state: z.enum(['closed', 'reopened']),
    document_id: z.string().openapi({ description: 'SHA-256 of the canonical document; equal on any machine.' }),
    exceptions: z.array(z.string()),
    audit: z.object({ head: z.string(), count: z.int() }),
    closed_time: instant,
    closed_by: z.string(),
  })
  .openapi('Close');
const totals = z.array(z.object({ currency: z.string(), billed_minor: z.int(), paid_minor: z.int() }));
const periodSchema = z
  .object({
    period: z.string(),
    timezone: z.string(),
    state: z.enum(['open', 'closed']),
    version: z.int().nullable(),
    totals,
    lines: z.int(),
    problems: z
      .record(z.string(), z.int())
      .openapi({ description: 'How many lines have no amount yet, by the code of what is missing.' }),
    close: closeSchema.nullable(),
  })
  .openapi('Period');
const invariantSchema = z.object({
  name: z.string(),
  claim: z.string(),
  holds: z.boolean(),
  severity: z.enum(['blocks', 'warns', 'fault']),
  against: z.array(z.string()),
});
const adjustmentSchema = z
  .looseObject({ adjustment_id: z.string(), line_id: z.string(), corrects: z.string(), state: z.string() })
  .openapi('Adjustment');
const periodParam = z.object({
  period: z.string().openapi({ example: '2026-01', description: 'A month, or `first..last` day.' }),
});
const adjustmentParam = z.object({ id: z.string().openapi({ example: 'a1-c5-3' }) });
const because = z.strictObject({ reason: reasonInput });

const shared = { tags: ['money'], security: bearerAuth };
const list = createRoute({
  ...shared,
  method: 'get',
  path: '/api/periods',
  operationId: 'listPeriods',
  summary: 'Lists periods with state, totals and problems',
  description: 'Months, newest first, and spans of days that were closed.',
  request: {
    query: z.strictObject({
      months: z
        .string()
        .regex(/^([1-9]|[1-3]\d)$/, 'must be a whole number from 1 to 39')
        .transform(Number)
        .optional()
        .openapi({ type: 'integer', default: 6 }),
    }),
  },
  responses: {
    200: json(z.object({ items: z.array(periodSchema), next_cursor: z.null() }), 'The periods.'),
    ...problems(400),
  },
});
const detail = createRoute({
  ...shared,
  method: 'get',
  path: '/api/periods/{period}',
  operationId: 'getPeriod',
  summary: 'Audits a period before its close',
  request: { params: periodParam },
  responses: {
    200: json(
      periodSchema.extend({
        closable: z.enum(['clean', 'with_exceptions', 'no']),
        invariants: z.array(invariantSchema),
        blocked: z.array(z.record(z.string(), z.unknown())),
        acceptances: z.array(z.object({ teacher_email: z.string(), accepted_time: instant })),
        closes: z.array(closeSchema).openapi({ description: 'All versions, the newest first.' }),
      }),
      'The period with what must hold before it is closed.',
    ),
    ...problems(400),
  },
});
const close = createRoute({
  ...shared,
  method: 'post',
  path: '/api/periods/{period}/close',
  operationId: 'closePeriod',
  summary: 'Closes a period',
  description: 'Freezes every line. What changes afterwards becomes a correction in a later period.',
  request: {
    params: periodParam,
    body: body(z.strictObject({ exceptions: z.boolean().optional(), reason: reasonInput.optional() })),
  },
  responses: { 200: json(closeSchema, 'The period is closed.'), ...problems(400, 409, 413, 415) },
});
const reopen = createRoute({
  ...shared,
  method: 'post',
  path: '/api/periods/{period}/reopen',
  operationId: 'reopenPeriod',
  summary: 'Reopens a period',
  description: 'The version that was issued is kept; the next close makes a new one.',
  request: { params: periodParam, body: body(because) },
  responses: { 200: json(closeSchema, 'The version that no longer stands.'), ...problems(400, 409, 413, 415) },
});
const adjustments = createRoute({
  ...shared,
  method: 'get',
  path: '/api/adjustments',
  operationId: 'listAdjustments',
  summary: 'Lists corrections of closed periods',
  description:
    'Those that wait are reckoned afresh: what was issued against what evidence, decisions and rates give now.',
  request: {
    query: z.strictObject({
      period: z.string().optional(),
      state: z.enum(['proposed', 'accepted', 'rejected']).optional(),
    }),
  },
  responses: {
    200: json(
      z.object({
        items: z.array(adjustmentSchema),
        unresolved: z
          .array(z.record(z.string(), z.unknown()))
          .openapi({ description: 'Closed lines that cannot be reckoned again yet.' }),
        next_cursor: z.null(),
      }),
      'The corrections.',
    ),
    ...problems(400),
  },
});
const accept = createRoute({
  ...shared,
  method: 'post',
  path: '/api/adjustments/{id}/accept',
  operationId: 'acceptAdjustment',
  summary: 'Posts a correction in an open period',
  request: {
    params: adjustmentParam,
    body: body(
      z.strictObject({
        reason: reasonInput,
        period: z.string().optional().openapi({ description: 'Default: the first open one behind the closed.' }),
      }),
    ),
  },
  responses: { 200: json(adjustmentSchema, 'It is a line of that period.'), ...problems(400, 404, 409, 413, 415) },
});
const reject = createRoute({
  ...shared,
  method: 'post',
  path: '/api/adjustments/{id}/reject',
  operationId: 'rejectAdjustment',
  summary: 'Lets the closed line stand',
  request: { params: adjustmentParam, body: body(because) },
  responses: { 200: json(adjustmentSchema, 'It is not proposed again.'), ...problems(400, 404, 409, 413, 415) },
});

const DEFAULT_MONTHS = 6;

export function periodRoutes({ actions, queries, clock, timezone }: WebDeps): Router {
  const router = createRouter();

  const overview = async (period: string) => {
    const found = await queries.statements(period);
    if (found.kind === 'refused') throw refusal(found);
    return showStatements(found);
  };

  router.openapi(list, async (c) => {
    const { months = DEFAULT_MONTHS } = c.req.valid('query');
    const spans = queries
      .standingCloses()
      .map(({ period }) => period)
      .filter((period) => period.includes('..'));
    const items = [];
    for (const period of [...lastMonths(monthOf(localDate(clock.now(), timezone)), months), ...spans.reverse()]) {
      items.push(await overview(period));
    }
    return c.json({ items, next_cursor: null }, 200);
  });

  router.openapi(detail, async (c) => {
    const { period } = c.req.valid('param');
    const found = await queries.periodAudit(period);
    if (found.kind === 'refused') throw refusal(found);
    return c.json(
      {
        ...showStatements(found.statements),
        closable: found.closable,
        invariants: found.invariants.map(showInvariant),
        blocked: found.statements.lines.blocked.map(showWithSide),
        acceptances: queries.acceptances(period).map(({ teacherEmail, acceptedAt }) => ({
          teacher_email: teacherEmail,
          accepted_time: formatInstant(acceptedAt),
        })),
        closes: queries
          .closes()
          .filter((one) => one.period === period)
          .map(showClose),
      },
      200,
    );
  });

  router.openapi(close, async (c) => {
    const { exceptions, reason } = c.req.valid('json');
    const by = { actor: c.get('caller').label, reason };
    const closed = await actions.closePeriod(c.req.valid('param').period, { exceptions }, by);
    if (closed.kind === 'refused') throw refusal(closed);
    return c.json(showClose(closed.close), 200);
  });

  router.openapi(reopen, (c) => {
    const { reason } = c.req.valid('json');
    const reopened = actions.reopenPeriod(c.req.valid('param').period, { actor: c.get('caller').label, reason });
    if (reopened.kind === 'refused') throw refusal(reopened);
    return c.json(showClose(reopened.close), 200);
  });

  router.openapi(adjustments, async (c) => {
    const { period, state } = c.req.valid('query');
    const wrong = period === undefined ? null : queries.checkPeriod(period);
    if (wrong !== null) throw refusal(wrong);
    const waits = state === undefined || state === 'proposed';
    const { proposed, unresolved } = waits ? await queries.corrections(period) : { proposed: [], unresolved: [] };
    const settled = queries
      .settledCorrections(period === undefined ? {} : { corrects: period })
      .filter((one) => state === undefined || one.state === state);
    return c.json(
      {
        items: [...proposed.map((one) => showProposal(one.corrects, one.adjustment)), ...settled.map(showSettled)],
        unresolved: unresolved.map(showWithSide),
        next_cursor: null,
      },
      200,
    );
  });

  router.openapi(accept, async (c) => {
    const { reason, period } = c.req.valid('json');
    const wrong = period === undefined ? null : queries.checkPeriod(period);
    if (wrong?.code === 'invalid') throw badRequest('period', wrong.complaints[0]?.message ?? wrong.message);
    const by = { actor: c.get('caller').label, reason };
    const saved = await actions.acceptCorrection(c.req.valid('param').id, by, period);
    if (saved.kind === 'refused') throw refusal(saved);
    return c.json(showSettled(saved.settled), 200);
  });

  router.openapi(reject, async (c) => {
    const by = { actor: c.get('caller').label, reason: c.req.valid('json').reason };
    const saved = await actions.rejectCorrection(c.req.valid('param').id, by);
    if (saved.kind === 'refused') throw refusal(saved);
    return c.json(showSettled(saved.settled), 200);
  });

  return router;
}

function showStatements(statements: PeriodStatements) {
  const { period, zone, close: standing, lines } = statements;
  const problemsByCode: Record<string, number> = {};
  for (const { code } of lines.blocked) problemsByCode[code] = (problemsByCode[code] ?? 0) + 1;
  return {
    period,
    timezone: zone,
    state: standing === null ? ('open' as const) : ('closed' as const),
    version: standing?.version ?? null,
    totals: totalsOf(statements),
    lines: lines.charges.length + lines.pay.length,
    problems: problemsByCode,
    close: standing === null ? null : showClose(standing),
  };
}

function showWithSide(line: BlockedLine) {
  return { side: line.side, ...showBlocked(line) };
}

function showProposal(corrects: string, adjustment: Adjustment) {
  const { side, currency } = adjustment;
  return { ...showAdjustment(adjustment), side, currency, corrects, state: 'proposed' };
}

function showSettled({ adjustment, corrects, state, postedIn, actor, reason, createdAt }: SettledAdjustment) {
  const settled = { state, posted_in: postedIn, settled_by: actor, settle_reason: reason };
  return { ...showProposal(corrects, adjustment), ...settled, settled_time: formatInstant(createdAt) };
}

/** `2026-03`, `2026-02`, … */
function lastMonths(month: string, count: number): string[] {
  const last = Temporal.PlainYearMonth.from(month);
  return Array.from({ length: count }, (_, i) => last.subtract({ months: i }).toString());
}
