import { Option, type Command } from 'commander';

import { showDispute } from '../../render/json/dispute.ts';
import { id, why } from '../arguments.ts';
import { CommandError, type CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type Ledger, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';
import type { Terminal } from '../screen/terminal.ts';

type Dispute = Extract<ReturnType<Ledger['queries']['disputes']>, { readonly kind: 'disputes' }>['disputes'][number];

interface ListOptions extends LedgerOptions {
  readonly period?: string;
  readonly open?: true;
}

interface OpenOptions extends LedgerOptions {
  readonly teacher: string;
  readonly text: string;
}

interface CloseOptions extends LedgerOptions {
  readonly outcome: 'upheld' | 'refused';
  readonly reason: string;
}

export function define(command: Command, context: CommandContext): void {
  command.description('Lists, notes and settles disputed pay.');
  withLedgerOptions(command.command('list'))
    .description('Lists disputed pay.')
    .option('--period <period>', 'of this period')
    .option('--open', 'those that are not settled')
    .addHelpText('after', '\nExample:\n  $ rollbook dispute list --open')
    .action((options: ListOptions) => list(options, context));
  withLedgerOptions(command.command('open'))
    .description('Notes that a teacher disputes a line of the own pay.')
    .argument('<line>', 'as the payroll numbers it, such as p5-1')
    .requiredOption('--teacher <email>', 'whose pay it is')
    .requiredOption('--text <text>', 'what is wrong with it', why)
    .addHelpText(
      'after',
      '\nExample:\n  $ rollbook dispute open p5-1 --teacher ana@example.com --text "it was 45 minutes"',
    )
    .action((line: string, options: OpenOptions) => open(line, options, context));
  withLedgerOptions(command.command('close'))
    .description('Settles a dispute. Where the teacher was right, a decision or a rate puts the line right.')
    .argument('<id>', 'its number in the list', id)
    .addOption(
      new Option('--outcome <outcome>', 'whether the teacher was right')
        .choices(['upheld', 'refused'])
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why; it is kept with the change', why)
    .addHelpText('after', '\nExample:\n  $ rollbook dispute close 2 --outcome upheld --reason "the call was longer"')
    .action((disputeId: number, options: CloseOptions) => close(disputeId, options, context));
}

async function list({ period, open: onlyOpen, ...options }: ListOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const filter = { period, open: onlyOpen === true };
  const { disputes } = answered(parts.queries.disputes(filter), { period: '--period' });
  if (options.json) context.terminal.printJson({ items: disputes.map(showDispute), next_cursor: null });
  else if (disputes.length === 0) context.terminal.print('No pay is disputed.');
  else context.terminal.print(disputeTable(disputes, context.terminal));
}

async function open(lineId: string, options: OpenOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const teacher = parts.queries.personByEmail(options.teacher);
  if (teacher === null) throw new CommandError(`${options.teacher} is not a person of the school.`);
  const wish = { lineId, teacherId: teacher.id, text: options.text };
  print(answered(parts.actions.openDispute(wish, { actor: actor() }), { line_id: 'line' }).dispute, options, context);
}

async function close(disputeId: number, options: CloseOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const by = { actor: actor(), reason: options.reason };
  print(answered(parts.actions.closeDispute(disputeId, options.outcome, by)).dispute, options, context);
}

function print(dispute: Dispute, { json }: LedgerOptions, { terminal }: CommandContext): void {
  if (json) terminal.printJson(showDispute(dispute));
  else terminal.print(disputeTable([dispute], terminal));
}

function disputeTable(disputes: readonly Dispute[], terminal: Terminal): string {
  return terminal.table(
    [
      { title: 'dispute', value: (dispute) => dispute.id, align: 'right' },
      { title: 'line', value: ({ lineId }) => lineId },
      { title: 'period', value: ({ period }) => period },
      { title: 'teacher', value: ({ teacherEmail }) => teacherEmail },
      { title: 'state', value: ({ outcome }) => outcome ?? 'open' },
      { title: 'text', value: ({ text }) => text },
    ],
    disputes,
  );
}
