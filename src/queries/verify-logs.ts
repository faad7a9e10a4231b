import type { Attendance } from '../capture/rebuild.ts';
import type { Unmatched } from '../core/attendance/identity/unmatched.ts';
import type { DerivedLog } from '../core/attendance/logs.ts';
import type { PresenceInterval } from '../core/attendance/presence.ts';
import { counted } from '../core/counted.ts';
import type { Clock } from '../core/time/clock.ts';
import type { AttendanceLog, LogStore } from '../ledger/attendance/log-store.ts';
import type { PlannedItem } from '../ledger/attendance/review-plan.ts';
import type { Session, SessionStore } from '../ledger/attendance/session-store.ts';
import type { Database } from '../ledger/database.ts';
import type { Inspection } from '../ledger/inspect.ts';
import type { JobStore } from '../ledger/machine/job-store.ts';

export interface VerifyLogsDeps {
  readonly database: Pick<Database, 'snapshot'>;
  readonly attendance: Pick<Attendance, 'derive' | 'presenceOf'>;
  readonly logStore: Pick<LogStore, 'list' | 'classIds' | 'planReview'>;
  readonly sessionStore: Pick<SessionStore, 'ofClass'>;
  readonly jobStore: Pick<JobStore, 'isOpen'>;
  readonly inspection: Pick<Inspection, 'unreadable'>;
  readonly clock: Clock;
}

export interface LogsWish {
  /** Ends the run between two classes. */
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** After so many classes the run looks at its signal, tells its progress and lets others work. */
const BATCH = 50;

/**
 * Compares the stored attendance logs, the open review items and the coverage of every class with what evidence, schedule
 * and decisions give now.
 */
export async function verifyLogs(deps: VerifyLogsDeps, { signal, onProgress }: LogsWish) {
  const classIds = deps.logStore.classIds();
  const wrong: string[] = [];
  let logs = 0;
  let waiting = 0;
  for (const [done, classId] of classIds.entries()) {
    if (done % BATCH === 0) {
      await deps.clock.yield();
      signal.throwIfAborted();
      onProgress(done, classIds.length);
    }
    // One snapshot: a running daemon may rebuild the class between two reads.
    const found = deps.database.snapshot(() => readDifference(deps, classId));
    logs += found.logs;
    waiting += found.waiting;
    if (found.difference !== null) wrong.push(found.difference);
  }
  onProgress(classIds.length, classIds.length);
  const [first] = wrong;
  const classes = counted(classIds.length, 'class', 'classes');
  const items = waiting === 0 ? '' : ` and ${counted(waiting, 'open review item')}`;
  return {
    ok: first === undefined,
    detail:
      first === undefined
        ? `${counted(logs, 'log')}${items} of ${classes} as the evidence gives them`
        : `${first} (in ${wrong.length} of ${classes})`,
  };
}

interface Found {
  /** The first difference in words, or null. */
  readonly difference: string | null;
  readonly logs: number;
  /** Review items that are open. */
  readonly waiting: number;
}

/** A class that cannot be read is named like one that differs; the others are compared all the same. */
function readDifference(deps: VerifyLogsDeps, classId: number): Found {
  try {
    return differenceOf(deps, classId);
  } catch (err) {
    const unreadable = deps.inspection.unreadable(err);
    if (unreadable === null) throw err;
    return { difference: `class ${classId}: ${unreadable}`, logs: 0, waiting: 0 };
  }
}

function differenceOf(deps: VerifyLogsDeps, classId: number): Found {
  const { attendance, logStore, sessionStore, jobStore } = deps;
  // After a change of the settings a job makes the statuses and the review queue anew, class by class.
  const rebuildWaits = jobStore.isOpen('rebuild_logs');
  const stored = logStore.list({ classId });
  const session = sessionStore.ofClass(classId);
  const { logs, unmatched } = attendance.derive(classId);
  const review = session === null || rebuildWaits ? null : reviewDifference(logStore, session.id, unmatched);
  const difference =
    logDifference(stored, logs, rebuildWaits) ?? review?.difference ?? contradiction(deps, session, stored);
  return {
    difference: difference === null ? null : `class ${classId}: ${difference}`,
    logs: stored.length,
    waiting: review?.waiting ?? 0,
  };
}

function logDifference(
  stored: readonly AttendanceLog[],
  logs: readonly DerivedLog[],
  statusWaits: boolean,
): string | null {
  const derived = new Map(logs.map((log) => [keyOf(log), log]));
  for (const log of stored) {
    const other = derived.get(keyOf(log));
    derived.delete(keyOf(log));
    const difference = other === undefined ? 'stands on no evidence' : fieldThatDiffers(log, other, statusWaits);
    if (difference !== null) return `the log ${log.id} of ${nameOf(log)} ${difference}`;
  }
  const [missing] = derived.values();
  return missing === undefined ? null : `the log of ${missing.displayName ?? 'a participant'} is missing`;
}

/** While a review item is open, an absence costs nothing: an item that is missing makes money. */
function reviewDifference(logStore: Pick<LogStore, 'planReview'>, sessionId: number, unmatched: readonly Unmatched[]) {
  const { items, gone } = logStore.planReview(sessionId, unmatched);
  const [left] = gone;
  const difference =
    left === undefined
      ? (items.map(itemDifference).find((found) => found !== null) ?? null)
      : `the review item ${left.id} of ${left.displayName} is open, but its evidence gives none`;
  return { difference, waiting: items.filter(({ state }) => state === 'open').length };
}

function itemDifference({ old, state, values }: PlannedItem): string | null {
  // What was answered is compared with the audit log.
  if (state !== 'open') return null;
  if (old === null) return `the review item of ${values.displayName} is missing`;
  const pairs: [field: string, stored: unknown, derived: unknown][] = [
    ['state', old.state, state],
    ['kind', old.kind, values.kind],
    ['account', old.userId, values.userId],
    ['name', old.displayName, values.displayName],
    ['participants', old.participants.join(' '), values.participants.join(' ')],
    ['present in ms', old.presentMs, values.presentMs],
    ['known person', old.knownPersonId, values.knownPersonId],
    ['suggested person', old.suggestedPersonId, values.suggestedPersonId],
  ];
  const difference = inWords(pairs);
  return difference === null ? null : `the review item ${old.id} of ${values.displayName} ${difference}`;
}

/** A class whose room was found empty has nobody who was seen in a call of that room. */
function contradiction(
  { attendance }: Pick<VerifyLogsDeps, 'attendance'>,
  session: Session | null,
  stored: readonly AttendanceLog[],
): string | null {
  if (session?.coverage !== 'empty' || stored.every(({ evidence }) => evidence.length === 0)) return null;
  const calls = attendance.presenceOf(session.classId)?.evidence.records ?? [];
  const seen = stored.find(({ evidence }) =>
    evidence.some((name) => calls.some((call) => name.startsWith(`${call.name}/`))),
  );
  return seen === undefined
    ? null
    : `has the coverage empty, but the log ${seen.id} of ${nameOf(seen)} stands on a call of its room`;
}

const keyOf = ({ personId, participant }: Pick<DerivedLog, 'personId' | 'participant'>) =>
  personId ?? participant ?? '';
const nameOf = ({ userEmail, displayName }: AttendanceLog) => userEmail ?? displayName ?? 'a participant';

function fieldThatDiffers(stored: AttendanceLog, derived: DerivedLog, statusWaits: boolean): string | null {
  const pairs: [field: string, stored: unknown, derived: unknown][] = [
    ['role', stored.role, derived.role],
    ['name', stored.displayName, derived.displayName],
    ['status', stored.status, derived.status],
    ['provisional', stored.provisional, derived.provisional],
    ['join', stored.join, derived.join],
    ['leave', stored.leave, derived.leave],
    ['duration in ms', stored.durationMs, derived.durationMs],
    ['intervals', spans(stored.intervals), spans(derived.intervals)],
    ['identity', stored.identityMethod, derived.identity?.method ?? null],
    ['confidence', stored.identityConfidence, derived.identity?.confidence ?? null],
    ['devices', stored.devices, derived.devices],
    ['evidence', stored.evidence.join(' '), derived.evidence.join(' ')],
    ['flags', stored.flags.join(' '), derived.flags.join(' ')],
  ];
  return inWords(pairs.filter(([field]) => !(statusWaits && field === 'status')));
}

function inWords(pairs: readonly (readonly [field: string, stored: unknown, derived: unknown])[]): string | null {
  const found = pairs.find(([, left, right]) => left !== right);
  return found === undefined ? null : `has ${found[0]} ${String(found[1])}, but its evidence gives ${String(found[2])}`;
}

function spans(intervals: readonly PresenceInterval[]): string {
  return intervals.map(({ start, end, closedBy, open }) => `${start}-${open ? '' : end} (${closedBy})`).join(', ');
}
