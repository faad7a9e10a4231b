import { counted } from '../core/counted.ts';
import type { Integrity } from '../ledger/backup.ts';
import type { Inspection } from '../ledger/inspect.ts';
import type { AuditHead, ChainCheck, NotedHead } from '../ledger/school/audit-chain.ts';
import type { AuditLog } from '../ledger/school/audit-log.ts';
import { verifyCloses, type VerifyClosesDeps } from './verify-closes.ts';
import { verifyLogs, type LogsWish, type VerifyLogsDeps } from './verify-logs.ts';

export interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** What was looked at, or the first thing that is wrong. */
  readonly detail: string;
}

/** The end of the audit log. It is worth noting when its chain is whole: `ok`. */
export type AuditEnd = AuditHead & { readonly ok: boolean };

export interface VerifyDeps extends VerifyClosesDeps, Omit<VerifyLogsDeps, 'clock'> {
  readonly inspection: Inspection;
  readonly audit: Pick<AuditLog, 'verifyChain' | 'head' | 'list' | 'replay'>;
  readonly clock: VerifyLogsDeps['clock'];
}

export interface VerifyWish extends LogsWish {
  /** Ends of the audit log as they were noted earlier. */
  readonly noted?: readonly NotedHead[] | undefined;
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
  const { audit } = deps;
  let head: AuditEnd | null = null;
  const chain = (): Found => {
    const found = audit.verifyChain(...(wish.noted ?? []));
    // Of the entries that were looked at: others may have come since.
    if (found.ok) head = { count: found.count, head: found.head, ok: true };
    return { ok: found.ok, detail: found.ok ? chainSentence(found, wish.noted ?? []) : found.problem };
  };
  const looks: readonly (readonly [check: string, look: () => Found | Promise<Found>])[] = [
    ['database', async () => fileCheck(await deps.inspection.integrity())],
    ['tables', () => shapeCheck(deps)],
    ['audit log', chain],
    ['records', () => recordsCheck(deps)],
    ['attendance', () => verifyLogs(deps, wish)],
    ['books', () => closesCheck(deps)],
  ];
  const checks: Check[] = [];
  for (const [check, look] of looks) {
    try {
      checks.push({ check, ...(await look()) });
    } catch (err) {
      wish.signal.throwIfAborted();
      checks.push({ check, ok: false, detail: deps.inspection.unreadable(err) ?? unfinished(err) });
    }
  }
  return { checks, head: head ?? { ...audit.head(), ok: false } };
}

/** What a check does not get over. The others are made all the same. */
function unfinished(err: unknown): string {
  const why = err instanceof Error ? err.message.replaceAll(/\s+/g, ' ').slice(0, 200) : String(err);
  return `the check could not be finished: ${why}`;
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

type Found = Omit<Check, 'check'>;

/** So many edits by hand are named. */
const NAMED = 5;

function recordsCheck({ audit }: VerifyDeps): Found {
  const { rows, since, problems } = audit.replay();
  const named = problems.slice(0, NAMED).join('; ');
  const more = problems.length > NAMED ? `; and ${problems.length - NAMED} more` : '';
  if (problems.length > 0) return { ok: false, detail: `${named}${more}` };
  if (since === null) return { ok: true, detail: 'no entry tells of rows yet: the next change begins it' };
  const known = since === 1 ? 'the audit log' : `the audit log since entry ${since}`;
  return { ok: true, detail: `${counted(rows, 'row')} of what people enter as ${known} left them` };
}

function fileCheck(integrity: Integrity): Found {
  const detail = integrity.ok
    ? 'pages, indexes and references agree'
    : `${integrity.problems[0]} (${integrity.problems.length} in all)`;
  return { ok: integrity.ok, detail };
}

function shapeCheck({ inspection }: VerifyDeps): Found {
  const problems = inspection.shapeProblems();
  const [first] = problems;
  const whole = 'tables, indexes, triggers and views are those of Rollbook';
  return {
    ok: first === undefined,
    detail: first === undefined ? whole : `${first} (${problems.length} in all)`,
  };
}

async function closesCheck(deps: VerifyDeps): Promise<Found> {
  const { ok, closes, lines, problems, waiting } = await verifyCloses(deps);
  const [first] = problems;
  const whole = `${counted(lines, 'line')} of ${counted(closes, 'close')} as issued`;
  const detail = waiting === 0 ? whole : `${whole}; ${counted(waiting, 'correction')} to accept or reject`;
  return { ok, detail: first === undefined ? detail : `${first} (${problems.length} in all)` };
}
