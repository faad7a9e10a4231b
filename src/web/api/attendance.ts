import { z } from '@hono/zod-openapi';

import { logSchema, showLog } from '../../render/json/attendance.ts';
import type { WebDeps } from '../deps.ts';
import { createRoutes, json, pageOf, type Router } from '../http/routes.ts';
import { idInput, momentInput, page, paging, spanOf, type Slice } from '../http/schemas.ts';
import { onlyOf } from '../scope.ts';
import { ownClass } from './classes.ts';

export function attendanceRoutes(deps: WebDeps): Router {
  const { queries, timezone } = deps;
  const { get, router } = createRoutes('monitoring');

  get('/monitoring/attendance-logs', {
    operationId: 'listAttendanceLogs',
    summary: 'Lists attendance logs',
    description:
      'One log a person and class, and one for each participant who is matched to nobody. Provisional until the coverage is final.',
    query: {
      session_id: idInput('a session').optional(),
      class_id: idInput('a class').optional(),
      user_email: z.string().min(1).optional(),
      from: momentInput,
      to: momentInput,
      status: logSchema.shape.status.optional(),
      ...paging,
    },
    answer: json(pageOf(logSchema), 'Logs in order of their number.'),
    problems: [404],
    handle({ query, scope }) {
      const { session_id: sessionId, class_id: classId, user_email: userEmail, status } = query;
      if (scope.classesOf !== 'all') {
        const session = sessionId === undefined ? null : queries.session(sessionId);
        for (const id of [classId, session?.classId]) if (id !== undefined) ownClass(deps, id, scope);
      }
      const teacherIds = onlyOf(scope.classesOf);
      const wanted = { ...spanOf(query, timezone), sessionId, classId, userEmail, status, teacherIds };
      const find = (slice: Slice) => queries.logs({ ...wanted, ...slice });
      return page(query, find, (log) => showLog(log, scope.names));
    },
  });

  return router;
}
