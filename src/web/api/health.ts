import { createRoute, z } from '@hono/zod-openapi';

import type { WebDeps } from '../deps.ts';
import { bearerAuth, createRouter, json, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import type { Metrics } from '../metrics.ts';

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'getHealth',
  summary: 'Says that the process answers',
  tags: ['health'],
  responses: { 200: json(z.object({ status: z.literal('ok') }), 'It answers.') },
});

const readiness = z
  .object({ status: z.enum(['ready', 'not_ready']), reasons: z.array(z.string()) })
  .openapi('Readiness');
const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'getReadiness',
  summary: 'Says whether evidence is captured: the ledger can be written and every loop makes its passes',
  tags: ['health'],
  responses: {
    200: json(readiness, 'All is well.'),
    503: json(readiness, 'Something is wrong; `reasons` says what.'),
  },
});

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  summary: 'Measurements in the text format of Prometheus',
  tags: ['health'],
  security: bearerAuth,
  responses: {
    200: { description: 'The measurements.', content: { 'text/plain': { schema: z.string() } } },
    ...problems(),
  },
});

export function healthRoutes(deps: WebDeps, metrics: Metrics): Router {
  const router = createRouter();
  router.openapi(healthz, (c) => c.json({ status: 'ok' } as const, 200));
  router.openapi(readyz, (c) => {
    const reasons = whyNotReady(deps);
    return reasons.length === 0
      ? c.json({ status: 'ready', reasons } as const, 200)
      : c.json({ status: 'not_ready', reasons } as const, 503);
  });
  router.openapi(metricsRoute, async (c) => c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }));
  return router;
}

const SLACK_MS = 60_000;

/** A loop is late when three passes and a minute went by without a success; since the start, at the earliest. */
function whyNotReady({ health, loops, passes, clock }: WebDeps): string[] {
  const { writable, problem, startedAt } = health();
  const now = clock.now();
  const late = loops.flatMap(({ name, everySeconds }) => {
    const last = passes.get(name);
    const since = Math.max(last?.succeededAt ?? 0, startedAt);
    if (now - since <= 3 * everySeconds * 1000 + SLACK_MS) return [];
    const failed = typeof last?.error === 'string' ? ': the last pass failed; /monitoring/status has the error' : '';
    return [`loop ${name} made no successful pass for ${Math.round((now - since) / 1000)} seconds${failed}`];
  });
  return [...(writable ? [] : [problem ?? 'the ledger cannot be written']), ...late];
}
