import type { Command } from 'commander';

import { showReopened } from '../../render/json/period.ts';
import { why } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';

interface Options extends LedgerOptions {
  readonly reason: string;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description('Reopens a closed period. The version that was issued is kept; the next close makes a new one.')
    .argument('<period>', 'the period as it was closed')
    .requiredOption('--reason <text>', 'why; it is kept with the change', why)
    .addHelpText(
      'after',
      '\nThe next close is computed with everything that is known by then: accepted\ncorrections that were not issued are withdrawn, and rejections fall away, so\nthat it holds what was rejected.',
    )
    .addHelpText('after', '\nExample:\n  $ rollbook reopen 2026-01 --reason "a phone call was missed"')
    .action((period: string, options: Options) => reopen(period, options, context));
}

async function reopen(period: string, options: Options, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const reopened = answered(parts.actions.reopenPeriod(period, { actor: actor(), reason: options.reason }));
  const { close, withdrawn, takenOff, dropped } = reopened;
  if (options.json) context.terminal.printJson(showReopened(reopened));
  else {
    context.terminal.print(`${period} is open again; version ${close.version} is kept.`);
    for (const { adjustment, postedIn } of withdrawn) {
      const gone = `Correction ${adjustment.adjustmentId} in ${postedIn} is withdrawn`;
      context.terminal.print(`${gone}: ${period} holds its difference from the next close on.`);
    }
    for (const { adjustment } of takenOff) {
      const { adjustmentId, lineId, amount, currency } = adjustment;
      const stands = `Line ${lineId} was corrected on a statement that was issued`;
      context.terminal.print(`${stands}: ${period} takes it off again as ${adjustmentId}, ${amount} ${currency}.`);
    }
    for (const { adjustment } of dropped) {
      const again = `The rejection of ${adjustment.adjustmentId} (${adjustment.amount} ${adjustment.currency}) falls away`;
      context.terminal.print(`${again}: the next close of ${period} holds what was rejected.`);
    }
  }
}
