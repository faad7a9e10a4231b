import { z } from '@hono/zod-openapi';

import { COVERAGES } from '../../core/attendance/coverage-state.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { MINUTE_MS, SECOND_MS } from '../../core/time/duration.ts';
import type { ScheduledClass } from '../../ledger/attendance/class-store.ts';
import type { AttendanceLog } from '../../ledger/attendance/log-store.ts';
import type { ClassView } from '../../queries/classes.ts';
import { instant, instantOrNull, showSpan } from './fields.ts';
import type { Mask } from './mask.ts';

const classStatus = z.enum(['scheduled', 'active', 'completed', 'canceled']);
const coverage = z.enum(COVERAGES);

export const classSchema = z
  .object({
    class_id: z.int(),
    session_id: z.int().nullable().openapi({ description: 'Null until the class has begun.' }),
    subject: z.string(),
    status: classStatus,
    coverage: coverage
      .nullable()
      .openapi({ description: 'How complete the evidence is; null until the class has begun.' }),
    start_time: instant,
    end_time: instant,
    duration_minutes: z.number(),
    teacher_email: z.string().nullable(),
    student_emails: z.array(z.string()),
    meet_code: z.string().nullable(),
    meet_link: z.string().nullable(),
    organizer_email: z.string(),
    series_id: z.string().nullable(),
    canceled_time: instant.nullable(),
    canceled_by: z.enum(['family', 'teacher', 'school']).nullable(),
    cancel_reason: z.string().nullable(),
    flags: z.array(z.string()),
    last_error: z.string().nullable().openapi({ description: 'Why the last read failed, and what to do.' }),
    next_attempt_time: instant.nullable(),
  })
  .openapi('Class');

export function showClass({ class: c, session }: ClassView, mask: Mask): z.infer<typeof classSchema> {
  const emails = (role: 'teacher' | 'student') =>
    c.roster.filter((entry) => entry.role === role).map(({ email }) => mask.who(email));
  return {
    class_id: c.id,
    session_id: session?.id ?? null,
    subject: c.subject,
    status: c.status,
    coverage: session?.coverage ?? null,
    ...showSpan(c),
    duration_minutes: (c.end - c.start) / MINUTE_MS,
    teacher_email: emails('teacher')[0] ?? null,
    student_emails: emails('student'),
    meet_code: c.room.meetingCode,
    meet_link: meetLink(c.room),
    organizer_email: mask.who(c.organizerEmail),
    series_id: c.seriesId,
    canceled_time: instantOrNull(c.canceledAt),
    canceled_by: c.canceledBy,
    cancel_reason: mask.message(c.cancelReason),
    flags: [...(session?.flags ?? [])],
    last_error: mask.message(session?.lastError ?? null),
    next_attempt_time: instantOrNull(session?.nextAttemptAt ?? null),
  };
}

export function meetLink({ meetLink: link, meetingCode }: ScheduledClass['room']): string | null {
  return link ?? (meetingCode === null ? null : `https://meet.google.com/${meetingCode}`);
}

const interval = z.object({
  join_time: instant,
  leave_time: instant.nullable().openapi({ description: 'Null while the person is in the call.' }),
  closed_by: z.string().nullable().openapi({
    description: 'What ended the interval: session, record, last_seen, decision or cut (the boundary of the class).',
  }),
});

export const logSchema = z
  .object({
    id: z.int(),
    session_id: z.int(),
    class_id: z.int(),
    subject: z.string(),
    class_start: instant,
    class_end: instant,
    person_id: z.int().nullable(),
    user_email: z.string().nullable().openapi({ description: 'Null for a participant who is matched to nobody.' }),
    display_name: z.string().nullable(),
    role: z.enum(['teacher', 'student', 'guest', 'observer']),
    join_time: instant.nullable(),
    leave_time: instant.nullable().openapi({ description: 'Null while the person is in the call.' }),
    duration_seconds: z.int(),
    duration_minutes: z.number().openapi({ description: 'Seconds / 60 to two decimals.' }),
    intervals: z.array(interval),
    status: z.enum(['pending', 'present', 'late', 'absent', 'excused', 'guest']),
    provisional: z.boolean(),
    coverage,
    identity: z
      .object({
        method: z.enum(['account', 'directory', 'alias', 'name', 'decision']),
        confidence: z.enum(['strong', 'medium', 'weak']),
      })
      .nullable(),
    devices: z.int(),
    evidence: z.array(z.string()).openapi({ description: "Google's resource names." }),
    flags: z.array(z.string()),
  })
  .openapi('AttendanceLog');

export function showLog(log: AttendanceLog, mask: Mask): z.infer<typeof logSchema> {
  const seconds = Math.floor(log.durationMs / SECOND_MS);
  const { identityMethod: method, identityConfidence: confidence } = log;
  return {
    id: log.id,
    session_id: log.sessionId,
    class_id: log.classId,
    subject: log.subject,
    class_start: formatInstant(log.classStart),
    class_end: formatInstant(log.classEnd),
    person_id: log.personId,
    user_email: mask.who(log.userEmail),
    display_name: mask.who(log.displayName),
    role: log.role,
    join_time: instantOrNull(log.join),
    leave_time: instantOrNull(log.leave),
    duration_seconds: seconds,
    duration_minutes: Math.round((seconds * 100) / 60) / 100,
    intervals: log.intervals.map(({ start, end, closedBy, open = false }) => ({
      join_time: formatInstant(start),
      leave_time: open ? null : formatInstant(end),
      closed_by: open ? null : closedBy,
    })),
    status: log.status,
    provisional: log.provisional,
    coverage: log.coverage,
    identity: method === null || confidence === null ? null : { method, confidence },
    devices: log.devices,
    evidence: [...log.evidence],
    flags: [...log.flags],
  };
}
