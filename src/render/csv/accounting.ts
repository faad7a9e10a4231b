import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { formatAmount } from '../../core/billing/money/money.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import type { Tax } from '../../core/billing/policy/policy.ts';
import { counted } from '../../core/counted.ts';
import { statementReference, type FamilyBill, type Report, type TeacherPay } from '../../core/reports/report.ts';
import type { SchoolSettings } from '../../core/school/settings.ts';
import { minutesOf } from '../../core/time/duration.ts';
import { decimal, type Column } from './column.ts';

/** One line of an invoice. */
export interface AccountingRow {
  readonly contact: string;
  readonly email: string | null;
  /** The number of the statement; null: it is a draft. */
  readonly number: string | null;
  /** The number again, or what the draft leaves out. */
  readonly reference: string;
  /** `YYYY-MM-DD`, of the invoice. */
  readonly date: string;
  readonly dueDate: string;
  readonly description: string;
  /** `YYYY-MM-DD`; null: no lesson. */
  readonly lessonDate: string | null;
  readonly subject: string | null;
  /** Null where the file says only what it leaves out. */
  readonly amount: string | null;
  readonly accountCode: string | null;
  readonly taxType: string | null;
  /** Null: tax on the whole statement belongs to no line. */
  readonly taxAmount: string | null;
  readonly currency: string | null;
}

const nothing = { text: () => null } as const;
const amountOf = ({ amount }: AccountingRow) => (amount === null ? null : decimal(amount));
const one = ({ amount }: AccountingRow) => (amount === null ? null : 1);
const taxOf = ({ taxAmount }: AccountingRow) => (taxAmount === null ? null : decimal(taxAmount));

/**
 * The columns of Xero's file of sales invoices, all of them and in its order. The quantity is always 1 and the amount that
 * of the whole line: minutes times a rate, rounded by another program, would be another amount.
 * @see https://central.xero.com/s/article/Import-a-sales-invoice
 */
export const xeroColumns: readonly Column<AccountingRow>[] = [
  { header: 'ContactName', text: ({ contact }) => contact },
  { header: 'EmailAddress', text: ({ email }) => email },
  ...['1', '2', '3', '4'].map((n) => ({ header: `POAddressLine${n}`, ...nothing })),
  ...['POCity', 'PORegion', 'POPostalCode', 'POCountry'].map((header) => ({ header, ...nothing })),
  { header: 'InvoiceNumber', text: ({ number }) => number },
  { header: 'Reference', text: ({ reference }) => reference },
  { header: 'InvoiceDate', text: ({ date }) => date },
  { header: 'DueDate', text: ({ dueDate }) => dueDate },
  { header: 'Total', ...nothing },
  { header: 'InventoryItemCode', ...nothing },
  { header: 'Description', text: ({ description }) => description },
  { header: 'Quantity', number: one },
  { header: 'UnitAmount', number: amountOf },
  { header: 'Discount', ...nothing },
  { header: 'AccountCode', text: ({ accountCode }) => accountCode },
  { header: 'TaxType', text: ({ taxType }) => taxType },
  { header: 'TaxAmount', number: taxOf },
  ...['TrackingName1', 'TrackingOption1', 'TrackingName2', 'TrackingOption2'].map((header) => ({ header, ...nothing })),
  { header: 'Currency', text: ({ currency }) => currency },
  { header: 'BrandingTheme', ...nothing },
];

/**
 * The columns that QuickBooks Online knows by name when invoices are imported. The item is the account code, or the
 * subject where the school has none.
 * @see https://quickbooks.intuit.com/learn-support/en-us/help-article/import-transactions/import-multiple-invoices-quickbooks-online/L7dmkj5z1_US_en_US
 */
export const quickbooksColumns: readonly Column<AccountingRow>[] = [
  { header: 'InvoiceNo', text: ({ number }) => (number === null ? null : short(number)) },
  { header: 'Customer', text: ({ contact }) => contact },
  { header: 'InvoiceDate', text: ({ date }) => date },
  { header: 'DueDate', text: ({ dueDate }) => dueDate },
  { header: 'Terms', ...nothing },
  { header: 'Location', ...nothing },
  { header: 'Memo', text: ({ reference }) => reference },
  { header: 'Item(Product/Service)', text: ({ accountCode, subject }) => accountCode ?? subject },
  { header: 'ItemDescription', text: ({ description }) => description },
  { header: 'ItemQuantity', number: one },
  { header: 'ItemRate', number: amountOf },
  { header: 'ItemAmount', number: amountOf },
  { header: 'ItemTaxCode', text: ({ taxType }) => taxType },
  { header: 'ItemTaxAmount', number: taxOf },
  { header: 'Currency', text: ({ currency }) => currency },
  { header: 'Service Date', text: ({ lessonDate }) => lessonDate },
];

/** QuickBooks takes numbers of at most 21 characters: `2026-01-05..2026-01-18-F1-EUR` is `20260105-0118-F1-EUR`. */
function short(number: string): string {
  if (number.length <= 21) return number;
  const shorter = number.replace(/^(\d+)-(\d+)-(\d+)\.\.\d+-(\d+)-(\d+)/, '$1$2$3-$4$5');
  return shorter.length <= 21 ? shorter : shorter.replaceAll('-', '');
}

/** What the rows of a file have in common. */
export interface AccountingFile {
  /** Day of issue, or of the draft, `YYYY-MM-DD`. */
  readonly date: string;
  readonly dueDate: string;
  readonly draft: boolean;
  readonly school: Pick<SchoolSettings, 'account_code' | 'tax_type'>;
}

/**
 * Every line of every statement. The rows of an issued statement add up to its subtotal, of a teacher to the payout. A
 * draft has no numbers, leaves out what is under review or has no amount, and says so in each of its rows.
 */
export function* accountingRows(
  report: Report<FamilyBill | TeacherPay>,
  { date, dueDate, draft, school }: AccountingFile,
): Generator<AccountingRow> {
  const { period, statements, blocked } = report;
  const { account_code: accountCode, tax_type: taxType } = school;
  const waits = ({ flags }: ChargeLine | PayLine): boolean => draft && flags.includes('review_open');
  const waiting = statements.reduce((sum, { lines }) => sum + [...lines].filter(waits).length, blocked.length);
  const mark = draft ? draftMark(waiting) : null;
  const shared = { date, dueDate, accountCode, taxType, taxAmount: null, lessonDate: null, subject: null };
  for (const statement of statements) {
    const { currency, name: contact } = statement;
    const email = 'teacherId' in statement ? statement.teacherEmail : statement.email;
    const id = statementReference(period, statement);
    const invoice = { ...shared, contact, email, number: draft ? null : id, reference: mark ?? id, currency };
    const entries = [...[...statement.lines].filter((line) => !waits(line)), ...statement.adjustments];
    for (const entry of entries) {
      const { subject, amount } = entry;
      const about = { description: describe(entry), lessonDate: entry.date, subject, amount };
      yield { ...invoice, ...about, ...taxIn(entry, taxType) };
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
  if (mark === null || statements.some(({ lines, adjustments }) => lines.length + adjustments.length > 0)) return;
  yield {
    ...shared,
    contact: 'DRAFT',
    email: null,
    number: null,
    reference: mark,
    description: mark,
    amount: null,
    currency: null,
  };
}

function draftMark(waiting: number): string {
  const left = waiting === 0 ? '' : `: ${counted(waiting, 'line')} under review or without an amount left out`;
  return `DRAFT, not issued${left}`;
}

function taxIn(
  entry: ChargeLine | PayLine | Adjustment,
  taxType: string | null,
): Pick<AccountingRow, 'taxType' | 'taxAmount'> {
  const tax: Tax | null = entry.side === 'pay' ? null : entry.tax;
  if (entry.side === 'pay' || tax === null) return { taxType, taxAmount: null };
  const taxAmount = tax.per === 'statement' ? null : formatAmount(entry.taxMinor, entry.currency);
  return { taxType: taxType ?? tax.code, taxAmount };
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
