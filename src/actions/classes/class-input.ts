import { KEPT_DAYS, KEPT_MS } from '../../core/attendance/coverage.ts';
import { normaliseMeetingCode } from '../../core/schedule/class.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { DAY_MS, MINUTE_MS } from '../../core/time/duration.ts';
import { invalid } from '../../refusal.ts';
import type { Complaint, Refused } from '../../refusal.ts';
import { normaliseEmail } from '../people/people.ts';

/** A class to be. E-mail addresses in any case; instants in epoch ms. */
export interface ClassInput {
  readonly teacherEmail: string;
  readonly studentEmails: readonly string[];
  readonly subject: string;
  readonly start: number;
  readonly durationMinutes: number;
  /** A meeting code or link; null asks for a new Meet space. */
  readonly meetCode: string | null;
  /** Whose account reads the class; null leaves it to {@link checkClass}. */
  readonly organizerEmail: string | null;
  readonly seriesId: string | null;
}

/** The same class in the ledger's form: lower-case addresses, nobody twice. */
export interface CheckedClass extends Omit<ClassInput, 'durationMinutes'> {
  readonly kind: 'checked';
  readonly organizerEmail: string;
  readonly end: number;
  readonly warnings: readonly string[];
}

const AHEAD_DAYS = 5 * 366;
const LONGEST_MINUTES = 1440;

/**
 * Checks a class as a whole.
 *
 * @param organizer reads the class where the input names nobody; without both it is the teacher
 * @param keepsStart the start is that of a class which is in the ledger already, however old
 */
export function checkClass(
  input: ClassInput,
  { now, organizer, keepsStart = false }: { now: number; organizer: string | null; keepsStart?: boolean },
): CheckedClass | Refused {
  const teacherEmail = normaliseEmail(input.teacherEmail);
  const students = input.studentEmails.map(normaliseEmail);
  const unique = [...new Set(students)];
  const twice = [...new Set(students.filter((email, i) => students.indexOf(email) !== i))];
  const meetCode = input.meetCode === null ? null : normaliseMeetingCode(input.meetCode);
  const complaints: Complaint[] = [];
  if (input.subject.trim() === '') complaints.push({ path: 'subject', message: 'is empty; name what is taught' });
  if (unique.length === 0) complaints.push({ path: 'student_emails', message: 'is empty; name at least one student' });
  const both = students.indexOf(teacherEmail);
  if (both >= 0) {
    complaints.push({
      path: `student_emails.${both}`,
      message: `${teacherEmail} is the teacher of this class; leave them out of the students`,
    });
  }
  if (input.meetCode !== null && meetCode === null) {
    complaints.push({
      path: 'meet_code',
      message: 'is neither a meeting code such as abc-defg-hij nor a link such as https://meet.google.com/abc-defg-hij',
    });
  }
  complaints.push(...checkSlot(input, now, keepsStart));
  if (complaints.length > 0) return invalid(complaints);
  return {
    kind: 'checked',
    teacherEmail,
    studentEmails: unique,
    subject: input.subject.trim(),
    start: input.start,
    end: input.start + input.durationMinutes * MINUTE_MS,
    meetCode,
    organizerEmail: normaliseEmail(input.organizerEmail ?? organizer ?? teacherEmail),
    seriesId: input.seriesId,
    warnings: twice.map((email) => `${email} is listed twice among the students and counts once`),
  };
}

function checkSlot({ start, durationMinutes }: ClassInput, now: number, keepsStart: boolean): Complaint[] {
  const complaints: Complaint[] = [];
  if (!Number.isInteger(durationMinutes) || durationMinutes < 1 || durationMinutes > LONGEST_MINUTES) {
    complaints.push({
      path: 'duration_minutes',
      message: `must be a whole number of minutes from 1 to ${LONGEST_MINUTES}`,
    });
  }
  if (!keepsStart && start < now - KEPT_MS) {
    complaints.push({
      path: 'start_time',
      message: `lies more than ${KEPT_DAYS} days back (before ${formatInstant(now - KEPT_MS)}): Google has deleted its records, so the class could not be captured`,
    });
  }
  if (start > now + AHEAD_DAYS * DAY_MS) {
    complaints.push({ path: 'start_time', message: 'lies more than five years ahead; check the year' });
  }
  return complaints;
}
