import type { Coverage, SessionFlag } from '../../attendance/coverage-state.ts';
import type { DecisionOf } from '../../attendance/decision.ts';
import type { ClassStatus, Canceler } from '../../schedule/class.ts';
import type { Interval } from '../../time/interval.ts';

/** What is known of somebody on the roster of a class, or of a substitute. */
export interface PersonPresence {
  readonly personId: number;
  /** Lower case. */
  readonly email: string;
  readonly name: string | null;
  /** False: the identity is too weak to bill on, or nobody confirmed the substitute yet. Such presence is not billed. */
  readonly confirmed: boolean;
  /** Of a teacher: not on the roster, stands in for who is. */
  readonly substitute?: boolean;
  /** False, of a student: on the roster, but not enrolled on the day of the class, so that nothing is charged. */
  readonly enrolled?: boolean;
  /** Presence attributed to this class, in any order. */
  readonly intervals: readonly Interval[];
  /**
   * Of a canceled class: presence in its room and slot that belongs to a class beside it, outside the slot of that one.
   * It shows that the canceled class was held; nothing is charged or paid by it.
   */
  readonly beside?: readonly Interval[];
  /** Google's resource names. */
  readonly evidence: readonly string[];
  /** Set only where a person decided it. */
  readonly status?: 'present' | 'absent' | 'excused';
}

/** What a person settled where evidence could not. */
export interface OutcomeDecision {
  /** Null: for the whole class. */
  readonly studentId: number | null;
  readonly outcome: DecisionOf<'set_outcome'>['payload']['outcome'];
}

/** One class as money sees it. Instants in epoch ms. */
export interface BilledClass {
  readonly classId: number;
  readonly seriesId: string | null;
  readonly subject: string;
  readonly start: number;
  readonly end: number;
  readonly status: ClassStatus;
  readonly coverage: Coverage;
  readonly canceledAt: number | null;
  readonly canceledBy: Canceler | null;
  /** The start that the notice of a cancellation is judged by, when the class was moved late. */
  readonly noticeForStart?: number | null;
  readonly approvedOverrunMinutes: number;
  /** A person said how much of an overrun counts, be it none. */
  readonly overrunDecided?: boolean;
  /** In roster order; substitutes last. Observers are left out. */
  readonly teachers: readonly PersonPresence[];
  /** In enrolment order. */
  readonly students: readonly PersonPresence[];
  readonly decisions?: readonly OutcomeDecision[];
  /** A person said that a call of another room was this class. */
  readonly hasLinkedCall?: boolean;
  /** Unmatched participants about whom nobody has decided yet. */
  readonly openReviews: number;
  /**
   * Somebody known who was not expected was there while a student was missed, who was seen for half of the slot or longer:
   * too long for a review, and perhaps too short to have attended.
   */
  readonly guestMayBeStudent?: boolean;
  readonly flags: readonly SessionFlag[];
}
