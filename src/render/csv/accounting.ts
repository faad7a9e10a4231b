import { statementReference } from '../../core/reports/report.ts';
import type { BillingReport, FamilyBill, PayrollReport, TeacherPay } from '../../core/reports/report.ts';
import { decimal } from './column.ts';
import type { Column } from './column.ts';

export interface AccountingOptions {
  /** Day of issue, `YYYY-MM-DD`. */
  readonly date: string;
  readonly dueDate: string | null;
  /** Issued invoice numbers by `statementReference`; a statement without one is numbered by its reference. */
  readonly numbers?: ReadonlyMap<string, string>;
  /** Where a statement goes, by `statementReference`. A teacher's e-mail is known without it. */
  readonly emails?: ReadonlyMap<string, string>;
}

/** One line of an invoice. */
interface AccountingRow {
  readonly contact: string;
  readonly email: string | null;
  readonly number: string;
  readonly reference: string;
  readonly date: string;
  readonly dueDate: string | null;
  readonly description: string;
  readonly amount: string;
  readonly taxCode: string | null;
  readonly taxInclusive: boolean;
  readonly tax: string | null;
  readonly currency: string;
}

/**
 * The columns that accounting programs ask for when invoices or bills are imported. The quantity is always 1 and the
 * amount that of the whole line: minutes times a rate, rounded by another program, would be another amount.
 * @see https://central.xero.com/s/article/Import-a-sales-invoice
 */
export const accountingColumns: readonly Column<AccountingRow>[] = [
  { header: 'ContactName', text: ({ contact }) => contact },
  { header: 'EmailAddress', text: ({ email }) => email },
  { header: 'InvoiceNumber', text: ({ number }) => number },
  { header: 'Reference', text: ({ reference }) => reference },
  { header: 'InvoiceDate', text: ({ date }) => date },
  { header: 'DueDate', text: ({ dueDate }) => dueDate },
  { header: 'Description', text: ({ description }) => description },
  { header: 'Quantity', number: () => 1 },
  { header: 'UnitAmount', number: ({ amount }) => decimal(amount) },
  { header: 'TaxType', text: ({ taxCode }) => taxCode },
  { header: 'TaxAmount', number: ({ tax }) => (tax === null ? null : decimal(tax)) },
  { header: 'LineAmountType', text: ({ taxCode, taxInclusive }) => lineAmountType(taxCode, taxInclusive) },
  { header: 'Currency', text: ({ currency }) => currency },
];

function lineAmountType(taxCode: string | null, inclusive: boolean): string {
  if (taxCode === null) return 'NoTax';
  return inclusive ? 'Inclusive' : 'Exclusive';
}

/** Every line of every statement. The rows of a statement add up to its subtotal, of a teacher to the payout. */
export function* accountingRows(
  report: BillingReport | PayrollReport,
  options: AccountingOptions,
): Generator<AccountingRow> {
  if ('families' in report) for (const family of report.families) yield* familyRows(report.period, family, options);
  else for (const teacher of report.teachers) yield* teacherRows(report.period, teacher, options);
}

function invoice(
  period: string,
  statement: FamilyBill | TeacherPay,
  { date, dueDate, numbers, emails }: AccountingOptions,
): Omit<AccountingRow, 'description' | 'amount'> {
  const reference = statementReference(period, statement);
  return {
    contact: statement.name,
    email: emails?.get(reference) ?? ('teacher_email' in statement ? statement.teacher_email : null),
    number: numbers?.get(reference) ?? reference,
    reference,
    date,
    dueDate,
    currency: statement.currency,
    taxCode: null,
    taxInclusive: false,
    tax: null,
  };
}

function* familyRows(period: string, family: FamilyBill, options: AccountingOptions): Generator<AccountingRow> {
  const head = invoice(period, family, options);
  const perStatement = new Set(family.taxes.filter(({ per }) => per === 'statement').map(({ code }) => code));
  const taxed = (entry: FamilyBill['lines'][number] | FamilyBill['adjustments'][number]) => ({
    taxCode: entry.tax_code,
    taxInclusive: entry.tax_inclusive,
    // Tax on the whole statement belongs to no line.
    tax: entry.tax_code === null || perStatement.has(entry.tax_code) ? null : entry.tax,
  });
  for (const line of family.lines) {
    const { date, subject, student_name, student_email, billed_minutes, amount } = line;
    const description = `${date} ${subject}, ${student_name ?? student_email}, ${billed_minutes} min`;
    yield { ...head, ...taxed(line), description, amount };
  }
  for (const entry of family.adjustments) {
    const { date, subject, person_email, minutes, line_id, amount } = entry;
    const description = `Correction of ${line_id}: ${date} ${subject}, ${person_email}, ${minutes} min`;
    yield { ...head, ...taxed(entry), description, amount };
  }
}

function* teacherRows(period: string, teacher: TeacherPay, options: AccountingOptions): Generator<AccountingRow> {
  const head = invoice(period, teacher, options);
  for (const { date, subject, paid_minutes, amount } of teacher.lines) {
    yield { ...head, description: `${date} ${subject}, ${paid_minutes} min`, amount };
  }
  for (const { date, subject, minutes, line_id, amount } of teacher.adjustments) {
    yield { ...head, description: `Correction of ${line_id}: ${date} ${subject}, ${minutes} min`, amount };
  }
  if (teacher.carried_in_minor !== 0) {
    yield { ...head, description: 'Carried over from earlier periods', amount: teacher.carried_in };
  }
  if (teacher.carry_minor !== 0) {
    yield { ...head, description: 'Left to the next period', amount: teacher.carry.replace(/^-/, '') };
  }
}
