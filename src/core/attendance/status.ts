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
  { lateAfterMs, attendedIf }: Thresholds,
): Exclude<AttendanceStatus, 'excused' | 'guest'> {
  if (!isFinal(coverage)) return 'pending';
  const inSlot = clip(presence, slot);
  if (totalMs(inSlot) < attendedFromMs(attendedIf, slot.end - slot.start)) return 'absent';
  // The first join may lie before the slot: whoever came early, left and came back late is not late.
  const firstJoin = presence[0]!.start;
  return firstJoin > slot.start + lateAfterMs ? 'late' : 'present';
}
