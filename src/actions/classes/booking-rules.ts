import type { Complaint } from '../../refusal.ts';
import type { RosterRole } from '../../core/schedule/class.ts';
import { normaliseMeetingCode } from '../../core/schedule/class.ts';
import { formatInstant } from '../../core/time/calendar.ts';

/** A class to be. E-mail addresses in any case; instants in epoch ms. */
export interface BookingInput {
  readonly teacherEmail: string;
  readonly studentEmails: readonly string[];
  readonly subject: string;
  readonly start: number;
  readonly durationMinutes: number;
  /** A meeting code or link; null asks for a new Meet space. */
  readonly meetCode: string | null;
  /** Whose account reads the class; null takes the default. */
  readonly organizerEmail: string | null;
  readonly seriesId: string | null;
}

/** The same class in the ledger's form: lower-case addresses, nobody twice. */
export interface CheckedBooking extends Omit<BookingInput, 'durationMinutes'> {
  readonly end: number;
  readonly warnings: readonly string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Google keeps conference records for so long. */
export const CAPTURE_DAYS = 30;
const AHEAD_DAYS = 5 * 366;
const LONGEST_MINUTES = 1440;

/**
 * Checks a class as a whole.
 *
 * @param keepsStart the start is that of a class which is in the ledger already, however old
 */
export function checkBooking(
  input: BookingInput,
  now: number,
  keepsStart = false,
): { readonly booking: CheckedBooking; readonly complaints: readonly Complaint[] } {
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
  return {
    booking: {
      teacherEmail,
      studentEmails: unique,
      subject: input.subject.trim(),
      start: input.start,
      end: input.start + input.durationMinutes * MINUTE_MS,
      meetCode,
      organizerEmail: input.organizerEmail === null ? null : normaliseEmail(input.organizerEmail),
      seriesId: input.seriesId,
      warnings: twice.map((email) => `${email} is listed twice among the students and counts once`),
    },
    complaints,
  };
}

function checkSlot({ start, durationMinutes }: BookingInput, now: number, keepsStart: boolean): Complaint[] {
  const complaints: Complaint[] = [];
  if (!Number.isInteger(durationMinutes) || durationMinutes < 1 || durationMinutes > LONGEST_MINUTES) {
    complaints.push({
      path: 'duration_minutes',
      message: `must be a whole number of minutes from 1 to ${LONGEST_MINUTES}`,
    });
  }
  if (!keepsStart && start < now - CAPTURE_DAYS * DAY_MS) {
    complaints.push({
      path: 'start_time',
      message: `lies more than ${CAPTURE_DAYS} days back (before ${formatInstant(now - CAPTURE_DAYS * DAY_MS)}): Google has deleted its records, so the class could not be captured`,
    });
  }
  if (start > now + AHEAD_DAYS * DAY_MS) {
    complaints.push({ path: 'start_time', message: 'lies more than five years ahead; check the year' });
  }
  return complaints;
}

export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** Addresses of one role on a roster, in enrolment order. */
export function emailsOf(
  { roster }: { readonly roster: readonly { readonly role: RosterRole; readonly email: string }[] },
  role: RosterRole,
): string[] {
  return roster.filter((entry) => entry.role === role).map(({ email }) => email);
}
