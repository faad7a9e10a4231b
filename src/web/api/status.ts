import type { z } from '@hono/zod-openapi';

import { showStatus, statusSchema } from '../../render/json/status.ts';
import type { WebDeps } from '../deps.ts';
import { createRoutes, json, type Router } from '../http/routes.ts';

const SHOWN_DEBT = 100;

export function statusRoutes({ status }: WebDeps): Router {
  const { get, router } = createRoutes('monitoring');

  get('/monitoring/status', {
    operationId: 'getStatus',
    summary: 'Shows whether evidence is captured, and what is owed',
    answer: json(statusSchema, 'The state of the daemon.'),
    // The fields of a loop are null only outside the daemon, in the command line.
    handle: ({ scope }) => showStatus(status(SHOWN_DEBT), scope.names) as z.infer<typeof statusSchema>,
  });

  return router;
}
