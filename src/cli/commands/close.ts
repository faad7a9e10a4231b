import { Option, type Command } from 'commander';

import { againstText, exceptionText } from '../../core/billing/period/exceptions.ts';
import type { PeriodView } from '../../queries/periods/periods.ts';
import { isRefused, type Refused } from '../../refusal.ts';
import { showClose } from '../../render/json/close.ts';
import { showPeriod } from '../../render/json/period.ts';
import { printable } from '../../text.ts';
import { why } from '../arguments.ts';
import { ReportedError, type CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';
import { sentence } from '../screen/text.ts';
import { inCommands } from '../words.ts';

interface Options extends LedgerOptions {
  readonly exceptions?: true;
  readonly reason?: string;
  readonly check?: true;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description('Closes a period: every line is issued as it is. What changes later becomes a correction.')
    .argument('<period>', 'a month such as 2026-01, or 2026-01-05..2026-01-18')
    .addOption(new Option('--check', 'only say what speaks against it').conflicts(['exceptions', 'reason']))
    .option('--exceptions', 'close although lines are open; they are listed on the cover')
    .option('--reason <text>', 'why; it is kept with the change; with --exceptions it is needed', why)
    .addHelpText('after', '\nExamples:\n  $ rollbook close 2026-01 --check\n  $ rollbook close 2026-01')
    .action((period: string, options: Options) => (options.check ? check : close)(period, options, context));
}

async function check(period: string, options: Options, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const progress = context.terminal.progress(`Looking at ${period}`, { quiet: options.json });
  const found = answered(await parts.queries.period(period).finally(progress.end));
  if (options.json) context.terminal.printJson(showPeriod(found));
  else context.terminal.print(asText(period, found));
  if (found.closable !== 'clean') throw new ReportedError();
}

function asText(period: string, { invariants, closable }: PeriodView): string {
  const marks = { blocks: 'NO', fault: 'WRONG', warns: 'note' };
  const verdict = {
    clean: 'can be closed',
    with_exceptions: 'can be closed with --exceptions',
    no: 'cannot be closed',
  };
  const claims = invariants.flatMap(({ claim, problem, holds, severity, against }) => [
    `${(holds ? 'yes' : marks[severity]).padEnd(6)}${problem === null ? claim : sentence(problem)}`,
    ...(holds ? [] : against.map((item) => `        ${printable(inCommands(againstText(item)))}`)),
  ]);
  return `${claims.join('\n')}\n\n${period} ${verdict[closable]}.`;
}

async function close(period: string, options: Options, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const by = { actor: actor(), reason: options.reason };
  const progress = context.terminal.progress(`Closing ${period}`, { quiet: options.json });
  const answer = await parts.actions.closePeriod(period, { exceptions: options.exceptions }, by).finally(progress.end);
  const { close: closed } = answered(withoutClaims(answer), { reason: '--reason' });
  if (options.json) {
    context.terminal.printJson(showClose(closed));
    return;
  }
  context.terminal.print(
    `${period} is closed as version ${closed.version}.\nDocument ${closed.documentId}\nAudit log ${closed.auditCount} ${closed.auditHead}`,
  );
  for (const exception of closed.exceptions)
    context.terminal.print(`Exception: ${exceptionText(exception, closed.wording)}`);
}

/** The complaints of a period that is not clean stand under the names of claims, which say nothing to who reads them. */
function withoutClaims<T extends { readonly kind: string }>(answer: T | Refused): T | Refused {
  if (!isRefused(answer) || answer.code !== 'period_not_clean') return answer;
  return { ...answer, complaints: answer.complaints.map(({ message }) => ({ path: '', message })) };
}
