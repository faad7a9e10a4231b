import type { SessionFlag } from '../../attendance/coverage-state.ts';

/** What a person should know about a line. Reports, audit and statements find lines by their flags. */
export type LineFlag =
  | SessionFlag
  | 'basis_fell_to_overlap'
  | 'credit_issued'
  | 'decided'
  /** The teacher disputes the pay. */
  | 'disputed'
  /** Meet may have removed a teacher who was alone, so the teacher may not have left early. */
  | 'empty_call_timeout'
  | 'enrolled_twice'
  | 'excused_although_present'
  | 'never_together'
  | 'no_family'
  /** The rate is not in the currency of the family. */
  | 'other_currency'
  /** On the roster, but the enrolment does not cover the day. The log of somebody who is not on the roster says `off_roster`. */
  | 'not_enrolled'
  /** Somebody should look at the line. */
  | 'review'
  /** Its amount stays 0 until somebody has said who the participant was. */
  | 'review_open'
  /** Student and teacher were together for less than half of the slot. */
  | 'short'
  | 'student_double_booked'
  | 'substitute'
  | 'teacher_absent'
  | 'teacher_alert'
  | 'teacher_double_booked'
  | 'teacher_late'
  | 'unapproved_overrun'
  /** Ten drops or ten minutes of them were bridged. */
  | 'unstable';

/** Flags without doubles, in a fixed order. */
export function flagSet(...flags: readonly (readonly LineFlag[])[]): LineFlag[] {
  return [...new Set(flags.flat())].sort();
}
