import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { formatAmount } from '../../core/billing/money/money.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import type { Tax } from '../../core/billing/policy/policy.ts';
import { counted } from '../../core/counted.ts';
import { statementReference, type FamilyBill, type Report, type TeacherPay } from '../../core/reports/report.ts';
import { minutesOf } from '../../core/time/duration.ts';

/** One line of an invoice. */
export interface AccountingRow {
  readonly contact: string;
  readonly email: string | null;
  /** The number of the statement; null: it is a draft. */
  readonly number: string | null;
  /** What is to be known of the whole of it: that it is a draft and what that leaves out, or that it replaces another version. */
  readonly note: string | null;
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

/** What the rows of a file have in common. */
export interface AccountingFile {
  /** Day of issue, or of the draft, `YYYY-MM-DD`. */
  readonly date: string;
  readonly dueDate: string;
  readonly draft: boolean;
  /** 1, and one more with every reopening of the period. */
  readonly version: number;
  /** What the accounting program calls the account of the lines; of pay it is one of expenses. */
  readonly accountCode: string | null;
  readonly taxType: string | null;
}

/**
 * Every line of every statement. The rows of an issued statement add up to its subtotal, of a teacher to the payout. A
 * draft has no numbers, leaves out what is under review or has no amount, and says so in each of its rows.
 */
export function* accountingRows(
  report: Report<FamilyBill | TeacherPay>,
  { date, dueDate, draft, version, accountCode, taxType }: AccountingFile,
): Generator<AccountingRow> {
  const { period, statements, blocked } = report;
  const waits = ({ flags }: ChargeLine | PayLine): boolean => draft && flags.includes('review_open');
  const waiting = statements.reduce((sum, { lines }) => sum + [...lines].filter(waits).length, blocked.length);
  const replaces = version > 1 ? `version ${version}, replaces version ${version - 1}` : null;
  const note = draft ? draftMark(waiting) : replaces;
  const shared = { date, dueDate, accountCode, taxType, taxAmount: null, lessonDate: null, subject: null };
  for (const statement of statements) {
    const { currency, name: contact } = statement;
    const email = 'teacherId' in statement ? statement.teacherEmail : statement.email;
    const id = statementReference(period, statement);
    const invoice = { ...shared, contact, email, number: draft ? null : id, note, currency };
    const entries = [...[...statement.lines].filter((line) => !waits(line)), ...statement.adjustments];
    if (!draft && entries.length === 0 && statement.totalMinor === 0) {
      yield { ...invoice, description: NOTHING_LEFT, amount: formatAmount(0, currency) };
    }
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
  if (!draft || statements.some(({ lines, adjustments }) => lines.length + adjustments.length > 0)) return;
  yield {
    ...shared,
    contact: 'DRAFT',
    email: null,
    number: null,
    note,
    description: draftMark(waiting),
    amount: null,
    currency: null,
  };
}

/** Of a statement whose lines are all on others in this version. */
const NOTHING_LEFT = 'Nothing is due on it any more: the version before is void';

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
    return `Correction: ${lesson}${student}, ${minutesOf(entry.ms)} min`;
  }
  if (entry.side === 'pay') return `${lesson}, ${minutesOf(entry.paidMs)} min`;
  return `${lesson}, ${entry.studentName ?? entry.studentEmail}, ${minutesOf(entry.billedMs)} min`;
}
