import { attendedFromMs, type AttendedIf } from '../schedule/attended-if.ts';
import { clip, totalMs, type Interval } from '../time/interval.ts';
import { isFinal, type Coverage } from './coverage-state.ts';

export type AttendanceStatus = 'pending' | 'present' | 'late' | 'absent' | 'excused' | 'guest';

export interface Thresholds {
  /** First join more than this into the slot is late. */
  readonly lateAfterMs: number;
  /** Less presence in the slot than this is absent. */
  readonly attendedIf: AttendedIf;
}

/**
 * The status of somebody on the roster.
 *
 * @param presence ascending and disjoint, in the whole window of the class
 */
export function expectedStatus(
  presence: readonly Interval[],
  slot: Interval,
  coverage: Coverage,
  thresholds: Thresholds,
): Exclude<AttendanceStatus, 'excused' | 'guest'> {
  if (!isFinal(coverage)) return 'pending';
  if (!isAttended(presence, slot, thresholds)) return 'absent';
  // The first join may lie before the slot: whoever came early, left and came back late is not late.
  const firstJoin = presence[0]!.start;
  return firstJoin > slot.start + thresholds.lateAfterMs ? 'late' : 'present';
}

/** Whether somebody was there long enough within the slot not to be absent. */
export function isAttended(presence: readonly Interval[], slot: Interval, { attendedIf }: Thresholds): boolean {
  return totalMs(clip(presence, slot)) >= attendedFromMs(attendedIf, slot.end - slot.start);
}

/**
 * Whether a student was there for so much of the slot that nobody else is asked about in a review. What a bill calls
 * attended is not known to attendance: less than half may be charged as a student who stayed away.
 */
export function isSeenForHalf(inSlotMs: number, slotMs: number): boolean {
  return 2 * inSlotMs >= slotMs;
}
