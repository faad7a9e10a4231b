import { z } from '@hono/zod-openapi';

import { COVERAGES } from '../../core/attendance/coverage-state.ts';
import { emailsOf, type RosterRole, CANCELERS } from '../../core/schedule/class.ts';
import { MINUTE_MS } from '../../core/time/duration.ts';
import type { ScheduledClass } from '../../ledger/attendance/class-store.ts';
import type { ClassView } from '../../queries/classes.ts';
import { instant, instantOrNull, showSpan } from './fields.ts';
import { openNames, type Mask } from './mask.ts';
import { newAddresses } from './people.ts';

export const classSchema = z
  .object({
    class_id: z.int(),
    session_id: z.int().nullable().openapi({ description: 'Null until the class has begun.' }),
    subject: z.string().nullable().openapi({ description: 'Null for operators, as is what opens the room.' }),
    status: z.enum(['scheduled', 'active', 'completed', 'canceled']),
    coverage: z
      .enum(COVERAGES)
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
    canceled_by: z.enum(CANCELERS).nullable(),
    cancel_reason: z.string().nullable(),
    flags: z.array(z.string()),
    last_error: z.string().nullable().openapi({ description: 'Why the last read failed, and what to do.' }),
    next_attempt_time: instant.nullable(),
  })
  .openapi('Class');

export function showClass({ class: c, session }: ClassView, mask: Mask): z.infer<typeof classSchema> {
  const emails = (role: RosterRole) => emailsOf(c, role).map((email) => mask.who(email));
  return {
    class_id: c.id,
    session_id: session?.id ?? null,
    subject: mask.text(c.subject),
    status: c.status,
    coverage: session?.coverage ?? null,
    ...showSpan(c),
    duration_minutes: (c.end - c.start) / MINUTE_MS,
    teacher_email: emails('teacher')[0] ?? null,
    student_emails: emails('student'),
    meet_code: mask.text(c.room.meetingCode),
    meet_link: mask.text(meetLink(c.room)),
    organizer_email: c.organizerEmail,
    series_id: mask.text(c.seriesId),
    canceled_time: instantOrNull(c.canceledAt),
    canceled_by: c.canceledBy,
    cancel_reason: mask.text(c.cancelReason),
    flags: [...(session?.flags ?? [])],
    last_error: mask.message(session?.lastError ?? null, c.organizerEmail),
    next_attempt_time: instantOrNull(session?.nextAttemptAt ?? null),
  };
}

/** A class that was stored just now. */
interface SavedClass extends ClassView {
  /** Addresses for which a person was made. */
  readonly createdPeople: readonly string[];
  readonly warnings: readonly string[];
}

const { class_id, status, meet_code, meet_link } = classSchema.shape;
export const scheduledClassSchema = z
  .object({
    class_id,
    session_id: z.int().nullable(),
    status,
    meet_code,
    meet_link,
    created_people: newAddresses,
    warnings: z.array(z.string()),
  })
  .openapi('ScheduledClass');

/** What the caller of a schedule does not know yet: the numbers, the room and what was made beside the class. */
export function showScheduledClass(saved: SavedClass, mask: Mask) {
  const { class_id, session_id, status, meet_code, meet_link, created_people, warnings } = showChangedClass(
    saved,
    mask,
  );
  return { class_id, session_id, status, meet_code, meet_link, created_people, warnings };
}

export const changedClassSchema = classSchema
  .extend({ created_people: z.array(z.string()), warnings: z.array(z.string()) })
  .openapi('ChangedClass');

export function showChangedClass({ createdPeople, warnings, ...view }: SavedClass, mask: Mask) {
  return { ...showClass(view, mask), created_people: createdPeople, warnings };
}

/**
 * A class as its entries in the audit log hold it: what people decide about it, and nothing of its evidence. The order
 * of the fields goes into the hash of the entry.
 */
export function showClassFacts(c: ScheduledClass) {
  const { canceled_by, cancel_reason, ...shown } = showClass({ class: c, session: null }, openNames);
  return {
    subject: shown.subject,
    status: shown.status,
    start_time: shown.start_time,
    end_time: shown.end_time,
    teacher_emails: emailsOf(c, 'teacher'),
    student_emails: shown.student_emails,
    meet_code: shown.meet_code,
    room_id: c.room.id,
    organizer_email: shown.organizer_email,
    series_id: shown.series_id,
    ...(canceled_by === null ? {} : { canceled_by, cancel_reason }),
  };
}

function meetLink({ meetLink: link, meetingCode }: ScheduledClass['room']): string | null {
  return link ?? (meetingCode === null ? null : `https://meet.google.com/${meetingCode}`);
}
