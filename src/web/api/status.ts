import { createRoute } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';

import { showStatus, statusSchema } from '../../render/json/status.ts';
import type { WebDeps } from '../deps.ts';
import { bearerAuth, createRouter, json, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { scopeOf } from '../scope.ts';

const status = createRoute({
  method: 'get',
  path: '/monitoring/status',
  operationId: 'getStatus',
  summary: 'Shows whether evidence is captured, and what is owed',
  tags: ['monitoring'],
  security: bearerAuth,
  responses: { 200: json(statusSchema, 'The state of the daemon.'), ...problems() },
});

const SHOWN_DEBT = 100;

export function statusRoutes({ status: look }: WebDeps): Router {
  const router = createRouter();
  router.openapi(status, (c) => {
    const shown = showStatus(look(SHOWN_DEBT), scopeOf(c.get('caller')).names);
    // Inside the daemon nothing of the loops is unknown.
    return c.json(shown as z.infer<typeof statusSchema>, 200);
  });
  return router;
}
