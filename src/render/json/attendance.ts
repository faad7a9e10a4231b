import { z } from '@hono/zod-openapi';

import { COVERAGES } from '../../core/attendance/coverage-state.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { SECOND_MS } from '../../core/time/duration.ts';
import type { AttendanceLog } from '../../ledger/attendance/log-store.ts';
import { instant, instantOrNull } from './fields.ts';
import type { Mask } from './mask.ts';

const coverage = z.enum(COVERAGES);

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
    subject: z.string().nullable().openapi({ description: 'Null for operators.' }),
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
    evidence: z.array(z.string()).openapi({ description: "Google's resource names; none for operators." }),
    flags: z.array(z.string()).openapi({
      description: '`review_open` of who is absent: somebody in the call has to be named yet, and may be the one.',
    }),
  })
  .openapi('AttendanceLog');

export function showLog(log: AttendanceLog, mask: Mask): z.infer<typeof logSchema> {
  const seconds = Math.floor(log.durationMs / SECOND_MS);
  const { identityMethod: method, identityConfidence: confidence } = log;
  return {
    id: log.id,
    session_id: log.sessionId,
    class_id: log.classId,
    subject: mask.text(log.subject),
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
    evidence: mask.evidence(log.evidence),
    flags: log.status === 'absent' && log.reviewOpen ? [...log.flags, 'review_open'].sort() : [...log.flags],
  };
}
