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
  const chain = deps.audit.verifyChain(...(wish.noted ?? []));
  const checks = [
    fileCheck(await deps.inspection.integrity()),
    shapeCheck(deps),
    {
      check: 'audit log',
      ok: chain.ok,
      detail: chain.ok ? chainSentence(chain, wish.noted ?? []) : chain.problem,
    },
    await readable('records', () => recordsCheck(deps)),
    await readable('attendance', async () => ({ check: 'attendance', ...(await verifyLogs(deps, wish)) })),
    await readable('books', () => closesCheck(deps)),
  ];
  // Of the entries that were looked at: others may have come since.
  const head = chain.ok ? { count: chain.count, head: chain.head } : deps.audit.head();
  return { checks, head: { ...head, ok: chain.ok } };
}

/** Errors by which readers of stored values refuse one. */
const UNREADABLE: readonly string[] = ['SyntaxError', 'RangeError', 'ZodError', 'LedgerRefusedError'];

/** A check that meets a stored value in another form than Rollbook writes it has found an edit, and the others go on. */
async function readable(check: string, look: () => Check | Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (err) {
    if (!(err instanceof Error) || !UNREADABLE.includes(err.name)) throw err;
    const found = err.message.replaceAll(/\s+/g, ' ').slice(0, 200);
    return { check, ok: false, detail: `a value cannot be read, so somebody changed it by hand: ${found}` };
  }
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
