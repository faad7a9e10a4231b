import { z } from '@hono/zod-openapi';

import type { PartyDelta } from '../../core/billing/what-if.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { DAY_MS } from '../../core/time/duration.ts';
import { withoutCharges } from '../../queries/explain.ts';
import { showExplanation } from '../../render/json/explanation.ts';
import { instant } from '../../render/json/instant.ts';
import { showUnbilled } from '../../render/json/report.ts';
import type { WebDeps } from '../deps.ts';
import { badRequest, forbidden, found } from '../http/problem.ts';
import { unlessRefused } from '../http/refusal.ts';
import { json, type Router } from '../http/router.ts';
import { createRoutes } from '../http/routes.ts';
import { anything, momentInput, spanOf } from '../http/schemas.ts';
import { includes } from '../scope.ts';

const explanationSchema = z
  .object({
    line: anything,
    state: z.enum(['draft', 'closed']),
    close: anything.nullable(),
    steps: z
      .array(anything)
      .openapi({ description: 'In the fixed order of the policy, each with its sentence and numbers.' }),
    evidence: z
      .array(
        z.object({
          session: z.string(),
          participant: z.string(),
          record: z.string(),
          space: z.string(),
          meet_code: z.string().nullable(),
          display_name: z.string(),
          kind: z.string(),
          start_time: z.string().openapi({ description: 'As Google wrote it.' }),
          end_time: z.string().nullable(),
        }),
      )
      .openapi({ description: 'The sessions that the presence comes from, by Google’s resource names.' }),
    decisions: z.array(anything),
    rate: anything.nullable(),
    policy: anything,
    adjustments: z.array(anything),
  })
  .openapi('Explanation');

const deltaSchema = z.object({
  party: z.union([z.int(), z.string()]),
  currency: z.string(),
  before_minor: z.int(),
  after_minor: z.int(),
  delta_minor: z.int(),
  delta: z.string(),
  changed_lines: z.array(z.string()),
});
const whatIfWish = z
  .strictObject({
    periods: z.array(z.string()).min(1, 'must name a period').max(12, 'must have at most 12 periods'),
    policy: z.looseObject({}).optional(),
    rates: z.array(z.looseObject({})).max(1000).optional(),
  })
  .openapi('WhatIf', { example: { periods: ['2026-01'], policy: { preset: 'standard_tutoring' } } });
const whatIfPeriod = z.object({
  period: z.string(),
  families: z.array(deltaSchema),
  teachers: z.array(deltaSchema),
  newly_blocked: z.array(z.string()),
  unblocked: z.array(z.string()),
});

const LONGEST_MS = 62 * DAY_MS;

export function inquiryRoutes({ queries, timezone }: WebDeps): Router {
  const { get, post, router } = createRoutes('reports');

  get('/api/reports/lines/{id}/explain', {
    operationId: 'explainLine',
    summary: 'Shows where the amount of a line comes from',
    description: 'Teachers may ask for lines of their own pay.',
    params: { id: z.string().openapi({ example: 'c5-3' }) },
    answer: json(explanationSchema, 'The whole derivation.'),
    problems: [404],
    handle({ params: { id }, scope: { payOf, charges } }) {
      const explanation = found(queries.explain(id), `line ${id}`);
      if (!includes(payOf, explanation.payeeId)) {
        throw forbidden('a token of role teacher explains lines of own pay only; use one of role admin');
      }
      return showExplanation(charges ? explanation : withoutCharges(explanation));
    },
  });

  post('/api/reports/what-if', {
    operationId: 'whatIf',
    summary: 'Reckons periods under another policy or other rates',
    description: 'Nothing is stored. `policy` as for PUT /api/policy, `rates` as for POST /api/rates.',
    body: whatIfWish,
    answer: json(z.object({ periods: z.array(whatIfPeriod) }), 'How every family and teacher would fare.'),
    async handle({ body }) {
      const { periods } = unlessRefused(await queries.whatIf(body));
      return {
        periods: periods.map(({ period, families, teachers, newlyBlocked, unblocked }) => ({
          period,
          families: families.map(showDelta),
          teachers: teachers.map(showDelta),
          newly_blocked: newlyBlocked,
          unblocked,
        })),
      };
    },
  });

  get('/api/reports/unbilled', {
    operationId: 'unbilledReport',
    summary: 'Lists meetings that look like lessons and are on no bill',
    query: { from: momentInput, to: momentInput },
    answer: json(
      z.object({ from: instant, to: instant, items: z.array(anything), next_cursor: z.null() }),
      'The meetings.',
    ),
    handle({ query }) {
      const { from, to } = spanOf(query, timezone);
      if (from === undefined) throw badRequest('from', 'must be a day such as 2026-01-01');
      if (to === undefined) throw badRequest('to', 'must be a day such as 2026-01-31');
      if (to - from > LONGEST_MS) throw badRequest('to', 'must not lie more than 62 days behind from');
      const items = queries.unbilled({ start: from, end: to }).map(showUnbilled);
      return { from: formatInstant(from), to: formatInstant(to), items, next_cursor: null };
    },
  });

  return router;
}

function showDelta(delta: PartyDelta): z.infer<typeof deltaSchema> {
  return {
    party: delta.party,
    currency: delta.currency,
    before_minor: delta.beforeMinor,
    after_minor: delta.afterMinor,
    delta_minor: delta.deltaMinor,
    delta: delta.delta,
    changed_lines: [...delta.changedLines],
  };
}
