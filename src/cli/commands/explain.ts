import type { Command } from 'commander';

import { priceBasis, type ChargeLine, type PayLine } from '../../core/billing/lesson/line.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { clockText, SECOND_MS } from '../../core/time/duration.ts';
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
  if (line.side === 'pay' && line.tiers !== undefined) {
    const { base, extraHead } = line.tiers;
    return `, pay.tiers: ${base} an hour, and ${extraHead} for each further student`;
  }
  if (line.rate !== null) {
    return `, rate ${line.rate.rateId}: ${line.rate.amount} ${line.rate.unit === 'hour' ? 'an hour' : 'a lesson'}`;
  }
  const basis = priceBasis(line);
  return basis === null ? '' : `, pay: ${basis.amount} % of the charge`;
}

function asText(
  { line, close, evidence, decisions, policy, adjustments, waiting, waitsFor, correction }: Explanation,
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
  if (waitsFor.length > 0) {
    const guests = waitsFor.map(
      ({ id, displayName, presentMs }) =>
        `  review item ${id}: "${printable(displayName)}", ${clockText(wholeSeconds(presentMs))} min`,
    );
    parts.push(`Waits for an answer about\n${guests.join('\n')}`);
  }
  if (evidence.length > 0) {
    const sessions = evidence.map(({ session, startText, endText, displayName, changes }) =>
      [
        `  ${session}`,
        `    ${startText} to ${endText ?? 'open'} as "${printable(displayName)}"`,
        ...changes.map((change) => `    ${changeText(change, zone)}`),
      ].join('\n'),
    );
    parts.push(`${evidenceTitle(evidence)}\n${sessions.join('\n')}`);
  }
  if (decisions.length > 0) {
    const settled = decisions.map(
      ({ id, kind, actor, reason }) => `  ${id} ${kind} by ${printable(actor)}: ${printable(reason)}`,
    );
    parts.push(`Decisions\n${settled.join('\n')}`);
  }
  const others = waiting.filter(({ adjustmentId }) => adjustmentId !== correction?.adjustment.adjustmentId);
  if (adjustments.length + others.length > 0) {
    const settled = adjustments.map(
      ({ adjustment, state, postedIn }) =>
        `  ${adjustment.adjustmentId} ${state}${postedIn === null ? '' : ` in ${postedIn}`}: ${adjustment.amount} ${adjustment.currency}`,
    );
    const open = others.map(
      ({ adjustmentId, amount, currency, reason }) =>
        `  ${adjustmentId} proposed: ${amount} ${currency}, until "rollbook adjust accept" or "reject" settles it\n    ${printable(reason)}`,
    );
    parts.push(`Corrections\n${[...settled, ...open].join('\n')}`);
  }
  return parts.join('\n\n');
}

/** The steps of an issued line come from what Google said then. */
function evidenceTitle(evidence: Explanation['evidence']): string {
  const isOther = evidence.some(({ changes }) => changes.some(({ sinceIssue }) => sinceIssue));
  return isOther ? 'Evidence, as Google gives it now' : 'Evidence';
}

type Change = Explanation['evidence'][number]['changes'][number];

const CHANGED = { start: 'the start', end: 'the end', display_name: 'the name' } as const;

function changeText({ field, was, is, readAt, sinceIssue }: Change, zone: string): string {
  const after = sinceIssue ? ', after this was issued' : '';
  const when = `seen on ${localTime(readAt, zone)}${after}`;
  if (field === 'missing') return `Google lists it ${is === null ? 'again' : 'no longer'}, ${when}`;
  const before = was === null ? 'open' : field === 'display_name' ? `"${printable(was)}"` : was;
  return `Google changed ${CHANGED[field]}, ${when}: it was ${before}`;
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS;
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
