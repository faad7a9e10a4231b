import { z } from '@hono/zod-openapi';

import { formatInstant, localDate, monthOf } from '../../core/time/calendar.ts';
import { closeSchema, showClose } from '../../render/json/close.ts';
import { anything, instant } from '../../render/json/fields.ts';
import {
  adjustmentSchema,
  invariantSchema,
  periodSchema,
  showInvariant,
  showProposal,
  showSettled,
  showStatements,
  showUnresolved,
} from '../../render/json/period.ts';
import type { WebDeps } from '../deps.ts';
import { unlessRefused } from '../http/problem.ts';
import { createRoutes, json, type Router } from '../http/routes.ts';
import { periodInput, reasonInput, reasonOnly } from '../http/schemas.ts';

const periodParam = { period: periodInput };
const adjustmentParam = { id: z.string().openapi({ example: 'a1-c5-3' }) };

const DEFAULT_MONTHS = 6;

export function periodRoutes({ actions, queries, clock, timezone }: WebDeps): Router {
  const { get, post, router } = createRoutes('money');

  get('/api/periods', {
    operationId: 'listPeriods',
    summary: 'Lists periods with state, totals and problems',
    description: 'Months, newest first, and spans of days that were closed.',
    query: {
      months: z
        .string()
        .regex(/^([1-9]|[1-3]\d)$/, 'must be a whole number from 1 to 39')
        .transform(Number)
        .optional()
        .openapi({ type: 'integer', default: 6 }),
    },
    answer: json(z.object({ items: z.array(periodSchema), next_cursor: z.null() }), 'The periods.'),
    async handle({ query: { months = DEFAULT_MONTHS } }) {
      const closed = queries.standingCloses().map(({ period }) => period);
      const spans = closed.filter((period) => period.includes('..')).reverse();
      const items = [];
      for (const period of [...lastMonths(monthOf(localDate(clock.now(), timezone)), months), ...spans]) {
        items.push(showStatements(unlessRefused(await queries.statements(period))));
      }
      return { items, next_cursor: null };
    },
  });

  get('/api/periods/{period}', {
    operationId: 'getPeriod',
    summary: 'Audits a period before its close',
    params: periodParam,
    answer: json(
      periodSchema.extend({
        closable: z.enum(['clean', 'with_exceptions', 'no']),
        invariants: z.array(invariantSchema),
        blocked: z.array(anything),
        acceptances: z.array(z.object({ teacher_email: z.string(), accepted_time: instant })),
        closes: z.array(closeSchema).openapi({ description: 'All versions, the newest first.' }),
      }),
      'The period with what must hold before it is closed.',
    ),
    async handle({ params: { period } }) {
      const { statements, closable, invariants } = unlessRefused(await queries.periodAudit(period));
      const acceptances = queries.acceptances(period);
      const closes = queries.closes().filter((close) => close.period === period);
      return {
        ...showStatements(statements),
        closable,
        invariants: invariants.map(showInvariant),
        blocked: statements.lines.blocked.map(showUnresolved),
        acceptances: acceptances.map(({ teacherEmail, acceptedAt }) => ({
          teacher_email: teacherEmail,
          accepted_time: formatInstant(acceptedAt),
        })),
        closes: closes.map(showClose),
      };
    },
  });

  post('/api/periods/{period}/close', {
    operationId: 'closePeriod',
    summary: 'Closes a period',
    description: 'Freezes every line. What changes afterwards becomes a correction in a later period.',
    params: periodParam,
    body: z.strictObject({ exceptions: z.boolean().optional(), reason: reasonInput.optional() }),
    answer: json(closeSchema, 'The period is closed.'),
    problems: [409],
    handle: async ({ params: { period }, body: { exceptions, reason }, actor }) =>
      showClose(unlessRefused(await actions.closePeriod(period, { exceptions }, { actor, reason })).close),
  });

  post('/api/periods/{period}/reopen', {
    operationId: 'reopenPeriod',
    summary: 'Reopens a period',
    description: 'The version that was issued is kept; the next close makes a new one.',
    params: periodParam,
    body: reasonOnly,
    answer: json(closeSchema, 'The version that no longer stands.'),
    problems: [409],
    handle: ({ params: { period }, body: { reason }, actor }) =>
      showClose(unlessRefused(actions.reopenPeriod(period, { actor, reason })).close),
  });

  get('/api/adjustments', {
    operationId: 'listAdjustments',
    summary: 'Lists corrections of closed periods',
    description:
      'Those that wait are computed anew: what was issued is compared with what evidence, decisions and rates give now.',
    query: { period: z.string().optional(), state: z.enum(['proposed', 'accepted', 'rejected']).optional() },
    answer: json(
      z.object({
        items: z.array(adjustmentSchema),
        unresolved: z.array(anything).openapi({ description: 'Closed lines that cannot be computed again yet.' }),
        next_cursor: z.null(),
      }),
      'The corrections.',
    ),
    async handle({ query: { period, state } }) {
      if (period !== undefined) unlessRefused(queries.checkPeriod(period));
      const waits = state === undefined || state === 'proposed';
      const { proposed, unresolved } = waits ? await queries.corrections(period) : { proposed: [], unresolved: [] };
      const settled = queries
        .settledCorrections(period === undefined ? {} : { corrects: period })
        .filter((correction) => state === undefined || correction.state === state);
      return {
        items: [
          ...proposed.map(({ corrects, adjustment }) => showProposal(corrects, adjustment)),
          ...settled.map(showSettled),
        ],
        unresolved: unresolved.map(showUnresolved),
        next_cursor: null,
      };
    },
  });

  post('/api/adjustments/{id}/accept', {
    operationId: 'acceptAdjustment',
    summary: 'Posts a correction in an open period',
    params: adjustmentParam,
    body: z.strictObject({
      reason: reasonInput,
      period: z.string().optional().openapi({ description: 'Default: the first open one behind the closed.' }),
    }),
    answer: json(adjustmentSchema, 'It is a line of that period.'),
    problems: [404, 409],
    handle: async ({ params: { id }, body: { reason, period }, actor }) =>
      showSettled(unlessRefused(await actions.acceptCorrection(id, { actor, reason }, period)).settled),
  });

  post('/api/adjustments/{id}/reject', {
    operationId: 'rejectAdjustment',
    summary: 'Lets the closed line stand',
    params: adjustmentParam,
    body: reasonOnly,
    answer: json(adjustmentSchema, 'It is not proposed again.'),
    problems: [404, 409],
    handle: async ({ params: { id }, body: { reason }, actor }) =>
      showSettled(unlessRefused(await actions.rejectCorrection(id, { actor, reason })).settled),
  });

  return router;
}

/** `2026-03`, `2026-02`, … */
function lastMonths(month: string, count: number): string[] {
  const last = Temporal.PlainYearMonth.from(month);
  return Array.from({ length: count }, (_, i) => last.subtract({ months: i }).toString());
}
