import type { CellObject } from 'write-excel-file/node';

import { currencyDigits } from '../../core/billing/money/currencies.ts';
import type { BlockedEntry, FamilyBill, TeacherPay } from '../../core/reports/report.ts';
import type { AnyRow, BillingRow, PayrollRow } from '../../core/reports/rows.ts';

export interface SheetColumn<Row> {
  readonly header: string;
  /** In characters. */
  readonly width: number;
  readonly cell: (row: Row) => CellObject | null;
}

export function billingLines(zone: string): readonly SheetColumn<BillingRow>[] {
  return [
    { header: 'Family', width: 24, cell: ({ statement }) => text(statement.name) },
    ...when(zone),
    { header: 'Student', width: 24, cell: ({ line, adjustment }) => text(studentOf(line) ?? adjustment?.person_email) },
    { header: 'Teacher', width: 28, cell: ({ line }) => text(line?.teacher_email) },
    { header: 'Scheduled min', width: 14, cell: ({ line }) => minutes(line?.scheduled_minutes) },
    { header: 'Present min', width: 12, cell: ({ line }) => minutes(line?.present_minutes) },
    { header: 'Together min', width: 13, cell: ({ line }) => minutes(line?.together_minutes) },
    {
      header: 'Billed min',
      width: 11,
      cell: ({ line, adjustment }) => minutes(line?.billed_minutes ?? adjustment?.minutes),
    },
    ...rate,
    { header: 'Price', width: 14, cell: ({ statement, line }) => money(line?.price_minor, statement.currency) },
    { header: 'Discount', width: 14, cell: ({ statement, line }) => money(line?.discount_minor, statement.currency) },
    amount,
    { header: 'Tax code', width: 10, cell: ({ entry }) => text(entry.tax_code) },
    { header: 'Tax', width: 12, cell: ({ statement, entry }) => money(entry.tax_minor, statement.currency) },
    ...explained,
  ];
}

export function payrollLines(zone: string): readonly SheetColumn<PayrollRow>[] {
  return [
    { header: 'Teacher', width: 24, cell: ({ statement }) => text(statement.name) },
    ...when(zone),
    { header: 'Scheduled min', width: 14, cell: ({ line }) => minutes(line?.scheduled_minutes) },
    { header: 'Held min', width: 12, cell: ({ line }) => minutes(line?.held_minutes) },
    {
      header: 'Paid min',
      width: 11,
      cell: ({ line, adjustment }) => minutes(line?.paid_minutes ?? adjustment?.minutes),
    },
    ...rate,
    amount,
    ...explained,
  ];
}

export const billingTotals: readonly SheetColumn<FamilyBill>[] = [
  { header: 'Family', width: 24, cell: ({ name }) => text(name) },
  { header: 'Currency', width: 9, cell: ({ currency }) => text(currency) },
  { header: 'Lines', width: 8, cell: ({ lines, adjustments }) => count(lines.length + adjustments.length) },
  { header: 'Subtotal', width: 16, cell: ({ subtotal_minor, currency }) => money(subtotal_minor, currency) },
  {
    header: 'Tax',
    width: 14,
    cell: ({ taxes, currency }) =>
      money(
        taxes.reduce((sum, { tax_minor }) => sum + tax_minor, 0),
        currency,
      ),
  },
  { header: 'Total', width: 16, cell: ({ total_minor, currency }) => money(total_minor, currency) },
];

export const payrollTotals: readonly SheetColumn<TeacherPay>[] = [
  { header: 'Teacher', width: 24, cell: ({ name }) => text(name) },
  { header: 'E-mail', width: 28, cell: ({ teacher_email }) => text(teacher_email) },
  { header: 'Currency', width: 9, cell: ({ currency }) => text(currency) },
  { header: 'Lines', width: 8, cell: ({ lines, adjustments }) => count(lines.length + adjustments.length) },
  { header: 'Total', width: 16, cell: ({ total_minor, currency }) => money(total_minor, currency) },
  { header: 'Carried in', width: 14, cell: ({ carried_in_minor, currency }) => money(carried_in_minor, currency) },
  { header: 'Payout', width: 16, cell: ({ payout_minor, currency }) => money(payout_minor, currency) },
  { header: 'Carried on', width: 14, cell: ({ carry_minor, currency }) => money(carry_minor, currency) },
];

export const blockedColumns: readonly SheetColumn<BlockedEntry>[] = [
  { header: 'Date', width: 12, cell: ({ date }) => day(date) },
  { header: 'Subject', width: 24, cell: ({ subject }) => text(subject) },
  { header: 'Person', width: 28, cell: ({ person_email }) => text(person_email) },
  { header: 'Code', width: 24, cell: ({ code }) => text(code) },
  { header: 'Reason', width: 60, cell: ({ reason }) => text(reason) },
  { header: 'Line', width: 16, cell: ({ line_id }) => text(line_id) },
];

function when(zone: string): readonly SheetColumn<AnyRow>[] {
  return [
    { header: 'Currency', width: 9, cell: ({ statement }) => text(statement.currency) },
    { header: 'Date', width: 12, cell: ({ entry }) => day(entry.date) },
    { header: 'Start', width: 17, cell: ({ line }) => (line === null ? null : wallClock(line.start_time, zone)) },
    { header: 'Subject', width: 24, cell: ({ entry }) => text(entry.subject) },
  ];
}

const rate: readonly SheetColumn<AnyRow>[] = [
  {
    header: 'Rate',
    width: 14,
    cell: ({ statement, line }) =>
      line === null || line.rate === null ? null : amountCell(Number(line.rate), statement.currency),
  },
  { header: 'Per', width: 8, cell: ({ line }) => text(line?.rate_unit) },
];

const amount: SheetColumn<AnyRow> = {
  header: 'Amount',
  width: 14,
  cell: ({ statement, entry }) => money(entry.amount_minor, statement.currency),
};

const explained: readonly SheetColumn<AnyRow>[] = [
  { header: 'Outcome', width: 18, cell: ({ line }) => text(line?.outcome ?? 'correction') },
  { header: 'Reason', width: 60, cell: ({ entry }) => text(entry.reason) },
  { header: 'Flags', width: 24, cell: ({ line }) => text(line?.flags.join(' ')) },
  { header: 'Line', width: 16, cell: ({ entry, adjustment }) => text(adjustment?.adjustment_id ?? entry.line_id) },
];

function studentOf(line: BillingRow['line']): string | undefined {
  return line?.student_name ?? line?.student_email;
}

// Excel refuses a file with a longer text.
const LONGEST_TEXT = 32_767;

/** The type is told, so that `=1+1` stays what somebody typed. */
function text(value: string | null | undefined): CellObject | null {
  return value === null || value === undefined || value === ''
    ? null
    : { value: value.slice(0, LONGEST_TEXT).toWellFormed(), type: String };
}

function count(value: number): CellObject {
  return { value, type: Number, format: '0' };
}

function minutes(value: number | undefined): CellObject | null {
  return value === undefined ? null : { value, type: Number, format: '0.00' };
}

/** Shown as `EUR 42.00`, in the digits of the currency. */
function money(minor: number | undefined, currency: string): CellObject | null {
  return minor === undefined ? null : amountCell(minor / 10 ** currencyDigits(currency), currency);
}

function amountCell(value: number, currency: string): CellObject {
  const digits = currencyDigits(currency);
  return { value, type: Number, format: `[$${currency}] #,##0${digits === 0 ? '' : `.${'0'.repeat(digits)}`}` };
}

/** A day as Excel counts days; it has no zone. */
function day(date: string): CellObject {
  return { value: new Date(`${date}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' };
}

/** What the clocks of a zone showed: written as if it were UTC, since a cell has no zone. */
function wallClock(instant: string, zone: string): CellObject {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime();
  const value = new Date(local.toZonedDateTime('UTC').epochMilliseconds);
  return { value, type: Date, format: 'yyyy-mm-dd hh:mm' };
}
