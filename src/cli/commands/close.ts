import { showInvariant } from '../../render/json/money.ts';
import type { Command } from 'commander';

import type { CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions } from '../ledger.ts';
import type { LedgerOptions } from '../ledger.ts';
import { answered } from '../refusal.ts';
import { againstText, exceptionText } from '../../core/billing/period/exceptions.ts';
import { showClose } from '../../render/json/money.ts';

interface Options extends LedgerOptions {
  readonly exceptions?: true;
  readonly reason?: string;
  readonly check?: true;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description('Closes a period: every line is issued as it is. What changes later becomes a correction.')
    .argument('<period>', 'a month such as 2026-01, or 2026-01-05..2026-01-18')
    .option('--check', 'only say what speaks against it')
    .option('--exceptions', 'close although lines are open; they are listed on the cover')
    .option('--reason <text>', 'why, kept for good; with --exceptions it is needed')
    .addHelpText('after', '\nExamples:\n  $ rollbook close 2026-01 --check\n  $ rollbook close 2026-01')
    .action((period: string, options: Options) => (options.check ? check : close)(period, options, context));
}

async function check(period: string, options: Options, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const { invariants, closable } = answered(await parts.queries.periodAudit(period));
  if (closable !== 'clean') context.exitCode = 1;
  if (options.json) {
    context.terminal.printJson({ period, closable, invariants: invariants.map(showInvariant) });
    return;
  }
  const marks = { blocks: 'NO', fault: 'WRONG', warns: 'note' };
  for (const { claim, holds, severity, against } of invariants) {
    context.terminal.print(`${(holds ? 'yes' : marks[severity]).padEnd(6)}${claim}`);
    if (!holds) for (const item of against) context.terminal.print(`        ${againstText(item)}`);
  }
  const verdict = {
    clean: 'can be closed',
    with_exceptions: 'can be closed with --exceptions',
    no: 'cannot be closed',
  };
  context.terminal.print(`\n${period} ${verdict[closable]}.`);
}

async function close(period: string, options: Options, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const by = { actor: actor(), reason: options.reason };
  const { close: closed } = answered(await parts.actions.closePeriod(period, { exceptions: options.exceptions }, by));
  if (options.json) {
    context.terminal.printJson(showClose(closed));
    return;
  }
  context.terminal.print(
    `${period} is closed as version ${closed.version}.\nDocument ${closed.documentId}\nAudit log ${closed.auditCount} ${closed.auditHead}`,
  );
  for (const exception of closed.exceptions) context.terminal.print(`Exception: ${exceptionText(exception)}`);
}
