import { z } from '@hono/zod-openapi';

import { closeSchema, showClose } from '../../render/json/close.ts';
import { anything } from '../../render/json/fields.ts';
import {
  adjustmentSchema,
  periodSchema,
  periodViewSchema,
  showAnswered,
  showPeriod,
  reopenedSchema,
  showProposal,
  showReopened,
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

export function periodRoutes({ actions, queries }: WebDeps): Router {
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
      const { periods } = unlessRefused(await queries.periods(months));
      return { items: periods.map(showStatements), next_cursor: null };
    },
  });

  get('/api/periods/{period}', {
    operationId: 'getPeriod',
    summary: 'Audits a period before its close',
    params: periodParam,
    answer: json(periodViewSchema, 'The period with what must hold before it is closed.'),
    handle: async ({ params: { period } }) => showPeriod(unlessRefused(await queries.period(period))),
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
    description:
      'The version that was issued is kept; the next close makes a new one, with everything that is known by then. So accepted corrections that were not issued are withdrawn, and rejections fall away: what was rejected is part of the next version.',
    params: periodParam,
    body: reasonOnly,
    answer: json(reopenedSchema, 'The version that no longer stands.'),
    problems: [409],
    handle: ({ params: { period }, body: { reason }, actor }) =>
      showReopened(unlessRefused(actions.reopenPeriod(period, { actor, reason }))),
  });

  get('/api/adjustments', {
    operationId: 'listAdjustments',
    summary: 'Lists corrections of closed periods',
    description:
      'Those that wait are computed anew: what was issued is compared with what evidence, decisions and rates give now.',
    query: {
      period: periodInput.optional(),
      state: z.enum(['proposed', 'accepted', 'rejected', 'withdrawn']).optional(),
    },
    answer: json(
      z.object({
        items: z.array(adjustmentSchema),
        unresolved: z.array(anything).openapi({ description: 'Closed lines that cannot be computed again yet.' }),
        next_cursor: z.null(),
      }),
      'The corrections.',
    ),
    async handle({ query }) {
      const { proposed, settled, unresolved } = unlessRefused(await queries.adjustments(query));
      return {
        items: [...proposed.map(showProposal), ...settled.map(showSettled)],
        unresolved: unresolved.map(showUnresolved),
        next_cursor: null,
      };
    },
  });

  post('/api/adjustments/{id}/accept', {
    operationId: 'acceptAdjustment',
    summary: 'Posts a correction in an open period',
    description: 'Corrections of one line that wait are accepted together: `settled_together_with` names the others.',
    params: adjustmentParam,
    body: z.strictObject({
      reason: reasonInput,
      period: periodInput.optional().openapi({ description: 'Default: the first open one behind the closed.' }),
    }),
    answer: json(adjustmentSchema, 'It is a line of that period.'),
    problems: [404, 409],
    handle: async ({ params: { id }, body: { reason, period }, actor }) =>
      showAnswered(unlessRefused(await actions.acceptCorrection(id, { actor, reason }, period))),
  });

  post('/api/adjustments/{id}/reject', {
    operationId: 'rejectAdjustment',
    summary: 'Lets the closed line stand',
    description: 'Corrections of one line that wait are rejected together: `settled_together_with` names the others.',
    params: adjustmentParam,
    body: reasonOnly,
    answer: json(adjustmentSchema, 'It is not proposed again.'),
    problems: [404, 409],
    handle: async ({ params: { id }, body: { reason }, actor }) =>
      showAnswered(unlessRefused(await actions.rejectCorrection(id, { actor, reason }))),
  });

  return router;
}
