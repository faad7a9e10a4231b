import { createRoute, z } from '@hono/zod-openapi';

import type { BlockedLine, ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { Explanation } from '../../queries/explain.ts';
import { showExplanation } from '../../render/json/explanation.ts';
import { instant } from '../../render/json/instant.ts';
import { showUnbilled } from '../../render/json/report.ts';
import type { WebDeps } from '../deps.ts';
import { badRequest, forbidden, notFound } from '../http/problem.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, body, createRouter, json, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { momentInput, spanOf } from '../http/schemas.ts';
import { onlyOf, scopeOf } from '../scope.ts';

const shared = { tags: ['reports'], security: bearerAuth };
const anything = z.record(z.string(), z.unknown());

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

const explain = createRoute({
  ...shared,
  method: 'get',
  path: '/api/reports/lines/{id}/explain',
  operationId: 'explainLine',
  summary: 'Shows where the amount of a line comes from',
  description: 'Teachers may ask for lines of their own pay.',
  request: { params: z.object({ id: z.string().openapi({ example: 'c5-3' }) }) },
  responses: { 200: json(explanationSchema, 'The whole derivation.'), ...problems(400, 404) },
});

const deltaSchema = z.object({
  party: z.union([z.int(), z.string()]),
  currency: z.string(),
  before_minor: z.int(),
  after_minor: z.int(),
  delta_minor: z.int(),
  delta: z.string(),
  changed_lines: z.array(z.string()),
});
const whatIf = createRoute({
  ...shared,
  method: 'post',
  path: '/api/reports/what-if',
  operationId: 'whatIf',
  summary: 'Reckons periods under another policy or other rates',
  description: 'Nothing is stored. `policy` as for PUT /api/policy, `rates` as for POST /api/rates.',
  request: {
    body: body(
      z
        .strictObject({
          periods: z.array(z.string()).min(1, 'must name a period').max(12, 'must have at most 12 periods'),
          policy: z.looseObject({}).optional(),
          rates: z.array(z.looseObject({})).max(1000).optional(),
        })
        .openapi('WhatIf', { example: { periods: ['2026-01'], policy: { preset: 'standard_tutoring' } } }),
    ),
  },
  responses: {
    200: json(
      z.object({
        periods: z.array(
          z.object({
            period: z.string(),
            families: z.array(deltaSchema),
            teachers: z.array(deltaSchema),
            newly_blocked: z.array(z.string()),
            unblocked: z.array(z.string()),
          }),
        ),
      }),
      'How every family and teacher would fare.',
    ),
    ...problems(400, 413, 415),
  },
});

const unbilled = createRoute({
  ...shared,
  method: 'get',
  path: '/api/reports/unbilled',
  operationId: 'unbilledReport',
  summary: 'Lists meetings that look like lessons and are on no bill',
  request: { query: z.strictObject({ from: momentInput, to: momentInput }) },
  responses: {
    200: json(
      z.object({ from: instant, to: instant, items: z.array(anything), next_cursor: z.null() }),
      'The meetings.',
    ),
    ...problems(400),
  },
});

const LONGEST_MS = 62 * 24 * 60 * 60_000;

export function inquiryRoutes({ queries, timezone }: WebDeps): Router {
  const router = createRouter();

  router.openapi(explain, (c) => {
    const { id } = c.req.valid('param');
    const caller = c.get('caller');
    const { payOf, charges } = scopeOf(caller);
    onlyOf(payOf);
    const found = queries.explain(id);
    if (found !== null && payOf !== 'all' && payeeOf(found.line) !== payOf) {
      throw forbidden('a token of role teacher explains lines of own pay only; use one of role admin');
    }
    if (found === null) throw notFound(`line ${id}`);
    return c.json(showExplanation(charges ? found : withoutCharges(found)), 200);
  });

  router.openapi(whatIf, async (c) => {
    const answered = await queries.whatIf(c.req.valid('json'));
    if (answered.kind === 'refused') throw refusal(answered);
    const delta = (one: (typeof answered.periods)[number]['families'][number]) => ({
      party: one.party,
      currency: one.currency,
      before_minor: one.beforeMinor,
      after_minor: one.afterMinor,
      delta_minor: one.deltaMinor,
      delta: one.delta,
      changed_lines: [...one.changedLines],
    });
    const periods = answered.periods.map(({ period, families, teachers, newlyBlocked, unblocked }) => ({
      period,
      families: families.map(delta),
      teachers: teachers.map(delta),
      newly_blocked: [...newlyBlocked],
      unblocked: [...unblocked],
    }));
    return c.json({ periods }, 200);
  });

  router.openapi(unbilled, (c) => {
    const { from, to } = spanOf(c.req.valid('query'), timezone);
    if (from === undefined) throw badRequest('from', 'must be a day such as 2026-01-01');
    if (to === undefined) throw badRequest('to', 'must be a day such as 2026-01-31');
    if (to - from > LONGEST_MS) throw badRequest('to', 'must not lie more than 62 days behind from');
    const items = queries.unbilled({ start: from, end: to }).map(showUnbilled);
    return c.json({ from: formatInstant(from), to: formatInstant(to), items, next_cursor: null }, 200);
  });

  return router;
}

function payeeOf(line: ChargeLine | PayLine | BlockedLine): number | null {
  if (line.side !== 'pay') return null;
  return 'teacherId' in line ? line.teacherId : line.personId;
}

/** What a teacher may see: nothing that tells what families are asked. */
function withoutCharges(found: Explanation): Explanation {
  const { line, decisions, rate } = found;
  const own = 'steps' in line && line.rate === null ? { ...line, steps: line.steps.filter(isOfTime) } : line;
  return {
    ...found,
    line: own,
    rate: rate?.kind === 'pay' ? rate : null,
    close: null,
    decisions: decisions.filter(({ personId }) => personId === null || personId === payeeOf(line)),
  };
}

const isOfTime = ({ name }: { readonly name: string }): boolean => !['price', 'discount', 'tax'].includes(name);
