import { Option, type Command } from 'commander';

import type { RateRow } from '../../core/billing/policy/rates.ts';
import { showRate } from '../../render/json/prices.ts';
import { id, why } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';
import type { Terminal } from '../screen/terminal.ts';

interface AddOptions extends LedgerOptions {
  readonly kind: string;
  readonly amount: string;
  readonly currency: string;
  readonly unit: string;
  readonly from: string;
  readonly to?: string;
  readonly class?: number;
  readonly student?: string;
  readonly teacher?: string;
  readonly subject?: string;
  readonly series?: string;
  readonly reason?: string;
}

interface EndOptions extends LedgerOptions {
  readonly to: string;
  readonly reason?: string;
}

const OPTIONS = {
  amount: '--amount',
  currency: '--currency',
  valid_from: '--from',
  valid_to: '--to',
  class_id: '--class',
  student_email: '--student',
  teacher_email: '--teacher',
  subject: '--subject',
  series_id: '--series',
};

export function define(command: Command, context: CommandContext): void {
  command.description('Shows, enters and ends rates: what families are charged and teachers are paid.');
  withLedgerOptions(command.command('list'))
    .description('Lists the rates.')
    .addHelpText('after', '\nExample:\n  $ rollbook rates list')
    .action((options: LedgerOptions) => list(options, context));
  withLedgerOptions(command.command('add'))
    .description('Enters a rate. Without a scope it is the default of the school.')
    .addOption(new Option('--kind <kind>', 'which side').choices(['charge', 'pay']).makeOptionMandatory())
    .requiredOption('--amount <amount>', 'such as 42.00')
    .requiredOption('--currency <code>', 'of ISO 4217, such as EUR')
    .addOption(new Option('--unit <unit>', 'what it is for').choices(['hour', 'lesson']).default('hour'))
    .requiredOption('--from <day>', 'the first day')
    .option('--to <day>', 'the last day')
    .option('--class <id>', 'scope: one class', id)
    .option('--student <email>', 'scope: a student')
    .option('--teacher <email>', 'scope: a teacher')
    .option('--subject <subject>', 'scope: a subject')
    .option('--series <id>', 'scope: a series')
    .option('--reason <text>', 'why; it is kept with the change', why)
    .addHelpText(
      'after',
      '\nExample:\n  $ rollbook rates add --kind charge --amount 42.00 --currency EUR --from 2026-01-01 --subject Algebra',
    )
    .action((options: AddOptions) => add(options, context));
  withLedgerOptions(command.command('end'))
    .description('Ends a rate.')
    .argument('<id>', 'its number in the list', id)
    .requiredOption('--to <day>', 'the last day')
    .option('--reason <text>', 'why; it is kept with the change', why)
    .addHelpText('after', '\nExample:\n  $ rollbook rates end 3 --to 2026-06-30')
    .action((rateId: number, options: EndOptions) => end(rateId, options, context));
}

async function list(options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const rates = parts.queries.allRates().map(showRate);
  if (options.json) context.terminal.printJson({ items: rates, next_cursor: null });
  else if (rates.length === 0) context.terminal.print('There is no rate yet: every line is without an amount.');
  else context.terminal.print(rateTable(rates, context.terminal));
}

async function add(options: AddOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options, { create: true });
  const { kind, amount, currency, unit, from, to = null, reason } = options;
  const scope = {
    class_id: options.class ?? null,
    student_email: options.student ?? null,
    teacher_email: options.teacher ?? null,
    subject: options.subject ?? null,
    series_id: options.series ?? null,
  };
  const body = { kind, amount, currency, unit, valid_from: from, valid_to: to, scope };
  const { rate } = answered(parts.actions.addRate(body, { actor: actor(), reason }), OPTIONS);
  print(rate, options, context);
}

async function end(rateId: number, options: EndOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const by = { actor: actor(), reason: options.reason };
  const { rate } = answered(parts.actions.changeRate(rateId, { valid_to: options.to }, by), OPTIONS);
  print(rate, options, context);
}

function print(rate: RateRow, { json }: LedgerOptions, { terminal }: CommandContext): void {
  if (json) terminal.printJson(showRate(rate));
  else terminal.print(rateTable([showRate(rate)], terminal));
}

function rateTable(rates: readonly ReturnType<typeof showRate>[], terminal: Terminal): string {
  return terminal.table(
    [
      { title: 'rate', value: ({ rate_id: rateId }) => rateId, align: 'right' },
      { title: 'kind', value: ({ kind }) => kind },
      { title: 'amount', value: ({ amount, currency }) => `${amount} ${currency}`, align: 'right' },
      { title: 'per', value: ({ unit }) => unit },
      { title: 'from', value: ({ valid_from: from }) => from },
      { title: 'to', value: ({ valid_to: to }) => to },
      {
        title: 'for',
        value: ({ scope }) =>
          Object.entries(scope)
            .flatMap(([part, value]) => (value === null ? [] : [`${part} ${value}`]))
            .join(', ') || 'everything',
      },
    ],
    rates,
  );
}
