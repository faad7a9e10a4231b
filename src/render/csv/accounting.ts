import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { formatAmount } from '../../core/billing/money/money.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import type { Tax } from '../../core/billing/policy/policy.ts';
import { statementReference, type FamilyBill, type Report, type TeacherPay } from '../../core/reports/report.ts';
import { minutesOf } from '../../core/time/duration.ts';
import { decimal, type Column } from './column.ts';

/** One line of an invoice. */
interface AccountingRow {
  readonly contact: string;
  readonly email: string | null;
  /** Number and reference of the invoice. */
  readonly reference: string;
  readonly date: string;
  readonly description: string;
  readonly amount: string;
  readonly tax: Tax | null;
  /** Null: tax on the whole statement belongs to no line. */
  readonly taxAmount: string | null;
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
  { header: 'InvoiceNumber', text: ({ reference }) => reference },
  { header: 'Reference', text: ({ reference }) => reference },
  { header: 'InvoiceDate', text: ({ date }) => date },
  { header: 'DueDate', text: () => null },
  { header: 'Description', text: ({ description }) => description },
  { header: 'Quantity', number: () => 1 },
  { header: 'UnitAmount', number: ({ amount }) => decimal(amount) },
  { header: 'TaxType', text: ({ tax }) => tax?.code ?? null },
  { header: 'TaxAmount', number: ({ taxAmount }) => (taxAmount === null ? null : decimal(taxAmount)) },
  { header: 'LineAmountType', text: ({ tax }) => (tax === null ? 'NoTax' : tax.inclusive ? 'Inclusive' : 'Exclusive') },
  { header: 'Currency', text: ({ currency }) => currency },
];

/**
 * Every line of every statement. The rows of a statement add up to its subtotal, of a teacher to the payout.
 *
 * @param date day of issue, `YYYY-MM-DD`
 */
export function* accountingRows(
  { period, statements }: Report<FamilyBill | TeacherPay>,
  date: string,
): Generator<AccountingRow> {
  for (const statement of statements) {
    const { currency, name: contact } = statement;
    const email = 'teacherId' in statement ? statement.teacherEmail : statement.email;
    const reference = statementReference(period, statement);
    const invoice = { contact, email, reference, date, currency, tax: null, taxAmount: null };
    for (const entry of [...statement.lines, ...statement.adjustments]) {
      yield { ...invoice, ...taxOf(entry), description: describe(entry), amount: entry.amount };
    }
    if (!('teacherId' in statement)) continue;
    const { carriedInMinor, carryMinor } = statement;
    if (carriedInMinor !== 0) {
      const amount = formatAmount(carriedInMinor, currency);
      yield { ...invoice, description: 'Carried over from earlier periods', amount };
    }
    if (carryMinor !== 0) {
      yield { ...invoice, description: 'Left to the next period', amount: formatAmount(-carryMinor, currency) };
    }
  }
}

function taxOf(entry: ChargeLine | PayLine | Adjustment): Pick<AccountingRow, 'tax' | 'taxAmount'> {
  if (entry.side === 'pay' || entry.tax === null) return { tax: null, taxAmount: null };
  const { tax, taxMinor, currency } = entry;
  return { tax, taxAmount: tax.per === 'statement' ? null : formatAmount(taxMinor, currency) };
}

function describe(entry: ChargeLine | PayLine | Adjustment): string {
  const lesson = `${entry.date} ${entry.subject}`;
  if ('adjustmentId' in entry) {
    const student = entry.side === 'pay' ? '' : `, ${entry.personEmail}`;
    return `Correction of ${entry.lineId}: ${lesson}${student}, ${minutesOf(entry.ms)} min`;
  }
  if (entry.side === 'pay') return `${lesson}, ${minutesOf(entry.paidMs)} min`;
  return `${lesson}, ${entry.studentName ?? entry.studentEmail}, ${minutesOf(entry.billedMs)} min`;
}
