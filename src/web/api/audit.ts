import { z } from '@hono/zod-openapi';

import { auditEntrySchema, showAuditEntry } from '../../render/json/audit.ts';
import type { WebDeps } from '../deps.ts';
import { createRoutes, json, type Router } from '../http/routes.ts';
import { paging, readCursor, writeCursor } from '../http/schemas.ts';

export function auditRoutes({ queries }: WebDeps): Router {
  const { get, router } = createRoutes('money');

  get('/api/audit', {
    operationId: 'listAudit',
    summary: 'Lists changes made by hand',
    description:
      'Newest first. Every entry holds the hash of the one before; `head` and `count`, noted elsewhere, prove that none was cut or remade.',
    query: {
      subject: z.string().min(1).optional().openapi({ example: 'class:5' }),
      actor: z.string().min(1).optional(),
      ...paging,
    },
    answer: json(
      z.object({
        items: z.array(auditEntrySchema),
        next_cursor: z.string().nullable(),
        head: z.string(),
        count: z.int(),
      }),
      'The entries.',
    ),
    handle({ query: { subject, actor, limit, cursor: place } }) {
      const [cursor] = readCursor(place, 1) ?? [];
      const { items, nextCursor } = queries.auditLog({ subject, actor, limit, cursor });
      return {
        items: items.map(showAuditEntry),
        next_cursor: nextCursor === null ? null : writeCursor([nextCursor]),
        ...queries.auditHead(),
      };
    },
  });

  return router;
}
