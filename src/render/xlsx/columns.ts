import type { CellObject } from 'write-excel-file/node';

import { priceBasis, type BlockedLine, type ChargeLine, type PayLine } from '../../core/billing/lesson/line.ts';
import { taxed } from '../../core/billing/lesson/pricing.ts';
import { currencyDigits } from '../../core/billing/money/currencies.ts';
import { namedText, type PeriodException } from '../../core/billing/period/exceptions.ts';
import type { AnyRow, BillingRow, FamilyBill, PayrollRow, TeacherPay } from '../../core/reports/report.ts';
import { minutesOf } from '../../core/time/duration.ts';
import { inFile } from '../../text.ts';

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
    {
      header: 'Student',
      width: 24,
      cell: ({ line, adjustment }) => text(line?.studentName ?? line?.studentEmail ?? adjustment?.personEmail),
    },
    { header: 'Teacher', width: 28, cell: ({ line }) => text(line?.teacherEmail) },
    { header: 'Scheduled min', width: 14, cell: ({ line }) => minutes(line?.scheduledMs) },
    { header: 'Present min', width: 12, cell: ({ line }) => minutes(line?.presentMs) },
    { header: 'Together min', width: 13, cell: ({ line }) => minutes(line?.togetherMs) },
    { header: 'Bridged min', width: 12, cell: ({ line }) => minutes(line?.bridgedMs) },
    { header: 'Billed min', width: 11, cell: ({ line, adjustment }) => minutes(line?.billedMs ?? adjustment?.ms) },
    ...rate,
    { header: 'Price', width: 14, cell: ({ statement, line }) => money(line?.priceMinor, statement.currency) },
    { header: 'Discount', width: 14, cell: ({ statement, line }) => money(line?.discountMinor, statement.currency) },
    amount,
    { header: 'Tax code', width: 10, cell: ({ entry }) => text(entry.tax?.code) },
    { header: 'Net', width: 14, cell: ({ statement, entry }) => money(taxed(entry).netMinor, statement.currency) },
    { header: 'Tax', width: 12, cell: ({ statement, entry }) => money(entry.taxMinor, statement.currency) },
    { header: 'Gross', width: 14, cell: ({ statement, entry }) => money(taxed(entry).grossMinor, statement.currency) },
    ...explained,
  ];
}

export function payrollLines(zone: string): readonly SheetColumn<PayrollRow>[] {
  return [
    { header: 'Teacher', width: 24, cell: ({ statement }) => text(statement.name) },
    ...when(zone),
    { header: 'Scheduled min', width: 14, cell: ({ line }) => minutes(line?.scheduledMs) },
    { header: 'Held min', width: 12, cell: ({ line }) => minutes(line?.heldMs) },
    { header: 'Bridged min', width: 12, cell: ({ line }) => minutes(line?.bridgedMs) },
    { header: 'Paid min', width: 11, cell: ({ line, adjustment }) => minutes(line?.paidMs ?? adjustment?.ms) },
    ...rate,
    amount,
    ...explained,
  ];
}

export const billingTotals: readonly SheetColumn<FamilyBill>[] = [
  { header: 'Family', width: 24, cell: ({ name }) => text(name) },
  { header: 'Currency', width: 9, cell: ({ currency }) => text(currency) },
  { header: 'Lines', width: 8, cell: ({ lines, adjustments }) => count(lines.length + adjustments.length) },
  { header: 'Subtotal', width: 16, cell: ({ subtotalMinor, currency }) => money(subtotalMinor, currency) },
  { header: 'Net', width: 16, cell: ({ netMinor, currency }) => money(netMinor, currency) },
  { header: 'Tax', width: 14, cell: ({ taxMinor, currency }) => money(taxMinor, currency) },
  { header: 'Total', width: 16, cell: ({ totalMinor, currency }) => money(totalMinor, currency) },
];

export const payrollTotals: readonly SheetColumn<TeacherPay>[] = [
  { header: 'Teacher', width: 24, cell: ({ name }) => text(name) },
  { header: 'E-mail', width: 28, cell: ({ teacherEmail }) => text(teacherEmail) },
  { header: 'Currency', width: 9, cell: ({ currency }) => text(currency) },
  { header: 'Lines', width: 8, cell: ({ lines, adjustments }) => count(lines.length + adjustments.length) },
  { header: 'Total', width: 16, cell: ({ totalMinor, currency }) => money(totalMinor, currency) },
  { header: 'Carried in', width: 14, cell: ({ carriedInMinor, currency }) => money(carriedInMinor, currency) },
  { header: 'Payout', width: 16, cell: ({ payoutMinor, currency }) => money(payoutMinor, currency) },
  { header: 'Carried on', width: 14, cell: ({ carryMinor, currency }) => money(carryMinor, currency) },
];

export const blockedColumns: readonly SheetColumn<BlockedLine>[] = [
  { header: 'Date', width: 12, cell: ({ date }) => day(date) },
  { header: 'Subject', width: 24, cell: ({ subject }) => text(subject) },
  { header: 'Person', width: 28, cell: ({ personEmail }) => text(personEmail) },
  { header: 'Code', width: 24, cell: ({ code }) => text(code) },
  { header: 'Reason', width: 60, cell: ({ reason }) => text(reason) },
  { header: 'Line', width: 16, cell: ({ lineId }) => text(lineId) },
];

export const exceptionColumns: readonly SheetColumn<PeriodException>[] = [
  { header: 'Claim', width: 28, cell: ({ invariant }) => text(invariant) },
  { header: 'Line', width: 16, cell: ({ lineId }) => text(lineId) },
  { header: 'Text', width: 60, cell: (exception) => text(namedText(exception)) },
];

function when(zone: string): readonly SheetColumn<AnyRow>[] {
  return [
    { header: 'Currency', width: 9, cell: ({ statement }) => text(statement.currency) },
    { header: 'Date', width: 12, cell: ({ entry }) => day(entry.date) },
    { header: 'Start', width: 17, cell: ({ line }) => (line === null ? null : wallClock(line.start, zone)) },
    { header: 'Subject', width: 24, cell: ({ entry }) => text(entry.subject) },
  ];
}

const rate: readonly SheetColumn<AnyRow>[] = [
  {
    header: 'Rate',
    width: 14,
    cell: ({ statement, line }) => (line === null ? null : rateCell(line, statement.currency)),
  },
  { header: 'Per', width: 8, cell: ({ line }) => text(line === null ? null : priceBasis(line)?.unit) },
];

const amount: SheetColumn<AnyRow> = {
  header: 'Amount',
  width: 14,
  cell: ({ statement, entry }) => money(entry.amountMinor, statement.currency),
};

const explained: readonly SheetColumn<AnyRow>[] = [
  { header: 'Outcome', width: 18, cell: ({ line }) => text(line?.outcome ?? 'correction') },
  { header: 'Reason', width: 60, cell: ({ entry }) => text(entry.reason) },
  { header: 'Flags', width: 24, cell: ({ line }) => text(line?.flags.join(' ')) },
  { header: 'Line', width: 16, cell: ({ entry, adjustment }) => text(adjustment?.adjustmentId ?? entry.lineId) },
];

// Excel refuses a file with a longer text.
const LONGEST_TEXT = 32_767;

/** The type is told, so that `=1+1` stays what somebody typed. */
function text(value: string | null | undefined): CellObject | null {
  return value === null || value === undefined || value === ''
    ? null
    : { value: inFile(value.slice(0, LONGEST_TEXT)), type: String };
}

function count(value: number): CellObject {
  return { value, type: Number, format: '0' };
}

function minutes(ms: number | undefined): CellObject | null {
  return ms === undefined ? null : { value: minutesOf(ms), type: Number, format: '0.00' };
}

/** Shown as `EUR 42.00`, in the digits of the currency. */
function money(minor: number | null | undefined, currency: string): CellObject | null {
  return minor === undefined || minor === null ? null : amountCell(minor / 10 ** currencyDigits(currency), currency);
}

function rateCell(line: ChargeLine | PayLine, currency: string): CellObject | null {
  const basis = priceBasis(line);
  if (basis === null) return null;
  return basis.unit === 'percent'
    ? { value: Number(basis.amount), type: Number }
    : amountCell(Number(basis.amount), currency);
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
function wallClock(at: number, zone: string): CellObject {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
  const value = new Date(local.toZonedDateTime('UTC').epochMilliseconds);
  return { value, type: Date, format: 'yyyy-mm-dd hh:mm' };
}
