import { createRoute, z } from '@hono/zod-openapi';

import { reasonText } from '../../queries/readiness.ts';
import type { WebDeps } from '../deps.ts';
import { createRouter, createRoutes, json, type Router } from '../http/routes.ts';
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
  summary: 'Says whether evidence is captured: the ledger takes a page, and live classes are read',
  tags: ['health'],
  responses: {
    200: json(readiness, 'All is well.'),
    503: json(readiness, 'Something is wrong; `reasons` says what.'),
  },
});

/** What keeps evidence from being captured. A ledger that cannot even be read is a reason like any other. */
function reasonsOf({ whyNotReady, log }: WebDeps): string[] {
  try {
    return whyNotReady().map(reasonText);
  } catch (err) {
    log.error({ err }, 'state of the daemon not read');
    return ['the ledger cannot be read: the log has the error'];
  }
}

export function healthRoutes(deps: WebDeps, metrics: Metrics): Router {
  const router = createRouter();
  router.openapi(healthz, (c) => c.json({ status: 'ok' } as const, 200));
  router.openapi(readyz, (c) => {
    const reasons = reasonsOf(deps);
    return reasons.length === 0
      ? c.json({ status: 'ready', reasons } as const, 200)
      : c.json({ status: 'not_ready', reasons } as const, 503);
  });

  createRoutes('health', router).getOther('/metrics', {
    operationId: 'getMetrics',
    summary: 'Measurements in the text format of Prometheus',
    answers: { 200: { description: 'The measurements.', content: { 'text/plain': { schema: z.string() } } } },
    handle: async ({ c }) => c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  });

  return router;
}
