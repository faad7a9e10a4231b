import { Option, type Command } from 'commander';

import { counted } from '../../core/counted.ts';
import { showAnswered, showProposal, showSettled, showUnresolved } from '../../render/json/period.ts';
import { printable } from '../../text.ts';
import { why } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';
import type { Terminal } from '../screen/terminal.ts';

const states = ['proposed', 'accepted', 'rejected', 'withdrawn'] as const;

interface ListOptions extends LedgerOptions {
  readonly period?: string;
  readonly state?: (typeof states)[number];
}

interface AnswerOptions extends LedgerOptions {
  readonly period?: string;
  readonly reason: string;
}

export function define(command: Command, context: CommandContext): void {
  command.description('Lists and settles corrections of closed periods.');
  withLedgerOptions(command.command('list'))
    .description('Lists corrections: those that wait, computed anew, and those that were settled.')
    .option('--period <period>', 'the closed period that they correct')
    .addOption(new Option('--state <state>', 'in which state').choices(states))
    .addHelpText('after', '\nExample:\n  $ rollbook adjust list --state proposed')
    .action((options: ListOptions) => list(options, context));
  withLedgerOptions(command.command('accept'))
    .description('Posts a correction in an open period, with the others of its line that wait.')
    .argument('<id>', 'as the list numbers it, such as a1-c5-3')
    .option('--period <period>', 'where; by default in the first open one behind the closed')
    .requiredOption('--reason <text>', 'why; it is kept with the change', why)
    .addHelpText('after', '\nExample:\n  $ rollbook adjust accept a1-c5-3 --reason "the call was found"')
    .action((adjustmentId: string, options: AnswerOptions) => accept(adjustmentId, options, context));
  withLedgerOptions(command.command('reject'))
    .description(
      'Lets the closed line stand: the same correction, and the others of its line that wait, are not proposed again unless the period is reopened.',
    )
    .argument('<id>', 'as the list numbers it, such as a1-c5-3')
    .requiredOption('--reason <text>', 'why; it is kept with the change', why)
    .addHelpText('after', '\nExample:\n  $ rollbook adjust reject a1-c5-3 --reason "agreed with the family"')
    .action((adjustmentId: string, options: AnswerOptions) => reject(adjustmentId, options, context));
}

async function list({ period, state, ...options }: ListOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  using parts = await openLedger(context, options);
  const progress = terminal.progress('Computing closed periods anew', { quiet: options.json });
  const found = answered(await parts.queries.adjustments({ period, state }).finally(progress.end), {
    period: '--period',
  });
  const items = [...found.proposed.map(showProposal), ...found.settled.map(showSettled)];
  if (options.json) {
    terminal.printJson({ items, unresolved: found.unresolved.map(showUnresolved), next_cursor: null });
    return;
  }
  terminal.print(items.length === 0 ? 'There is no correction.' : adjustmentTable(items, terminal));
  const { unresolved } = found;
  if (unresolved.length === 0) return;
  terminal.print(`${counted(unresolved.length, 'closed line')} cannot be computed again yet:`);
  for (const { lineId, subject, date, reason: missing } of unresolved) {
    terminal.print(`  ${lineId}: ${printable(subject)}, ${date}: ${printable(missing)}`);
  }
}

async function accept(
  adjustmentId: string,
  { period, reason, ...options }: AnswerOptions,
  context: CommandContext,
): Promise<void> {
  using parts = await openLedger(context, options);
  const saved = await parts.actions.acceptCorrection(adjustmentId, { actor: actor(), reason }, period);
  print(answered(saved, { period: '--period' }), options, context);
}

async function reject(
  adjustmentId: string,
  { reason, ...options }: AnswerOptions,
  context: CommandContext,
): Promise<void> {
  using parts = await openLedger(context, options);
  const saved = await parts.actions.rejectCorrection(adjustmentId, { actor: actor(), reason });
  print(answered(saved), options, context);
}

type Shown = ReturnType<typeof showProposal> | ReturnType<typeof showSettled>;

function print(
  answer: Parameters<typeof showAnswered>[0],
  { json }: LedgerOptions,
  { terminal }: CommandContext,
): void {
  if (json) {
    terminal.printJson(showAnswered(answer));
    return;
  }
  const { settled, together } = answer;
  terminal.print(adjustmentTable([settled, ...together].map(showSettled), terminal));
  if (together.length > 0) terminal.print('They are of one line, so they were settled together.');
}

function adjustmentTable(items: readonly Shown[], terminal: Terminal): string {
  return terminal.table(
    [
      { title: 'correction', value: (item) => item.adjustment_id },
      { title: 'side', value: ({ side }) => side },
      { title: 'corrects', value: ({ corrects }) => corrects },
      { title: 'amount', value: ({ amount, currency }) => `${amount} ${currency}`, align: 'right' },
      { title: 'state', value: ({ state }) => state },
      { title: 'period', value: (item) => ('posted_in' in item ? item.posted_in : item.proposed_in) },
      { title: 'reason', value: reasonsOf },
    ],
    items,
  );
}

function reasonsOf({ reason, decision_reasons: decided = [] }: Shown): string {
  return [reason, ...decided.map((text) => `Said of the change: ${text}`)].join(' ');
}
