import { z } from '@hono/zod-openapi';

import { logSchema, showLog } from '../../render/json/attendance.ts';
import type { WebDeps } from '../deps.ts';
import { found } from '../http/problem.ts';
import { createRoutes, json, pageOf, type Router } from '../http/routes.ts';
import { idInput, momentInput, page, paging, spanOf, type Slice } from '../http/schemas.ts';
import { mayFilter, onlyOf } from '../scope.ts';
import { ownClass } from './classes.ts';

export function attendanceRoutes(deps: WebDeps): Router {
  const { queries, timezone } = deps;
  const { get, router } = createRoutes('monitoring');

  /** Whether somebody is one of these teachers, or belongs to a class of theirs or was in it. */
  const meets = (teacherIds: readonly number[], email: string): boolean => {
    const person = queries.personByEmail(email);
    if (person === null) return false;
    if (teacherIds.includes(person.id)) return true;
    const belongs = queries.classes({ personId: person.id, teacherIds, limit: 1 });
    return belongs.length > 0 || queries.logs({ userEmail: email, teacherIds, after: 0, limit: 1 }).length > 0;
  };

  get('/monitoring/attendance-logs', {
    operationId: 'listAttendanceLogs',
    summary: 'Lists attendance logs',
    description:
      'One log a person and class, and one for each participant who is matched to nobody. Provisional until the coverage is final. Teachers see the logs of their own classes, and may name as `user_email` who belongs to them; operators nobody.',
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
      const teacherIds = onlyOf(scope.classesOf);
      if (teacherIds !== undefined) {
        if (classId !== undefined) ownClass(deps, classId, scope);
        if (sessionId !== undefined) {
          ownClass(deps, found(queries.session(sessionId), 'such class').classId, scope);
        }
      }
      if (userEmail !== undefined)
        mayFilter(scope, 'user_email', teacherIds === undefined || meets(teacherIds, userEmail));
      const wanted = { ...spanOf(query, timezone()), sessionId, classId, userEmail, status, teacherIds };
      const find = (slice: Slice) => queries.logs({ ...wanted, ...slice });
      return page(query, find, (log) => showLog(log, scope.names));
    },
  });

  return router;
}
