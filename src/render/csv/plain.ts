import type { MonthOfAttendance } from '../../core/reports/attendance-summary.ts';
import type { AnyRow, BillingRow, PayrollRow } from '../../core/reports/rows.ts';
import { decimal } from './column.ts';
import type { Column } from './column.ts';

const aboutClass: readonly Column<AnyRow>[] = [
  { header: 'line_id', text: ({ entry }) => entry.line_id },
  { header: 'class_id', number: ({ entry }) => entry.class_id },
  { header: 'date', text: ({ entry }) => entry.date },
  { header: 'start_time', text: ({ line }) => line?.start_time ?? null },
  { header: 'end_time', text: ({ line }) => line?.end_time ?? null },
  { header: 'subject', text: ({ entry }) => entry.subject },
];

const rate: readonly Column<AnyRow>[] = [
  { header: 'rate', number: ({ line }) => (line === null || line.rate === null ? null : decimal(line.rate)) },
  { header: 'rate_unit', text: ({ line }) => line?.rate_unit ?? null },
];

const amount: readonly Column<AnyRow>[] = [
  { header: 'amount', number: ({ entry }) => decimal(entry.amount) },
  { header: 'amount_minor', number: ({ entry }) => entry.amount_minor },
];

const explained: readonly Column<AnyRow>[] = [
  { header: 'outcome', text: ({ line }) => line?.outcome ?? null },
  { header: 'reason', text: ({ entry }) => entry.reason },
  { header: 'flags', text: ({ line }) => line?.flags.join(' ') ?? null },
  { header: 'adjustment_id', text: ({ adjustment }) => adjustment?.adjustment_id ?? null },
  { header: 'closed_period', text: ({ adjustment }) => adjustment?.closed_period ?? null },
];

export const billingColumns: readonly Column<BillingRow>[] = [
  { header: 'period', text: ({ period }) => period },
  { header: 'family_id', number: ({ statement }) => statement.family_id },
  { header: 'name', text: ({ statement }) => statement.name },
  { header: 'currency', text: ({ statement }) => statement.currency },
  ...aboutClass,
  { header: 'student_email', text: ({ line, adjustment }) => line?.student_email ?? adjustment?.person_email ?? null },
  { header: 'student_name', text: ({ line }) => line?.student_name ?? null },
  { header: 'teacher_email', text: ({ line }) => line?.teacher_email ?? null },
  { header: 'scheduled_minutes', number: ({ line }) => line?.scheduled_minutes ?? null },
  { header: 'present_minutes', number: ({ line }) => line?.present_minutes ?? null },
  { header: 'together_minutes', number: ({ line }) => line?.together_minutes ?? null },
  { header: 'billed_minutes', number: ({ line, adjustment }) => line?.billed_minutes ?? adjustment?.minutes ?? null },
  ...rate,
  { header: 'price', number: ({ line }) => (line === null ? null : decimal(line.price)) },
  { header: 'discount', number: ({ line }) => (line === null ? null : decimal(line.discount)) },
  ...amount,
  { header: 'tax_code', text: ({ entry }) => entry.tax_code },
  { header: 'tax', number: ({ entry }) => decimal(entry.tax) },
  ...explained,
];

export const payrollColumns: readonly Column<PayrollRow>[] = [
  { header: 'period', text: ({ period }) => period },
  { header: 'teacher_email', text: ({ statement }) => statement.teacher_email },
  { header: 'name', text: ({ statement }) => statement.name },
  { header: 'currency', text: ({ statement }) => statement.currency },
  ...aboutClass,
  { header: 'scheduled_minutes', number: ({ line }) => line?.scheduled_minutes ?? null },
  { header: 'held_minutes', number: ({ line }) => line?.held_minutes ?? null },
  { header: 'paid_minutes', number: ({ line, adjustment }) => line?.paid_minutes ?? adjustment?.minutes ?? null },
  ...rate,
  ...amount,
  ...explained,
];

export const attendanceColumns: readonly Column<MonthOfAttendance>[] = [
  { header: 'month', text: ({ month }) => month },
  { header: 'email', text: ({ email }) => email },
  { header: 'name', text: ({ name }) => name },
  ...(['expected', 'present', 'late', 'absent', 'excused', 'pending', 'visited', 'minutes'] as const).map(
    (field): Column<MonthOfAttendance> => ({ header: field, number: (row) => row[field] }),
  ),
];
