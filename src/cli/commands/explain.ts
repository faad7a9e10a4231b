import type { Command } from 'commander';

import { priceBasis, type ChargeLine, type PayLine } from '../../core/billing/lesson/line.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { clockText } from '../../core/time/duration.ts';
import type { ExplainedCorrection, Explanation } from '../../queries/reports/explain.ts';
import { showExplanation } from '../../render/json/explanation.ts';
import { printable } from '../../text.ts';
import { localTime } from '../arguments.ts';
import { CommandError, type CommandContext } from '../context.ts';
import { openLedger, withLedgerOptions, type Ledger, type LedgerOptions } from '../open.ts';

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description('Shows where the amount of a line comes from, from Google’s sessions to the last cent.')
    .argument('<line>', 'as the report numbers it: c5-3 of a bill, p5-1 of pay, a1-c5-3 of a correction')
    .addHelpText('after', '\nExample:\n  $ rollbook explain c5-3')
    .action((line: string, options: LedgerOptions) => explain(line, options, context));
}

async function explain(line: string, options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const found = parts.queries.explain(line);
  if (found === null) throw new CommandError(`There is no line ${line}: "rollbook report" lists them.`);
  if (options.json) context.terminal.printJson(showExplanation(found));
  else context.terminal.print(asText(found, parts));
}

function pricedBy(line: ChargeLine | PayLine): string {
  if (line.rate !== null) {
    return `, rate ${line.rate.rateId}: ${line.rate.amount} ${line.rate.unit === 'hour' ? 'an hour' : 'a lesson'}`;
  }
  const basis = priceBasis(line);
  return basis === null ? '' : `, pay: ${basis.amount} % of the charge`;
}

function asText(
  { line, close, evidence, decisions, policy, adjustments, correction }: Explanation,
  { timezone }: Ledger,
): string {
  const zone = close?.zone ?? timezone();
  const result = 'amountMinor' in line ? `${line.amount} ${line.currency}` : 'no amount yet';
  const parts = [
    `${line.lineId}: ${printable(line.subject)}, ${localTime(line.start, zone)} ${zone}: ${result}\n${printable(line.reason)}`,
    close === null ? 'A draft.' : `Issued in ${close.period}, version ${close.version}, document ${close.documentId}.`,
  ];
  if (correction !== null) parts.unshift(correctionText(correction));
  if ('steps' in line) {
    parts.push(`${correction === null ? 'Steps' : 'Steps as issued'}\n${stepsText(line)}`);
    parts.push(`Policy ${policy.preset} from ${line.policyFrom}${pricedBy(line)}`);
  }
  if (correction?.now && 'steps' in correction.now) parts.push(`Steps as they are now\n${stepsText(correction.now)}`);
  if (evidence.length > 0) {
    const sessions = evidence.map(
      ({ session, startText, endText, displayName }) =>
        `  ${session}\n    ${startText} to ${endText ?? 'open'} as "${printable(displayName)}"`,
    );
    parts.push(`Evidence\n${sessions.join('\n')}`);
  }
  if (decisions.length > 0) {
    const settled = decisions.map(
      ({ id, kind, actor, reason }) => `  ${id} ${kind} by ${printable(actor)}: ${printable(reason)}`,
    );
    parts.push(`Decisions\n${settled.join('\n')}`);
  }
  if (adjustments.length > 0) {
    const corrections = adjustments.map(
      ({ adjustment, state, postedIn }) =>
        `  ${adjustment.adjustmentId} ${state}${postedIn === null ? '' : ` in ${postedIn}`}: ${adjustment.amount} ${adjustment.currency}`,
    );
    parts.push(`Corrections\n${corrections.join('\n')}`);
  }
  return parts.join('\n\n');
}

function correctionText({ adjustment, state, postedIn }: ExplainedCorrection): string {
  const { adjustmentId, subject, amount, currency, reason } = adjustment;
  const where = postedIn === null ? state : `${state}, ${postedIn}`;
  return `${adjustmentId}: correction of ${printable(subject)}, ${amount} ${currency} (${where})\n${printable(reason)}`;
}

function stepsText({ steps }: ChargeLine | PayLine): string {
  const lines = steps.map(({ name, text, sets, ms, minor }) => {
    const numbers = [
      ...(ms === undefined ? [] : [`${clockText(ms)} min`]),
      ...(minor === undefined ? [] : [`${minor} minor units`]),
    ];
    const spans = (sets ?? []).map(
      ({ label, intervals }) =>
        `            ${label}: ${intervals.map(({ start, end }) => `${formatInstant(start)} to ${formatInstant(end)}`).join(', ') || 'never'}`,
    );
    const after = numbers.length === 0 ? '' : ` (${numbers.join(', ')})`;
    return [`  ${name.padEnd(10)}${text}${after}`, ...spans].join('\n');
  });
  return lines.join('\n');
}
