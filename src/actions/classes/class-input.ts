import { KEPT_DAYS, KEPT_MS } from '../../core/attendance/coverage-waits.ts';
import { LONGEST_CLASS_MS, normaliseMeetingCode } from '../../core/schedule/class.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { DAY_MS, MINUTE_MS } from '../../core/time/duration.ts';
import { invalid, type Complaint, type Refused } from '../../refusal.ts';
import { normaliseEmail } from '../people/people.ts';

/** A class to be. E-mail addresses in any case; instants in epoch ms. */
export interface ClassInput {
  readonly teacherEmail: string;
  readonly studentEmails: readonly string[];
  readonly subject: string;
  readonly start: number;
  readonly durationMinutes: number;
  /** That of a meeting code or link, or a Meet space that is made for the class. */
  readonly room: { readonly code: string } | 'new_space';
  /** Whose account reads the class; null leaves it to {@link checkClass}. */
  readonly organizerEmail: string | null;
  readonly seriesId: string | null;
}

/** The same class in the ledger's form: lower-case addresses, nobody twice. */
export interface CheckedClass extends Omit<ClassInput, 'durationMinutes' | 'room'> {
  readonly kind: 'checked';
  /** `kept`: a class that is in the ledger already stays in its room. */
  readonly room: ClassInput['room'] | 'kept';
  readonly organizerEmail: string;
  readonly end: number;
  readonly warnings: readonly string[];
}

const AHEAD_MS = 5 * 366 * DAY_MS;
const LONGEST_MINUTES = LONGEST_CLASS_MS / MINUTE_MS;

export const NO_LENGTH = 'must be at least 1: a class of 0 minutes would end when it starts';

/**
 * Checks a class as a whole.
 *
 * @param organizer reads the class where the input names nobody; without both it is the teacher
 * @param keepsStart the start is that of a class which is in the ledger already, however old
 */
export function checkClass(
  input: Omit<ClassInput, 'room'> & Pick<CheckedClass, 'room'>,
  { now, organizer, keepsStart = false }: { now: number; organizer: string | null; keepsStart?: boolean },
): CheckedClass | Refused {
  const { start, durationMinutes, seriesId } = input;
  const subject = input.subject.trim();
  const teacherEmail = normaliseEmail(input.teacherEmail);
  const students = input.studentEmails.map(normaliseEmail);
  const studentEmails = [...new Set(students)];
  const twice = [...new Set(students.filter((email, i) => students.indexOf(email) !== i))];
  const code = typeof input.room === 'string' ? null : normaliseMeetingCode(input.room.code);
  const isMinutes = Number.isInteger(durationMinutes) && durationMinutes >= 1 && durationMinutes <= LONGEST_MINUTES;
  const teacherIs = students.indexOf(teacherEmail);
  const kept = now - KEPT_MS;

  const complaints: Complaint[] = [];
  const complain = (isWrong: boolean, path: string, message: string): void => {
    if (isWrong) complaints.push({ path, message });
  };
  complain(subject === '', 'subject', 'is empty; name what is taught');
  complain(students.length === 0, 'student_emails', 'is empty; name at least one student');
  complain(
    teacherIs >= 0,
    `student_emails.${teacherIs}`,
    `${teacherEmail} is the teacher of this class; leave them out of the students`,
  );
  complain(
    typeof input.room !== 'string' && code === null,
    'meet_code',
    'is neither a meeting code such as abc-defg-hij nor a link such as https://meet.google.com/abc-defg-hij',
  );
  complain(
    !isMinutes,
    'duration_minutes',
    durationMinutes === 0 ? NO_LENGTH : `must be a whole number of minutes from 1 to ${LONGEST_MINUTES}`,
  );
  complain(
    !keepsStart && start < kept,
    'start_time',
    `lies more than ${KEPT_DAYS} days back (before ${formatInstant(kept)}): Google has deleted its records, so the class could not be captured`,
  );
  complain(start > now + AHEAD_MS, 'start_time', 'lies more than five years ahead; check the year');
  if (complaints.length > 0) return invalid(complaints);

  return {
    kind: 'checked',
    teacherEmail,
    studentEmails,
    subject,
    start,
    end: start + durationMinutes * MINUTE_MS,
    room: code === null ? input.room : { code },
    organizerEmail: normaliseEmail(input.organizerEmail ?? organizer ?? teacherEmail),
    seriesId,
    warnings: twice.map((email) => `${email} is listed twice among the students and counts once`),
  };
}
