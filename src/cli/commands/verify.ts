import type { Command } from 'commander';

import { count } from '../arguments.ts';
import { UsageError } from '../context.ts';
import type { CommandContext } from '../context.ts';
import { openLedger, withLedgerOptions } from '../ledger.ts';
import type { LedgerOptions } from '../ledger.ts';
import { table } from '../screen/table.ts';
import type { Progress } from '../screen/terminal.ts';
import type { Integrity } from '../../ledger/backup.ts';
import { differenceOf } from '../../queries/verify.ts';
import type { Parts } from '../../service.ts';

interface Options extends LedgerOptions {
  readonly auditHead?: string;
  readonly auditCount?: number;
}

interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** What was looked at, or the first thing that is wrong. */
  readonly detail: string;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Proves that the ledger is whole: the pages of the file, references and tables, the chain of the audit log, and that\n' +
        'the attendance logs are what the evidence gives. Changes nothing; works beside the daemon, with its settings.',
    )
    .option('--audit-head <hash>', 'the end of the audit log that was noted earlier')
    .option('--audit-count <n>', 'how many entries it had then', count)
    .addHelpText('after', '\nExample:\n  $ rollbook verify --json | jq .audit')
    .action((options: Options) => verify(options, context));
}

async function verify(options: Options, context: CommandContext): Promise<void> {
  const { auditHead, auditCount, json } = options;
  if ((auditHead === undefined) !== (auditCount === undefined)) {
    throw new UsageError('--audit-head and --audit-count belong together: give both or neither.');
  }
  using parts = await openLedger(context, options);
  const { integrity } = await import('../../ledger/backup.ts');
  const progress = context.terminal.progress('Verifying', { quiet: json });
  const expected =
    auditHead === undefined || auditCount === undefined ? undefined : { head: auditHead, count: auditCount };
  const audit = parts.audit.verifyChain(expected);
  const checks: Check[] = [
    fileCheck(await integrity(parts.database)),
    strictCheck(parts),
    audit.ok
      ? { check: 'audit log', ok: true, detail: `${audit.count} entries in one chain` }
      : { check: 'audit log', ok: false, detail: audit.problem },
    await logsCheck(parts, context.signal, progress),
    await closesCheck(parts),
  ];
  progress.end();
  if (checks.some(({ ok }) => !ok)) context.exitCode = 1;
  const head = parts.audit.head();
  if (json) {
    context.terminal.printJson({ ok: context.exitCode === 0, checks, audit: { head: head.head, count: head.count } });
    return;
  }
  context.terminal.print(
    table(
      [
        { title: 'check', value: ({ check }) => check },
        { title: 'result', value: ({ ok }) => (ok ? 'ok' : 'WRONG') },
        { title: 'detail', value: ({ detail }) => detail, widest: 200 },
      ],
      checks,
    ),
  );
  if (audit.ok) {
    context.terminal.print(
      `\nNote this elsewhere, to prove later that no entry was cut or remade:\n  --audit-count ${head.count} --audit-head ${head.head}`,
    );
  }
}

function fileCheck(integrity: Integrity): Check {
  const detail = integrity.ok
    ? 'pages, indexes and references agree'
    : `${integrity.problems[0]} (${integrity.problems.length} in all)`;
  return { check: 'database', ok: integrity.ok, detail };
}

function strictCheck({ database }: Parts): Check {
  const loose = database.sqlite
    .prepare(
      "select name from pragma_table_list where schema = 'main' and type = 'table' and strict = 0 and name not like 'sqlite_%'",
    )
    .pluck()
    .all()
    .map(String);
  const ok = loose.length === 0;
  return { check: 'tables', ok, detail: ok ? 'every table is STRICT' : `not STRICT: ${loose.join(', ')}` };
}

async function closesCheck({ queries }: Parts): Promise<Check> {
  const { ok, closes, lines, problems, waiting } = await queries.verifyCloses();
  const [first] = problems;
  const whole = `${lines} lines of ${closes} closes are what was issued`;
  const detail = waiting === 0 ? whole : `${whole}; ${waiting} corrections wait in /api/adjustments`;
  return { check: 'books', ok, detail: first === undefined ? detail : `${first} (${problems.length} in all)` };
}

/** Lets the signal and the bar through between classes. */
const BATCH = 50;

async function logsCheck(parts: Parts, signal: AbortSignal, progress: Progress): Promise<Check> {
  const classIds = parts.database.sqlite
    .prepare<[], number>('select class_id from sessions order by class_id')
    .pluck()
    .all() as number[];
  const wrong: string[] = [];
  let logs = 0;
  for (const [done, classId] of classIds.entries()) {
    if (done % BATCH === 0) {
      await parts.clock.yield();
      signal.throwIfAborted();
      progress.update(done, classIds.length);
    }
    // One snapshot: a running daemon may rebuild the class between two reads.
    const { difference, rows } = parts.database.sqlite.transaction(() => differenceOf(parts, classId))();
    logs += rows;
    if (difference !== null) wrong.push(difference);
  }
  progress.update(classIds.length, classIds.length);
  const [first] = wrong;
  return {
    check: 'attendance',
    ok: first === undefined,
    detail:
      first === undefined
        ? `${logs} logs of ${classIds.length} classes are what their evidence gives`
        : `${first} (${wrong.length} of ${classIds.length} classes differ)`,
  };
}
