import type { DerivedLog } from '../core/attendance/logs.ts';
import type { AttendanceLog } from '../ledger/attendance/log-store.ts';
import type { Parts } from '../service.ts';

/** More than any class has. */
const ALL = 100_000;

/**
 * Compares the stored attendance logs of a class with what evidence, schedule and decisions give now.
 *
 * @returns the first difference in words, or null; and how many logs are stored
 */
export function differenceOf(
  { attendance, logStore }: Parts,
  classId: number,
): { difference: string | null; rows: number } {
  const stored = logStore.list({ classId, limit: ALL });
  const derived = new Map(attendance.derive(classId).map((log) => [keyOf(log), log]));
  for (const log of stored) {
    const other = derived.get(keyOf(log));
    derived.delete(keyOf(log));
    const difference = other === undefined ? 'stands on no evidence' : fieldThatDiffers(log, other);
    if (difference !== null) {
      return { difference: `class ${classId}: the log ${log.id} of ${nameOf(log)} ${difference}`, rows: stored.length };
    }
  }
  const [missing] = derived.values();
  const difference =
    missing === undefined ? null : `class ${classId}: the log of ${missing.displayName ?? 'a participant'} is missing`;
  return { difference, rows: stored.length };
}

const keyOf = ({ personId, participant }: Pick<DerivedLog, 'personId' | 'participant'>) =>
  personId ?? participant ?? '';
const nameOf = ({ userEmail, displayName }: AttendanceLog) => userEmail ?? displayName ?? 'a participant';

function fieldThatDiffers(stored: AttendanceLog, derived: DerivedLog): string | null {
  const pairs: [field: string, stored: unknown, derived: unknown][] = [
    ['role', stored.role, derived.role],
    ['status', stored.status, derived.status],
    ['provisional', stored.provisional, derived.provisional],
    ['join', stored.joinAt, derived.join],
    ['leave', stored.leaveAt, derived.leave],
    ['duration in ms', stored.durationMs, derived.durationMs],
    ['intervals', spans(stored.intervals), spans(derived.intervals)],
    ['identity', stored.identityMethod, derived.identity?.method ?? null],
    ['confidence', stored.identityConfidence, derived.identity?.confidence ?? null],
    ['devices', stored.devices, derived.devices],
    ['evidence', stored.evidence.join(' '), derived.evidence.join(' ')],
    ['flags', stored.flags.join(' '), derived.flags.join(' ')],
  ];
  const found = pairs.find(([, left, right]) => left !== right);
  return found === undefined ? null : `has ${found[0]} ${String(found[1])}, but its evidence gives ${String(found[2])}`;
}

interface ClosedInterval {
  readonly start: number;
  readonly end: number;
  readonly closedBy: string;
  readonly open?: boolean;
}

function spans(intervals: readonly ClosedInterval[]): string {
  return intervals.map(({ start, end, closedBy, open }) => `${start}-${open ? '' : end} (${closedBy})`).join(', ');
}
