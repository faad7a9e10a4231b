import { writeFile } from 'node:fs/promises';

import { Argument, Option, type Command } from 'commander';

import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { formatAmount, formatPercent } from '../../core/billing/money/money.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import { exceptionText } from '../../core/billing/period/exceptions.ts';
import { WORDING } from '../../core/billing/period/wording.ts';
import { counted } from '../../core/counted.ts';
import { formatInstant, periodBounds, periodDays, periodFault } from '../../core/time/calendar.ts';
import { DAY_MS, minutesOf } from '../../core/time/duration.ts';
import type { Refused } from '../../refusal.ts';
import { showUnbilled } from '../../render/json/report.ts';
import {
  CSV_VARIANTS,
  FORMATS,
  renderReport,
  REPORT_FORMATS,
  type AnyReport,
  type CsvVariant,
  type ReportFormat,
} from '../../render/report.ts';
import { printable } from '../../text.ts';
import { id } from '../arguments.ts';
import { CommandError, UsageError, type CommandContext } from '../context.ts';
import { openLedger, withLedgerOptions, type Ledger, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';
import type { Terminal } from '../screen/terminal.ts';
import { unbilledText } from '../screen/unbilled.ts';

interface Options extends LedgerOptions {
  readonly period?: string;
  readonly format?: ReportFormat;
  readonly variant?: CsvVariant;
  readonly currency?: string;
  readonly family?: number;
  readonly teacher?: string;
  readonly output?: string;
}

type Kind = 'billing' | 'payroll' | 'unbilled';

const onlyInFiles = REPORT_FORMATS.filter((format) => !FORMATS[format].isText);

const A_PERIOD = 'a month such as 2026-01, or 2026-01-05..2026-01-18';
/** Calls are known for so long, where no class led to them. */
const RECENT_MS = 30 * DAY_MS;

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Prints what families owe or teachers are paid: as issued when the period is closed, a draft otherwise. Or the ' +
        'meetings that look like lessons and are on no bill, and what to do about each.',
    )
    .addArgument(new Argument('<kind>', 'which report').choices(['billing', 'payroll', 'unbilled']))
    .option('--period <period>', `${A_PERIOD}; only "unbilled" does without it, for the last 30 days`)
    .addOption(new Option('--format <format>', 'a file instead of a table').choices(REPORT_FORMATS).conflicts('json'))
    .addOption(new Option('--variant <variant>', 'of csv: its columns').choices(CSV_VARIANTS))
    .option('--currency <code>', 'of a pdf: only statements in it')
    .option('--family <id>', 'of a bill: this family', id)
    .option('--teacher <email>', 'of pay: this teacher')
    .option('--output <file>', `where to write; ${onlyInFiles.join(' and ')} need it`)
    .addHelpText(
      'after',
      '\nExamples:\n  $ rollbook report billing --period 2026-01' +
        '\n  $ rollbook report payroll --period 2026-01 --format csv > pay.csv' +
        '\n  $ rollbook report billing --period 2026-01 --family 3 --format pdf' +
        '\n  $ rollbook report unbilled\n  $ rollbook report unbilled --period 2026-01',
    )
    .action((kind: Kind, options: Options) => report(kind, options, context));
}

async function report(kind: Kind, options: Options, context: CommandContext): Promise<void> {
  const { format = 'json', output, family, teacher, period, variant, currency, json } = options;
  const idle = [
    { option: '--family', given: family, goesWith: 'billing', fits: kind === 'billing' },
    { option: '--teacher', given: teacher, goesWith: 'payroll', fits: kind === 'payroll' },
    { option: '--format', given: options.format, goesWith: 'billing and payroll', fits: kind !== 'unbilled' },
    { option: '--output', given: output, goesWith: 'billing and payroll', fits: kind !== 'unbilled' },
    { option: '--variant', given: variant, goesWith: '--format csv', fits: format === 'csv' },
    { option: '--currency', given: currency, goesWith: '--format pdf', fits: format === 'pdf' },
  ].find(({ given, fits }) => given !== undefined && !fits);
  if (idle !== undefined) throw new UsageError(`${idle.option} goes with ${idle.goesWith}: leave it out here.`);
  if (output === undefined && !FORMATS[format].isText) {
    throw new UsageError(`--format ${format} needs --output FILE.`);
  }
  if (kind !== 'unbilled' && period === undefined) throw new UsageError(`--period is missing: ${A_PERIOD}.`);
  using parts = await openLedger(context, options);
  if (kind === 'unbilled' || period === undefined) return reportUnbilled(parts, options, context.terminal);
  const teachers = teacherNamed(teacher, parts);
  // What is printed may go into a file: there is no bar beside it.
  const isFile = json === true || (options.format !== undefined && output === undefined);
  const progress = context.terminal.progress(`Computing ${period}`, { quiet: isFile });
  const computed: Promise<AnyReport | Refused> =
    kind === 'billing' ? parts.queries.bills(period, family) : parts.queries.payroll(period, teachers);
  const view = answered(await computed.finally(progress.end), { period: '--period' });
  if (output === undefined && options.format === undefined && !json) {
    context.terminal.print(asText(view, context.terminal));
    return;
  }
  const { clock } = parts;
  const rendered = answered(await renderReport(view, { format, variant, currency, now: clock.now() }), {
    currency: '--currency',
    variant: '--variant',
  });
  if (format === 'csv' && view.close === null) {
    const left =
      view.blocked.length === 0 ? '' : `: ${counted(view.blocked.length, 'line')} without an amount left out`;
    context.terminal.note(`This is a draft${left}.`);
  }
  const content = rendered.kind === 'data' ? [`${JSON.stringify(rendered.data, null, 2)}\n`] : rendered.body;
  if (output === undefined) {
    for (const chunk of content) context.terminal.write(String(chunk));
    return;
  }
  await writeFile(output, content).catch((err: NodeJS.ErrnoException) => {
    throw new CommandError(
      `Nothing was written: ${output} cannot be written (${err.code ?? 'unknown'}); name a file in a folder that exists.`,
    );
  });
  context.terminal.note(`Written to ${output}.`);
}

function reportUnbilled(parts: Ledger, { period, json }: Options, terminal: Terminal): void {
  if (period !== undefined && periodDays(period) === null) {
    throw new UsageError(`--period: ${periodFault(period)}.`);
  }
  const zone = parts.timezone();
  const now = parts.clock.now();
  const span = period === undefined ? { start: now - RECENT_MS, end: now } : periodBounds(period, zone);
  const items = answered(parts.queries.unbilled(span), { to: '--period' }).meetings.map(showUnbilled);
  if (!json) return terminal.print(unbilledText(items, span, zone));
  const within = { from: formatInstant(span.start), to: formatInstant(span.end) };
  return terminal.printJson({ ...within, items, next_cursor: null });
}

function teacherNamed(email: string | undefined, { queries }: Ledger): readonly number[] | undefined {
  if (email === undefined) return undefined;
  const person = queries.personByEmail(email);
  if (person === null) throw new CommandError(`There is nobody with the e-mail ${email}.`);
  return [person.id];
}

function asText(report: AnyReport, terminal: Terminal): string {
  const { period, zone, close, statements, blocked } = report;
  const rows = statements.flatMap((statement) => [
    ...statement.lines.map((line) => ({
      ...common(statement, line),
      id: line.lineId,
      minutes: minutesOf(line.side === 'charge' ? line.billedMs : line.paidMs),
      outcome: line.outcome as string,
    })),
    ...statement.adjustments.map((adjustment) => ({
      ...common(statement, adjustment),
      id: adjustment.adjustmentId,
      minutes: minutesOf(adjustment.ms),
      outcome: 'correction',
    })),
  ]);
  const head = `${period}, ${zone}: ${close === null ? 'a draft' : `issued as version ${close.version}`}`;
  const sums = statements.map((statement) => `${printable(statement.name)}: ${totalText(statement)}`);
  const waiting = blocked.map(({ lineId, reason }) => `${lineId}: ${printable(reason)}`);
  const exceptions = report.exceptions.map((exception) =>
    printable(exceptionText(exception, close?.wording ?? WORDING)),
  );
  return [
    head,
    rows.length === 0
      ? 'No line has an amount.'
      : terminal.table(
          [
            { title: 'line', value: ({ id }) => id },
            { title: 'for', value: ({ party }) => party },
            { title: 'date', value: ({ date }) => date },
            { title: 'subject', value: ({ subject }) => subject },
            { title: 'minutes', value: ({ minutes }) => minutes, align: 'right' },
            { title: 'amount', value: ({ amount }) => amount, align: 'right' },
            ...(rows.some(({ tax }) => tax !== null)
              ? [{ title: 'tax', value: ({ tax }: { tax: string | null }) => tax, align: 'right' as const }]
              : []),
            { title: 'outcome', value: ({ outcome }) => outcome },
          ],
          rows,
        ),
    ...(sums.length === 0 ? [] : [sums.join('\n')]),
    ...(exceptions.length === 0 ? [] : [`Closed with exceptions:\n${exceptions.join('\n')}`]),
    ...(waiting.length === 0 ? [] : [`Without an amount yet:\n${waiting.join('\n')}`]),
  ].join('\n\n');
}

type Statement = AnyReport['statements'][number];

function common({ name, currency }: Statement, entry: ChargeLine | PayLine | Adjustment) {
  const isTaxed = entry.side === 'charge' && entry.tax !== null;
  return {
    party: name,
    date: entry.date,
    subject: entry.subject,
    amount: `${entry.amount} ${currency}`,
    tax: isTaxed ? formatAmount(entry.taxMinor, currency) : null,
  };
}

/** `60.00 EUR (net 50.00, VAT 20.00 %: 10.00)` of a family; of a teacher with what is carried and paid out. */
function totalText(statement: Statement): string {
  const { currency, total } = statement;
  const money = (minor: number): string => formatAmount(minor, currency);
  const also =
    'teacherId' in statement
      ? statement.carriedInMinor === 0 && statement.carryMinor === 0
        ? []
        : [
            `carried in ${money(statement.carriedInMinor)}`,
            `payout ${money(statement.payoutMinor)}`,
            `carried on ${money(statement.carryMinor)}`,
          ]
      : statement.taxes.length === 0
        ? []
        : [
            `net ${money(statement.netMinor)}`,
            ...statement.taxes.map(
              ({ tax, taxMinor }) =>
                `${tax.code} ${formatPercent(tax.basisPoints)} %${tax.inclusive ? ', included' : ''}: ${money(taxMinor)}`,
            ),
          ];
  return `${total} ${currency}${also.length === 0 ? '' : ` (${also.join('; ')})`}`;
}
