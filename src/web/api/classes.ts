import { createRoute, z } from '@hono/zod-openapi';

import type { ClassView } from '../../queries/classes.ts';
import { classSchema, meetLink, showClass } from '../../render/json/attendance.ts';
import type { Caller, WebDeps } from '../deps.ts';
import { badRequest, forbidden, notFound } from '../http/problem.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, body, createRouter, json, pageOf, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import {
  cursorInput,
  DEFAULT_LIMIT,
  emailInput,
  idInput,
  instantInput,
  limitInput,
  momentInput,
  page,
  readCursor,
  reasonInput,
  spanOf,
  text,
} from '../http/schemas.ts';
import { includes, onlyOf, scopeOf } from '../scope.ts';

const minutes = z.int('must be a whole number of minutes').min(1).max(1440);
const students = z.array(emailInput).min(1, 'must name at least one student').max(500);
const meetCode = z.string().max(200).openapi({ description: 'A meeting code or link.', example: 'abc-defg-hij' });

const newClass = z
  .strictObject({
    teacher_email: emailInput,
    student_emails: students,
    subject: text(200),
    start_time: instantInput,
    duration_minutes: minutes,
    meet_code: meetCode.nullish().openapi({ description: 'Left out, a Meet space is made.' }),
    organizer_email: emailInput.nullish().openapi({ description: 'The account that owns the room and reads it.' }),
    series_id: text(200).nullish(),
  })
  .openapi('NewClass');

const classChanges = z
  .strictObject({
    teacher_email: emailInput.optional(),
    student_emails: students.optional(),
    subject: text(200).optional(),
    start_time: instantInput.optional(),
    duration_minutes: minutes.optional(),
    meet_code: meetCode.optional(),
    organizer_email: emailInput.optional(),
    series_id: text(200).nullable().optional(),
    reason: reasonInput.optional(),
  })
  .openapi('ClassChanges');

const scheduled = z
  .object({
    class_id: z.int(),
    session_id: z.int().nullable(),
    status: classSchema.shape.status,
    meet_code: z.string().nullable(),
    meet_link: z.string().nullable(),
    created_people: z.array(z.string()).openapi({ description: 'Addresses that were nobody before.' }),
    warnings: z.array(z.string()),
  })
  .openapi('ScheduledClass');

const changed = classSchema
  .extend({ created_people: z.array(z.string()), warnings: z.array(z.string()) })
  .openapi('ChangedClass');
const params = z.object({ id: idInput('a class') });

const schedule = createRoute({
  method: 'post',
  path: '/api/schedule/class',
  operationId: 'scheduleClass',
  summary: 'Schedules a class',
  description: 'Starts up to 30 days back are allowed: the class is captured by the next sweep.',
  tags: ['classes'],
  security: bearerAuth,
  request: { body: body(newClass) },
  responses: { 201: json(scheduled, 'The class is scheduled.'), ...problems(400, 409, 413, 415, 502) },
});

const list = createRoute({
  method: 'get',
  path: '/api/classes',
  operationId: 'listClasses',
  summary: 'Lists classes in order of start',
  tags: ['classes'],
  security: bearerAuth,
  request: {
    query: z.strictObject({
      from: momentInput,
      to: momentInput,
      status: classSchema.shape.status.optional(),
      teacher_email: z.string().optional(),
      limit: limitInput,
      cursor: cursorInput,
    }),
  },
  responses: { 200: json(pageOf(classSchema), 'Classes whose slot touches the span.'), ...problems(400) },
});

const detail = createRoute({
  method: 'get',
  path: '/api/classes/{id}',
  operationId: 'getClass',
  summary: 'Shows a class',
  tags: ['classes'],
  security: bearerAuth,
  request: { params },
  responses: { 200: json(classSchema, 'The class.'), ...problems(400, 404) },
});

const change = createRoute({
  method: 'patch',
  path: '/api/classes/{id}',
  operationId: 'changeClass',
  summary: 'Changes a class',
  description: 'What is left out stays. The start of a class that is on cannot be moved.',
  tags: ['classes'],
  security: bearerAuth,
  request: { params, body: body(classChanges) },
  responses: { 200: json(changed, 'The class as it is now.'), ...problems(400, 404, 409, 413, 415, 502) },
});

const cancel = createRoute({
  method: 'post',
  path: '/api/classes/{id}/cancel',
  operationId: 'cancelClass',
  summary: 'Cancels a class',
  tags: ['classes'],
  security: bearerAuth,
  request: {
    params,
    body: body(z.strictObject({ by: z.enum(['family', 'teacher', 'school']), reason: reasonInput })),
  },
  responses: { 200: json(classSchema, 'The class as it is now.'), ...problems(400, 404, 409, 413, 415) },
});

/** No person has this number. */
const UNKNOWN_PERSON = 0;

export function classRoutes(deps: WebDeps): Router {
  const { actions, queries, timezone } = deps;
  const router = createRouter();

  router.openapi(schedule, async (c) => {
    const given = c.req.valid('json');
    const outcome = await actions.scheduleClass(
      {
        teacherEmail: given.teacher_email,
        studentEmails: given.student_emails,
        subject: given.subject,
        start: Date.parse(given.start_time),
        durationMinutes: given.duration_minutes,
        meetCode: given.meet_code ?? null,
        organizerEmail: given.organizer_email ?? null,
        seriesId: given.series_id ?? null,
      },
      { actor: c.get('caller').label },
      c.req.raw.signal,
    );
    if (outcome.kind === 'refused') throw refusal(outcome);
    const { class: made, session, createdPeople, warnings } = outcome;
    c.header('location', `/api/classes/${made.id}`);
    return c.json(
      {
        class_id: made.id,
        session_id: session?.id ?? null,
        status: made.status,
        meet_code: made.room.meetingCode,
        meet_link: meetLink(made.room),
        created_people: [...createdPeople],
        warnings: [...warnings],
      },
      201,
    );
  });

  router.openapi(list, (c) => {
    const { status, teacher_email: teacher, limit = DEFAULT_LIMIT, cursor, ...ends } = c.req.valid('query');
    const caller = c.get('caller');
    const { classesOf, names: mask } = scopeOf(caller);
    // An address that nobody has is of a teacher without classes.
    const wanted = teacher === undefined ? undefined : (queries.personByEmail(teacher)?.id ?? UNKNOWN_PERSON);
    if (wanted !== undefined && !includes(classesOf, wanted)) {
      throw badRequest('teacher_email', 'is not yours: a teacher sees own classes only; leave it out');
    }
    const place = readCursor(cursor, 2);
    const found = queries.classes({
      ...spanOf(ends, timezone),
      status,
      teacherId: wanted ?? onlyOf(classesOf),
      after: place === undefined ? undefined : { start: place[0]!, id: place[1]! },
      limit: limit + 1,
    });
    const show = (found: ClassView) => showClass(found, mask);
    return c.json(
      page(found, limit, show, ({ class: { start, id } }) => [start, id]),
      200,
    );
  });

  router.openapi(detail, (c) => {
    const found = ownClass(deps, c.req.valid('param').id, c.get('caller'));
    return c.json(showClass(found, scopeOf(c.get('caller')).names), 200);
  });

  router.openapi(change, async (c) => {
    const given = c.req.valid('json');
    const changes = {
      teacherEmail: given.teacher_email,
      studentEmails: given.student_emails,
      subject: given.subject,
      start: given.start_time === undefined ? undefined : Date.parse(given.start_time),
      durationMinutes: given.duration_minutes,
      meetCode: given.meet_code,
      organizerEmail: given.organizer_email,
      seriesId: given.series_id,
    };
    const by = { actor: c.get('caller').label, reason: given.reason };
    const outcome = await actions.changeClass(c.req.valid('param').id, changes, by, c.req.raw.signal);
    if (outcome.kind === 'refused') throw refusal(outcome);
    const shown = showClass(outcome, scopeOf(c.get('caller')).names);
    return c.json({ ...shown, created_people: [...outcome.createdPeople], warnings: [...outcome.warnings] }, 200);
  });

  router.openapi(cancel, (c) => {
    const { by, reason } = c.req.valid('json');
    const outcome = actions.cancelClass(c.req.valid('param').id, by, { actor: c.get('caller').label, reason });
    if (outcome.kind === 'refused') throw refusal(outcome);
    return c.json(showClass(outcome, scopeOf(c.get('caller')).names), 200);
  });

  return router;
}

/**
 * A class that the caller may look at.
 *
 * @throws a problem: there is none, or it is another teacher's
 */
export function ownClass({ queries }: Pick<WebDeps, 'queries'>, id: number, caller: Caller): ClassView {
  const found = queries.class(id);
  if (found === null) throw notFound(`class ${id}`);
  const { classesOf } = scopeOf(caller);
  const teachers = found.class.roster.filter((entry) => entry.role === 'teacher');
  const seen = classesOf === 'all' || teachers.some(({ personId }) => includes(classesOf, personId));
  if (!seen) throw forbidden(`class ${id} is another teacher's; a token of role admin opens it`);
  return found;
}
