import type { Command } from 'commander';

import { LedgerRefusedError, UnfitLedgerError } from '../../errors.ts';
import { createAnchors, readAnchors } from '../../ledger/files/anchors.ts';
import type { AuditEnd, Check } from '../../queries/verify.ts';
import { count } from '../arguments.ts';
import { ReportedError, UsageError, type CommandContext } from '../context.ts';
import { openToLook, withLedgerOptions, type LedgerOptions } from '../open.ts';
import type { Terminal } from '../screen/terminal.ts';

interface Options extends LedgerOptions {
  readonly auditHead?: string;
  readonly auditCount?: number;
  readonly checkAnchors?: string;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Proves that the ledger is whole: the pages of the file, references and tables, the chain of the audit log, and that ' +
        'the attendance logs are what the evidence gives. Changes nothing; works beside the daemon, with its settings.',
    )
    .option('--audit-head <hash>', 'the end of the audit log that was noted earlier')
    .option('--audit-count <n>', 'how many entries it had then', count)
    .option('--check-anchors <file>', 'the ends that ROLLBOOK_ANCHOR_FILE took: each of them is to be in the log')
    .addHelpText('after', '\nExample:\n  $ rollbook verify --json | jq .audit')
    .action((options: Options) => verify(options, context));
}

async function verify(options: Options, context: CommandContext): Promise<void> {
  const { auditHead, auditCount, checkAnchors, json } = options;
  if ((auditHead === undefined) !== (auditCount === undefined)) {
    throw new UsageError('--audit-head and --audit-count belong together: give both or neither.');
  }
  const anchors = checkAnchors === undefined ? [] : readAnchors(checkAnchors);
  using parts = await openToLook(context, options).catch((err: unknown) => {
    if (!(err instanceof UnfitLedgerError)) throw err;
    const checks = [{ check: 'tables', ok: false, detail: err.message }];
    if (json) context.terminal.printJson({ ok: false, checks, audit: null });
    else context.terminal.print(asText(checks, context.terminal));
    throw new ReportedError();
  });
  const progress = context.terminal.progress('Verifying', { quiet: json });
  const noted = auditHead === undefined || auditCount === undefined ? [] : [{ head: auditHead, count: auditCount }];
  const found = await parts.queries
    .verify({ noted: [...noted, ...anchors], signal: context.signal, onProgress: progress.update })
    .finally(progress.end);
  const { head } = found;
  const checks = [...found.checks, ...anchored(parts.config.anchorFile, head, context)];
  const ok = checks.every((check) => check.ok);
  if (json) context.terminal.printJson({ ok, checks, audit: { head: head.head, count: head.count } });
  else {
    context.terminal.print(asText(checks, context.terminal));
    if (head.ok) hintAtAnchors(head, context.terminal);
  }
  if (!ok) throw new ReportedError();
}

/** Notes the end of a log that is whole in the file for it, where there is one. */
function anchored(file: string | null, head: AuditEnd, { clock }: CommandContext): Check[] {
  if (file === null || !head.ok) return [];
  try {
    createAnchors(file, clock).note(head, 'verify');
    return [{ check: 'anchor', ok: true, detail: `the end of the audit log was added to ${file}` }];
  } catch (err) {
    if (!(err instanceof LedgerRefusedError)) throw err;
    return [{ check: 'anchor', ok: false, detail: err.message }];
  }
}

function asText(checks: readonly Check[], terminal: Terminal): string {
  return terminal.table(
    [
      { title: 'check', value: ({ check }) => check },
      { title: 'result', value: ({ ok }) => (ok ? 'ok' : 'WRONG') },
      { title: 'detail', value: ({ detail }) => detail },
    ],
    checks,
  );
}

function hintAtAnchors({ count: entries, head }: AuditEnd, terminal: Terminal): void {
  terminal.print(
    '\nSave these two values in another place: with them you can prove later that no entry was removed or rewritten.\n',
  );
  terminal.printWhole(`  --audit-count ${entries} --audit-head ${head}`);
}
