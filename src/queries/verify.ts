import type { Attendance } from '../capture/rebuild.ts';
import type { DerivedLog } from '../core/attendance/logs.ts';
import type { PresenceInterval } from '../core/attendance/presence.ts';
import { counted } from '../core/counted.ts';
import type { Clock } from '../core/time/clock.ts';
import type { AttendanceLog, LogStore } from '../ledger/attendance/log-store.ts';
import type { Integrity } from '../ledger/backup.ts';
import type { Database } from '../ledger/database.ts';
import type { Inspection } from '../ledger/inspect.ts';
import type { JobStore } from '../ledger/machine/job-store.ts';
import type { AuditHead, ChainCheck, NotedHead } from '../ledger/school/audit-chain.ts';
import type { AuditLog } from '../ledger/school/audit-log.ts';
import { verifyCloses, type VerifyClosesDeps } from './verify-closes.ts';

export interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** What was looked at, or the first thing that is wrong. */
  readonly detail: string;
}

/** The end of the audit log. It is worth noting when its chain is whole: `ok`. */
export type AuditEnd = AuditHead & { readonly ok: boolean };

export interface VerifyDeps extends VerifyClosesDeps {
  readonly database: Pick<Database, 'snapshot'>;
  readonly inspection: Inspection;
  readonly attendance: Pick<Attendance, 'derive'>;
  readonly logStore: Pick<LogStore, 'list' | 'classIds'>;
  readonly jobStore: Pick<JobStore, 'isOpen'>;
  readonly audit: Pick<AuditLog, 'verifyChain' | 'head' | 'list' | 'replay'>;
  readonly clock: Clock;
}

export interface VerifyWish {
  /** Ends of the audit log as they were noted earlier. */
  readonly noted?: readonly NotedHead[] | undefined;
  /** Ends the run between two classes. */
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Whether the ledger is whole: the file, its tables, the audit log, the attendance logs and the closed periods. Writes
 * nothing.
 *
 * @returns what was looked at, and the end of the audit log
 */
export async function verify(
  deps: VerifyDeps,
  wish: VerifyWish,
): Promise<{ readonly checks: readonly Check[]; readonly head: AuditEnd }> {
  const chain = deps.audit.verifyChain(...(wish.noted ?? []));
  const checks = [
    fileCheck(await deps.inspection.integrity()),
    shapeCheck(deps),
    {
      check: 'audit log',
      ok: chain.ok,
      detail: chain.ok ? chainSentence(chain, wish.noted ?? []) : chain.problem,
    },
    recordsCheck(deps),
    await logsCheck(deps, wish),
    await closesCheck(deps),
  ];
  // Of the entries that were looked at: others may have come since.
  const head = chain.ok ? { count: chain.count, head: chain.head } : deps.audit.head();
  return { checks, head: { ...head, ok: chain.ok } };
}

function chainSentence({ count, seals }: ChainCheck & { readonly ok: true }, noted: readonly NotedHead[]): string {
  const sealed = seals.map(({ keyId, from, to, checked }) => {
    const entries = `${from === to ? `entry ${from} is` : `entries ${from} to ${to} are`} sealed with key ${keyId}`;
    return checked ? entries : `${entries}, which is not here: that cannot be checked`;
  });
  const last = noted.reduce((most, head) => Math.max(most, head.count), 0);
  const held = noted.length === 0 ? [] : [`as noted ${counted(noted.length, 'time')}, the last time at entry ${last}`];
  return [`${counted(count, 'entry', 'entries')} in one chain`, ...sealed, ...held].join('; ');
}

/** So many edits by hand are named. */
const NAMED = 5;

function recordsCheck({ audit }: VerifyDeps): Check {
  const { rows, since, problems } = audit.replay();
  const named = problems.slice(0, NAMED).join('; ');
  const more = problems.length > NAMED ? `; and ${problems.length - NAMED} more` : '';
  if (problems.length > 0) return { check: 'records', ok: false, detail: `${named}${more}` };
  if (since === null)
    return { check: 'records', ok: true, detail: 'no entry tells of rows yet: the next change begins it' };
  const known = since === 1 ? 'the audit log' : `the audit log since entry ${since}`;
  return { check: 'records', ok: true, detail: `${counted(rows, 'row')} of what people enter as ${known} left them` };
}

function fileCheck(integrity: Integrity): Check {
  const detail = integrity.ok
    ? 'pages, indexes and references agree'
    : `${integrity.problems[0]} (${integrity.problems.length} in all)`;
  return { check: 'database', ok: integrity.ok, detail };
}

function shapeCheck({ inspection }: VerifyDeps): Check {
  const problems = inspection.shapeProblems();
  const [first] = problems;
  const whole = 'tables, indexes, triggers and views are those of Rollbook';
  return {
    check: 'tables',
    ok: first === undefined,
    detail: first === undefined ? whole : `${first} (${problems.length} in all)`,
  };
}

async function closesCheck(deps: VerifyDeps): Promise<Check> {
  const { ok, closes, lines, problems, waiting } = await verifyCloses(deps);
  const [first] = problems;
  const whole = `${counted(lines, 'line')} of ${counted(closes, 'close')} as issued`;
  const detail = waiting === 0 ? whole : `${whole}; ${counted(waiting, 'correction')} to accept or reject`;
  return { check: 'books', ok, detail: first === undefined ? detail : `${first} (${problems.length} in all)` };
}

/** After so many classes the run looks at its signal, tells its progress and lets others work. */
const BATCH = 50;

async function logsCheck(deps: VerifyDeps, { signal, onProgress }: VerifyWish): Promise<Check> {
  const classIds = deps.logStore.classIds();
  const wrong: string[] = [];
  let logs = 0;
  for (const [done, classId] of classIds.entries()) {
    if (done % BATCH === 0) {
      await deps.clock.yield();
      signal.throwIfAborted();
      onProgress(done, classIds.length);
    }
    // One snapshot: a running daemon may rebuild the class between two reads.
    const { difference, rows } = deps.database.snapshot(() => differenceOf(deps, classId));
    logs += rows;
    if (difference !== null) wrong.push(difference);
  }
  onProgress(classIds.length, classIds.length);
  const [first] = wrong;
  const classes = counted(classIds.length, 'class', 'classes');
  return {
    check: 'attendance',
    ok: first === undefined,
    detail:
      first === undefined
        ? `${counted(logs, 'log')} of ${classes} as the evidence gives them`
        : `${first} (in ${wrong.length} of ${classes})`,
  };
}

/**
 * Compares the stored attendance logs of a class with what evidence, schedule and decisions give now.
 *
 * @returns the first difference in words, or null; and how many logs are stored
 */
function differenceOf(
  { attendance, logStore, jobStore }: VerifyDeps,
  classId: number,
): { difference: string | null; rows: number } {
  // After a change of the settings a job makes the statuses anew, class by class.
  const statusWaits = jobStore.isOpen('rebuild_logs');
  const stored = logStore.list({ classId });
  const derived = new Map(attendance.derive(classId).map((log) => [keyOf(log), log]));
  for (const log of stored) {
    const other = derived.get(keyOf(log));
    derived.delete(keyOf(log));
    const difference = other === undefined ? 'stands on no evidence' : fieldThatDiffers(log, other, statusWaits);
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

function fieldThatDiffers(stored: AttendanceLog, derived: DerivedLog, statusWaits: boolean): string | null {
  const pairs: [field: string, stored: unknown, derived: unknown][] = [
    ['role', stored.role, derived.role],
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
  const found = pairs.find(([field, left, right]) => left !== right && !(statusWaits && field === 'status'));
  return found === undefined ? null : `has ${found[0]} ${String(found[1])}, but its evidence gives ${String(found[2])}`;
}

function spans(intervals: readonly PresenceInterval[]): string {
  return intervals.map(({ start, end, closedBy, open }) => `${start}-${open ? '' : end} (${closedBy})`).join(', ');
}
