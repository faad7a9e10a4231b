import { createRoute, z } from '@hono/zod-openapi';

import { logSchema, showLog } from '../../render/json/attendance.ts';
import type { WebDeps } from '../deps.ts';
import { bearerAuth, createRouter, json, pageOf, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import {
  cursorInput,
  DEFAULT_LIMIT,
  idInput,
  limitInput,
  momentInput,
  page,
  readCursor,
  spanOf,
} from '../http/schemas.ts';
import { onlyOf, scopeOf } from '../scope.ts';
import { ownClass } from './classes.ts';

const list = createRoute({
  method: 'get',
  path: '/monitoring/attendance-logs',
  operationId: 'listAttendanceLogs',
  summary: 'Lists attendance logs',
  description:
    'One log a person and class, and one for each participant who is matched to nobody. Provisional until the coverage is final.',
  tags: ['monitoring'],
  security: bearerAuth,
  request: {
    query: z.strictObject({
      session_id: idInput('a session').optional(),
      class_id: idInput('a class').optional(),
      user_email: z.string().min(1).optional(),
      from: momentInput,
      to: momentInput,
      status: logSchema.shape.status.optional(),
      limit: limitInput,
      cursor: cursorInput,
    }),
  },
  responses: { 200: json(pageOf(logSchema), 'Logs in order of their number.'), ...problems(400, 404) },
});

export function attendanceRoutes(deps: WebDeps): Router {
  const { queries, timezone } = deps;
  const router = createRouter();
  router.openapi(list, (c) => {
    const query = c.req.valid('query');
    const { session_id: sessionId, class_id: classId, limit = DEFAULT_LIMIT } = query;
    const caller = c.get('caller');
    const { classesOf, names: mask } = scopeOf(caller);
    if (classesOf !== 'all') {
      const session = sessionId === undefined ? null : queries.session(sessionId);
      for (const id of [classId, session?.classId]) if (id !== undefined) ownClass(deps, id, caller);
    }
    const [after] = readCursor(query.cursor, 1) ?? [];
    const found = queries.logs({
      ...spanOf(query, timezone),
      sessionId,
      classId,
      userEmail: query.user_email,
      status: query.status,
      teacherId: onlyOf(classesOf),
      after,
      limit: limit + 1,
    });
    return c.json(
      page(
        found,
        limit,
        (log) => showLog(log, mask),
        ({ id }) => [id],
      ),
      200,
    );
  });
  return router;
}
