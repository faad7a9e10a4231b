import { z } from '@hono/zod-openapi';

import { NO_LENGTH } from '../../actions/classes/class-input.ts';
import { CANCELERS } from '../../core/schedule/class.ts';
import type { ClassView } from '../../queries/classes.ts';
import {
  changedClassSchema,
  classSchema,
  scheduledClassSchema,
  showChangedClass,
  showClass,
  showScheduledClass,
} from '../../render/json/class.ts';
import type { WebDeps } from '../deps.ts';
import { found, unlessRefused } from '../http/problem.ts';
import { createRoutes, json, pageOf, type Router } from '../http/routes.ts';
import {
  asInput,
  cut,
  emailInput,
  idInput,
  instantInput,
  momentInput,
  paging,
  readCursor,
  reasonInput,
  spanOf,
  text,
} from '../http/schemas.ts';
import { includes, mayFilter, onlyOf, type Scope } from '../scope.ts';

const minutes = z.int('must be a whole number of minutes').min(1, NO_LENGTH).max(1440);
const students = z.array(emailInput).min(1, 'must name at least one student').max(500);
const meetCode = z.string().max(200).openapi({ description: 'A meeting code or link.', example: 'abc-defg-hij' });

const needed = {
  teacher_email: emailInput,
  student_emails: students,
  subject: text(200),
  start_time: instantInput,
  duration_minutes: minutes,
};

const newClass = z
  .strictObject({
    ...needed,
    meet_code: meetCode.nullish().openapi({ description: 'Left out, a Meet space is made.' }),
    organizer_email: emailInput.nullish().openapi({ description: 'The account that owns the room and reads it.' }),
    series_id: text(200).nullish(),
  })
  .openapi('NewClass');

const classChanges = z
  .strictObject({
    ...needed,
    meet_code: meetCode,
    organizer_email: emailInput,
    series_id: text(200).nullable(),
    reason: reasonInput,
    as: asInput,
  })
  .partial()
  .openapi('ClassChanges');

const params = { id: idInput('a class') };

export function classRoutes(deps: WebDeps): Router {
  const { actions, queries, timezone } = deps;
  const { get, post, patch, router } = createRoutes('classes');

  post('/api/schedule/class', {
    operationId: 'scheduleClass',
    summary: 'Schedules a class',
    description: 'Starts up to 30 days back are allowed: the class is captured by the next sweep.',
    body: newClass,
    status: 201,
    answer: json(scheduledClassSchema, 'The class is scheduled.'),
    problems: [409, 502],
    async handle({ body, actor, scope, c }) {
      const input = {
        teacherEmail: body.teacher_email,
        studentEmails: body.student_emails,
        subject: body.subject,
        start: Date.parse(body.start_time),
        durationMinutes: body.duration_minutes,
        room: typeof body.meet_code === 'string' ? { code: body.meet_code } : ('new_space' as const),
        organizerEmail: body.organizer_email ?? null,
        seriesId: body.series_id ?? null,
      };
      const booked = unlessRefused(await actions.scheduleClass(input, { actor }, c.req.raw.signal));
      c.header('location', `/api/classes/${booked.class.id}`);
      return showScheduledClass(booked, scope.names);
    },
  });

  get('/api/classes', {
    operationId: 'listClasses',
    summary: 'Lists classes in order of start',
    query: {
      from: momentInput,
      to: momentInput,
      status: classSchema.shape.status.optional(),
      teacher_email: z.string().optional(),
      ...paging,
    },
    answer: json(pageOf(classSchema), 'Classes whose slot touches the span.'),
    description: 'Teachers see their own, and may name nobody else as `teacher_email`; operators nobody at all.',
    handle({ query: { status, teacher_email: email, limit, cursor, ...ends }, scope }) {
      const teacher = email === undefined ? undefined : queries.personByEmail(email);
      if (teacher !== undefined) mayFilter(scope, 'teacher_email', includes(scope.classesOf, teacher?.id ?? null));
      // An address that nobody has is that of a teacher without classes.
      const named = teacher === null ? [] : teacher && [teacher.id];
      const place = readCursor(cursor, 2);
      const classes = queries.classes({
        ...spanOf(ends, timezone()),
        status,
        teacherIds: named ?? onlyOf(scope.classesOf),
        after: place === undefined ? undefined : { start: place[0]!, id: place[1]! },
        limit: limit + 1,
      });
      const show = (view: ClassView) => showClass(view, scope.names);
      return cut(classes, limit, show, ({ class: { start, id } }) => [start, id]);
    },
  });

  get('/api/classes/{id}', {
    operationId: 'getClass',
    summary: 'Shows a class',
    params,
    answer: json(classSchema, 'The class.'),
    problems: [404],
    handle: ({ params: { id }, scope }) => showClass(ownClass(deps, id, scope), scope.names),
  });

  patch('/api/classes/{id}', {
    operationId: 'changeClass',
    summary: 'Changes a class',
    description:
      'What is left out stays. The start of a class that is on cannot be moved. Once it has begun, another teacher or time needs a `reason`; a class of a closed period needs `as: adjustment` and a `reason`.',
    params,
    body: classChanges,
    answer: json(changedClassSchema, 'The class as it is now.'),
    problems: [404, 409, 502],
    async handle({ params: { id }, body, actor, scope, c }) {
      const changes = {
        teacherEmail: body.teacher_email,
        studentEmails: body.student_emails,
        subject: body.subject,
        start: body.start_time === undefined ? undefined : Date.parse(body.start_time),
        durationMinutes: body.duration_minutes,
        room: body.meet_code === undefined ? undefined : { code: body.meet_code },
        organizerEmail: body.organizer_email,
        seriesId: body.series_id,
      };
      const by = { actor, reason: body.reason, as: body.as };
      return showChangedClass(unlessRefused(await actions.changeClass(id, changes, by, c.req.raw.signal)), scope.names);
    },
  });

  post('/api/classes/{id}/cancel', {
    operationId: 'cancelClass',
    summary: 'Cancels a class',
    description:
      'Its call is read to the end all the same. A class that is over, or of a closed period, is refused, whatever `as` says: a decision `set_outcome` settles it.',
    params,
    body: z.strictObject({ by: z.enum(CANCELERS), reason: reasonInput, as: asInput.optional() }),
    answer: json(classSchema, 'The class as it is now.'),
    problems: [404, 409],
    handle: ({ params: { id }, body: { by: who, reason }, actor, scope }) =>
      showClass(unlessRefused(actions.cancelClass(id, who, { actor, reason })), scope.names),
  });

  post('/api/classes/{id}/reinstate', {
    operationId: 'reinstateClass',
    summary: 'Takes the cancellation of a class back',
    description:
      'Refused while another class has its room at that time. A class of a closed period needs `as: adjustment`.',
    params,
    body: z.strictObject({ reason: reasonInput, as: asInput.optional() }),
    answer: json(changedClassSchema, 'The class as it is now.'),
    problems: [404, 409],
    handle: ({ params: { id }, body: { reason, as }, actor, scope }) =>
      showChangedClass(unlessRefused(actions.reinstateClass(id, { actor, reason, as })), scope.names),
  });

  return router;
}

/**
 * A class that somebody with this scope may look at.
 *
 * @throws a problem, the same whether there is none or it is another teacher's
 */
export function ownClass({ queries }: Pick<WebDeps, 'queries'>, id: number, { classesOf }: Scope): ClassView {
  if (classesOf === 'all') return found(queries.class(id), 'such class');
  const [own] = queries.classes({ id, teacherIds: classesOf, limit: 1 });
  return found(own ?? null, 'such class');
}
