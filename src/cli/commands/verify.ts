import type { Command } from 'commander';

import type { AuditEnd, Check } from '../../queries/verify.ts';
import { count } from '../arguments.ts';
import { ReportedError, UsageError, type CommandContext } from '../context.ts';
import { openToLook, withLedgerOptions, type LedgerOptions } from '../open.ts';
import type { Terminal } from '../screen/terminal.ts';

interface Options extends LedgerOptions {
  readonly auditHead?: string;
  readonly auditCount?: number;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Proves that the ledger is whole: the pages of the file, references and tables, the chain of the audit log, and that ' +
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
  using parts = await openToLook(context, options);
  const progress = context.terminal.progress('Verifying', { quiet: json });
  const noted = auditHead === undefined || auditCount === undefined ? [] : [{ head: auditHead, count: auditCount }];
  const { checks, head } = await parts.queries
    .verify({ noted, signal: context.signal, onProgress: progress.update })
    .finally(progress.end);
  const ok = checks.every((check) => check.ok);
  if (json) context.terminal.printJson({ ok, checks, audit: { head: head.head, count: head.count } });
  else context.terminal.print(asText(checks, head, context.terminal));
  if (!ok) throw new ReportedError();
}

function asText(checks: readonly Check[], head: AuditEnd, terminal: Terminal): string {
  const results = terminal.table(
    [
      { title: 'check', value: ({ check }) => check },
      { title: 'result', value: ({ ok }) => (ok ? 'ok' : 'WRONG') },
      { title: 'detail', value: ({ detail }) => detail },
    ],
    checks,
  );
  if (!head.ok) return results;
  const noted = `--audit-count ${head.count} --audit-head ${head.head}`;
  return `${results}\n\nSave these two values in another place: with them you can prove later that no entry was removed or rewritten.\n\n  ${noted}`;
}
