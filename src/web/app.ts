import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { requestId } from 'hono/request-id';

import { createRules } from './access.ts';
import { attendanceRoutes } from './api/attendance.ts';
import { auditRoutes } from './api/audit.ts';
import { classRoutes } from './api/classes.ts';
import { decisionRoutes } from './api/decisions.ts';
import { disputeRoutes } from './api/disputes.ts';
import { healthRoutes } from './api/health.ts';
import { importRoutes } from './api/imports.ts';
import { jobRoutes } from './api/jobs.ts';
import { peopleRoutes } from './api/people.ts';
import { periodRoutes } from './api/periods.ts';
import { priceRoutes } from './api/prices.ts';
import { reportRoutes } from './api/reports.ts';
import { reviewRoutes } from './api/review.ts';
import { settingsRoutes } from './api/settings.ts';
import { statusRoutes } from './api/status.ts';
import { syncRoutes } from './api/sync.ts';
import { authorise } from './auth.ts';
import type { AppEnv, WebDeps } from './deps.ts';
import { docsRoutes } from './docs.ts';
import { noSuchRoute, problemOf } from './http/problem.ts';
import { refuseIllFormed } from './http/text.ts';
import { inTurn } from './http/turn.ts';
import { createMetrics } from './metrics.ts';

export interface App {
  fetch: OpenAPIHono<AppEnv>['fetch'];
  request: OpenAPIHono<AppEnv>['request'];
  /** Ends the requests that wait or stream, because the server closes. */
  endStreams(): void;
}

const MEGABYTE = 1024 * 1024;

/** The HTTP interface. It listens on no port: `server.ts` does. */
export function createApp(deps: WebDeps): App {
  const { log } = deps;
  const find = createRules();
  const metrics = createMetrics(deps, find);
  const closing = new AbortController();
  const app = new OpenAPIHono<AppEnv>();

  app.onError((err, c) => problemOf(err, c, log));
  app.notFound((c) => problemOf(noSuchRoute(), c, log));
  app.use(requestId());
  app.use(hardened);
  app.use(metrics.watch);
  app.use(authorise(deps, find));
  app.use(limitBody);
  app.use(refuseIllFormed);
  app.use(async (c, next) => {
    c.set('closing', closing.signal);
    await next();
  });
  app.use(inTurn(deps));

  // A fixed path stands before one with a parameter in the same place: the first that fits is taken.
  const groups = [
    healthRoutes(deps, metrics),
    importRoutes(deps),
    classRoutes(deps),
    peopleRoutes(deps),
    attendanceRoutes(deps),
    syncRoutes(deps),
    statusRoutes(deps),
    jobRoutes(deps),
    reviewRoutes(deps),
    settingsRoutes(deps),
    priceRoutes(deps),
    decisionRoutes(deps),
    periodRoutes(deps),
    disputeRoutes(deps),
    reportRoutes(deps),
    auditRoutes(deps),
    docsRoutes(),
  ];
  for (const group of groups) app.route('/', group);

  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of "rollbook token create", or ROLLBOOK_ADMIN_TOKEN.',
  });
  let document: string | null = null;
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Rollbook',
          version: '1',
          description: 'Exact attendance, bills and pay from Google Meet classes.',
        },
        servers: [{ url: '/' }],
      }),
    );
    return c.body(document, 200, { 'content-type': 'application/json' });
  });

  return {
    fetch: app.fetch,
    request: app.request,
    endStreams: () => closing.abort(new Error('the server closes')),
  };
}

/** Browsers may not cache, embed, guess the type of or run an answer, unless the route sets other headers. */
const hardened: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  const { headers } = c.res;
  for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
};

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const onError = (): never => {
  throw new HTTPException(413);
};
const ordinary = bodyLimit({ maxSize: MEGABYTE, onError });
const files = bodyLimit({ maxSize: 10 * MEGABYTE, onError });

/** The body of an import may have 10 MB, any other 1 MB. */
const limitBody: MiddlewareHandler<AppEnv> = (c, next) => (c.req.path.endsWith('/import') ? files : ordinary)(c, next);
