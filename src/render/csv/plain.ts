import { priceBasis } from '../../core/billing/lesson/line.ts';
import { taxed } from '../../core/billing/lesson/pricing.ts';
import { formatAmount } from '../../core/billing/money/money.ts';
import type { MonthOfAttendance } from '../../core/reports/attendance-summary.ts';
import type { AnyRow, BillingRow, PayrollRow } from '../../core/reports/report.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { minutesOf } from '../../core/time/duration.ts';
import { decimal, type Column } from './column.ts';

const aboutClass: readonly Column<AnyRow>[] = [
  { header: 'line_id', text: ({ entry }) => entry.lineId },
  { header: 'class_id', number: ({ entry }) => entry.classId },
  { header: 'date', text: ({ entry }) => entry.date },
  { header: 'start_time', text: ({ line }) => (line === null ? null : formatInstant(line.start)) },
  { header: 'end_time', text: ({ line }) => (line === null ? null : formatInstant(line.end)) },
  { header: 'subject', text: ({ entry }) => entry.subject },
];

const rate: readonly Column<AnyRow>[] = [
  { header: 'rate', number: ({ line }) => decimalOrNull(line === null ? null : priceBasis(line)?.amount) },
  { header: 'rate_unit', text: ({ line }) => (line === null ? null : (priceBasis(line)?.unit ?? null)) },
];

const amount: readonly Column<AnyRow>[] = [
  { header: 'amount', number: ({ entry }) => decimal(entry.amount) },
  { header: 'amount_minor', number: ({ entry }) => entry.amountMinor },
];

const explained: readonly Column<AnyRow>[] = [
  { header: 'outcome', text: ({ line }) => line?.outcome ?? null },
  { header: 'reason', text: ({ entry }) => entry.reason },
  { header: 'flags', text: ({ line }) => line?.flags.join(' ') ?? null },
  { header: 'adjustment_id', text: ({ adjustment }) => adjustment?.adjustmentId ?? null },
  { header: 'closed_period', text: ({ adjustment }) => adjustment?.closedPeriod ?? null },
];

/** A row a line or correction of a family. */
export const billingColumns: readonly Column<BillingRow>[] = [
  { header: 'period', text: ({ period }) => period },
  { header: 'family_id', number: ({ statement }) => statement.familyId },
  { header: 'name', text: ({ statement }) => statement.name },
  { header: 'currency', text: ({ statement }) => statement.currency },
  ...aboutClass,
  { header: 'student_email', text: ({ line, adjustment }) => line?.studentEmail ?? adjustment?.personEmail ?? null },
  { header: 'student_name', text: ({ line }) => line?.studentName ?? null },
  { header: 'teacher_email', text: ({ line }) => line?.teacherEmail ?? null },
  { header: 'scheduled_minutes', number: ({ line }) => minutes(line?.scheduledMs) },
  { header: 'present_minutes', number: ({ line }) => minutes(line?.presentMs) },
  { header: 'together_minutes', number: ({ line }) => minutes(line?.togetherMs) },
  { header: 'bridged_minutes', number: ({ line }) => minutes(line?.bridgedMs) },
  { header: 'billed_minutes', number: ({ line, adjustment }) => minutes(line?.billedMs ?? adjustment?.ms) },
  ...rate,
  { header: 'price', number: ({ line }) => (line === null ? null : amountOf(line.priceMinor, line)) },
  { header: 'discount', number: ({ line }) => (line === null ? null : amountOf(line.discountMinor, line)) },
  ...amount,
  { header: 'tax_code', text: ({ entry }) => entry.tax?.code ?? null },
  { header: 'net', number: ({ entry }) => amountOrNull(taxed(entry).netMinor, entry) },
  { header: 'net_minor', number: ({ entry }) => taxed(entry).netMinor },
  { header: 'tax', number: ({ entry }) => amountOf(entry.taxMinor, entry) },
  { header: 'tax_minor', number: ({ entry }) => entry.taxMinor },
  { header: 'gross', number: ({ entry }) => amountOrNull(taxed(entry).grossMinor, entry) },
  { header: 'gross_minor', number: ({ entry }) => taxed(entry).grossMinor },
  ...explained,
];

/** As `billingColumns`, of a teacher. */
export const payrollColumns: readonly Column<PayrollRow>[] = [
  { header: 'period', text: ({ period }) => period },
  { header: 'teacher_email', text: ({ statement }) => statement.teacherEmail },
  { header: 'name', text: ({ statement }) => statement.name },
  { header: 'currency', text: ({ statement }) => statement.currency },
  ...aboutClass,
  { header: 'scheduled_minutes', number: ({ line }) => minutes(line?.scheduledMs) },
  { header: 'held_minutes', number: ({ line }) => minutes(line?.heldMs) },
  { header: 'bridged_minutes', number: ({ line }) => minutes(line?.bridgedMs) },
  { header: 'paid_minutes', number: ({ line, adjustment }) => minutes(line?.paidMs ?? adjustment?.ms) },
  ...rate,
  ...amount,
  ...explained,
];

/** The last columns of bills and pay: whether the report was issued, how many lines without an amount it leaves out, and its version. */
export function standingColumns(
  state: 'draft' | 'closed',
  leftOut: number,
  version: number,
): readonly Column<unknown>[] {
  return [
    { header: 'state', text: () => state },
    { header: 'left_out', number: () => leftOut },
    { header: 'version', number: () => version },
  ];
}

/** A row a person and month. */
export const attendanceColumns: readonly Column<MonthOfAttendance>[] = [
  { header: 'month', text: ({ month }) => month },
  { header: 'email', text: ({ email }) => email },
  { header: 'name', text: ({ name }) => name },
  ...(['expected', 'present', 'late', 'absent', 'excused', 'pending', 'visited', 'minutes'] as const).map(
    (field): Column<MonthOfAttendance> => ({ header: field, number: (row) => row[field] }),
  ),
];

function decimalOrNull(amount: string | null | undefined): `${number}` | null {
  return amount === null || amount === undefined ? null : decimal(amount);
}

function minutes(ms: number | undefined): number | null {
  return ms === undefined ? null : minutesOf(ms);
}

function amountOrNull(minor: number | null, entry: { readonly currency: string }): `${number}` | null {
  return minor === null ? null : amountOf(minor, entry);
}

function amountOf(minor: number, { currency }: { readonly currency: string }): `${number}` {
  return decimal(formatAmount(minor, currency));
}
