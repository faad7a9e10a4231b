import { createRoute, z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import { instant } from '../../render/json/instant.ts';
import type { WebDeps } from '../deps.ts';
import { bearerAuth, createRouter, json, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { cursorInput, DEFAULT_LIMIT, limitInput, readCursor, writeCursor } from '../http/schemas.ts';

const entrySchema = z
  .object({
    entry_id: z.int(),
    time: instant,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    reason: z.string().nullable(),
    hash: z.string(),
  })
  .openapi('AuditEntry');

const list = createRoute({
  method: 'get',
  path: '/api/audit',
  operationId: 'listAudit',
  summary: 'Lists changes made by hand',
  description:
    'Newest first. Every entry holds the hash of the one before; `head` and `count`, noted elsewhere, prove that none was cut or remade.',
  tags: ['money'],
  security: bearerAuth,
  request: {
    query: z.strictObject({
      subject: z.string().min(1).optional().openapi({ example: 'class:5' }),
      actor: z.string().min(1).optional(),
      limit: limitInput,
      cursor: cursorInput,
    }),
  },
  responses: {
    200: json(
      z.object({
        items: z.array(entrySchema),
        next_cursor: z.string().nullable(),
        head: z.string(),
        count: z.int(),
      }),
      'The entries.',
    ),
    ...problems(400),
  },
});

export function auditRoutes({ queries }: WebDeps): Router {
  const router = createRouter();
  router.openapi(list, (c) => {
    const { subject, actor, limit = DEFAULT_LIMIT, cursor: given } = c.req.valid('query');
    const [cursor] = readCursor(given, 1) ?? [];
    const { items, nextCursor } = queries.auditLog({ subject, actor, limit, cursor });
    return c.json(
      {
        items: items.map(({ id, at, ...rest }) => ({ entry_id: id, time: formatInstant(at), ...rest })),
        next_cursor: nextCursor === null ? null : writeCursor([nextCursor]),
        ...queries.auditHead(),
      },
      200,
    );
  });
  return router;
}
