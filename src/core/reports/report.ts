import type { Adjustment } from '../billing/period/adjustments.ts';
import { minutesOf } from '../time/duration.ts';
import type { BlockedLine, ChargeLine, PayLine, RateUsed } from '../billing/lesson/line.ts';
import { formatAmount } from '../billing/money/money.ts';
import type { FamilyStatement, StatementTax, TeacherStatement } from '../billing/period/statements.ts';
import { formatInstant } from '../time/calendar.ts';

/**
 * The reports as the API answers them and as every file format renders them. Amounts are decimal text in the currency's
 * digits with the whole number of minor units beside it; minutes are numbers to two decimals, for reading only.
 */
export interface BillingReport {
  /** `2026-01` or `2026-01-05..2026-01-18`. */
  readonly period: string;
  /** IANA zone whose calendar gives a class its day. */
  readonly timezone: string;
  /** One statement a family and currency. */
  readonly families: readonly FamilyBill[];
  readonly blocked: readonly BlockedEntry[];
}

export interface PayrollReport {
  readonly period: string;
  readonly timezone: string;
  /** One statement a teacher and currency. */
  readonly teachers: readonly TeacherPay[];
  readonly blocked: readonly BlockedEntry[];
}

export interface FamilyBill {
  /** Null: a student without a family, who is billed alone. */
  readonly family_id: number | null;
  /** Of such a student. */
  readonly student_id: number | null;
  readonly name: string;
  readonly currency: string;
  readonly lines: readonly BillLine[];
  readonly adjustments: readonly AdjustmentEntry[];
  readonly subtotal: string;
  readonly subtotal_minor: number;
  readonly taxes: readonly TaxEntry[];
  /** The subtotal and the tax on top of it. */
  readonly total: string;
  readonly total_minor: number;
}

export interface TeacherPay {
  readonly teacher_id: number;
  readonly teacher_email: string;
  readonly name: string;
  readonly currency: string;
  readonly lines: readonly PayrollLine[];
  readonly adjustments: readonly AdjustmentEntry[];
  /** The sum of lines and adjustments. */
  readonly total: string;
  readonly total_minor: number;
  /** From earlier periods, 0 or less. */
  readonly carried_in: string;
  readonly carried_in_minor: number;
  /** What is paid out now; never negative. */
  readonly payout: string;
  readonly payout_minor: number;
  /** Left to the next period, 0 or less. */
  readonly carry: string;
  readonly carry_minor: number;
  readonly needs_approval: boolean;
}

interface LineEntry {
  readonly line_id: string;
  readonly class_id: number;
  /** Local start date. */
  readonly date: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly subject: string;
  readonly scheduled_minutes: number;
  /** Decimal text; null where the amount is a share of something else. */
  readonly rate: string | null;
  readonly rate_unit: RateUsed['unit'] | null;
  readonly amount: string;
  readonly amount_minor: number;
  readonly outcome: string;
  readonly reason: string;
  readonly flags: readonly string[];
}

export interface BillLine extends LineEntry {
  readonly student_email: string;
  readonly student_name: string | null;
  readonly teacher_email: string | null;
  readonly present_minutes: number;
  readonly together_minutes: number;
  readonly overrun_minutes: number;
  readonly billed_minutes: number;
  /** Before discount. */
  readonly price: string;
  readonly price_minor: number;
  readonly discount: string;
  readonly discount_minor: number;
  readonly tax_code: string | null;
  /** `amount` contains the tax. */
  readonly tax_inclusive: boolean;
  /** Zero where tax is reckoned per statement. */
  readonly tax: string;
  readonly tax_minor: number;
  readonly credit: boolean;
}

export interface PayrollLine extends LineEntry {
  readonly teacher_email: string;
  readonly held_minutes: number;
  readonly paid_minutes: number;
}

/** A correction of a closed line. */
export interface AdjustmentEntry {
  readonly adjustment_id: string;
  readonly line_id: string;
  readonly closed_period: string | null;
  readonly class_id: number;
  readonly date: string;
  readonly subject: string;
  readonly person_email: string;
  /** Any sign, like the amounts. */
  readonly minutes: number;
  readonly amount: string;
  readonly amount_minor: number;
  readonly tax_code: string | null;
  readonly tax_inclusive: boolean;
  readonly tax: string;
  readonly tax_minor: number;
  readonly reason: string;
}

export interface TaxEntry {
  readonly code: string;
  /** Decimal text: `7.50`. */
  readonly percent: string;
  readonly inclusive: boolean;
  readonly per: 'line' | 'statement';
  readonly base: string;
  readonly base_minor: number;
  readonly tax: string;
  readonly tax_minor: number;
}

/** A line that is not money yet, and why. */
export interface BlockedEntry {
  readonly line_id: string;
  readonly class_id: number;
  readonly date: string;
  readonly start_time: string;
  readonly subject: string;
  readonly person_email: string;
  readonly outcome: string;
  readonly code: string;
  readonly reason: string;
  readonly flags: readonly string[];
}

export interface BillingReportInput {
  readonly period: string;
  readonly zone: string;
  readonly statements: readonly FamilyStatement[];
  readonly familyNames: ReadonlyMap<number, string>;
  /** Of both sides; those of the other side are left out. */
  readonly blocked: readonly BlockedLine[];
}

export interface PayrollReportInput {
  readonly period: string;
  readonly zone: string;
  readonly statements: readonly TeacherStatement[];
  /** Names of teachers whose statement holds corrections only; lines carry their own. */
  readonly teacherNames?: ReadonlyMap<number, string>;
  readonly blocked: readonly BlockedLine[];
}

export function billingReport({ period, zone, statements, familyNames, blocked }: BillingReportInput): BillingReport {
  return {
    period,
    timezone: zone,
    families: statements.map((statement) => familyBill(statement, familyNames)),
    blocked: blocked.filter(({ side }) => side === 'charge').map(blockedEntry),
  };
}

/** Holds nothing of the families' side, so that a teacher may read it. */
export function payrollReport({ period, zone, statements, teacherNames, blocked }: PayrollReportInput): PayrollReport {
  return {
    period,
    timezone: zone,
    teachers: statements.map((statement) => teacherPay(statement, teacherNames ?? new Map())),
    blocked: blocked.filter(({ side }) => side === 'pay').map(blockedEntry),
  };
}

/**
 * A name for a statement that says what it is: `2026-01-F3-EUR` of family 3, `2026-01-S12-EUR` of a student without a
 * family, `2026-01-T11-EUR` of a teacher.
 */
export function statementReference(period: string, statement: FamilyBill | TeacherPay): string {
  if ('teacher_id' in statement) return `${period}-T${statement.teacher_id}-${statement.currency}`;
  const { family_id, student_id, currency } = statement;
  return `${period}-${family_id === null ? `S${student_id}` : `F${family_id}`}-${currency}`;
}

function familyBill(statement: FamilyStatement, names: ReadonlyMap<number, string>): FamilyBill {
  const { familyId, studentId, currency, lines, adjustments, subtotalMinor, taxes, total, totalMinor } = statement;
  const alone = lines[0]?.studentName ?? lines[0]?.studentEmail ?? adjustments[0]?.personEmail ?? '';
  return {
    family_id: familyId,
    student_id: studentId,
    name: familyId === null ? alone : (names.get(familyId) ?? `Family ${familyId}`),
    currency,
    lines: lines.map(billLine),
    adjustments: adjustments.map(adjustmentEntry),
    subtotal: formatAmount(subtotalMinor, currency),
    subtotal_minor: subtotalMinor,
    taxes: taxes.map((tax) => taxEntry(tax, currency)),
    total,
    total_minor: totalMinor,
  };
}

function teacherPay(statement: TeacherStatement, names: ReadonlyMap<number, string>): TeacherPay {
  const { teacherId, teacherEmail, currency, lines, adjustments } = statement;
  const { totalMinor, carriedInMinor, payoutMinor, carryMinor } = statement;
  return {
    teacher_id: teacherId,
    teacher_email: teacherEmail,
    name: names.get(teacherId) ?? lines[0]?.teacherName ?? teacherEmail,
    currency,
    lines: lines.map(payrollLine),
    adjustments: adjustments.map(adjustmentEntry),
    total: statement.total,
    total_minor: totalMinor,
    carried_in: formatAmount(carriedInMinor, currency),
    carried_in_minor: carriedInMinor,
    payout: formatAmount(payoutMinor, currency),
    payout_minor: payoutMinor,
    carry: formatAmount(carryMinor, currency),
    carry_minor: carryMinor,
    needs_approval: statement.needsApproval,
  };
}

function lineEntry(line: ChargeLine | PayLine): LineEntry {
  return {
    line_id: line.lineId,
    class_id: line.classId,
    date: line.date,
    start_time: formatInstant(line.start),
    end_time: formatInstant(line.end),
    subject: line.subject,
    scheduled_minutes: minutesOf(line.scheduledMs),
    rate: line.rate?.amount ?? null,
    rate_unit: line.rate?.unit ?? null,
    amount: line.amount,
    amount_minor: line.amountMinor,
    outcome: line.outcome,
    reason: line.reason,
    flags: line.flags,
  };
}

export function billLine(line: ChargeLine): BillLine {
  const { currency, tax } = line;
  return {
    ...lineEntry(line),
    student_email: line.studentEmail,
    student_name: line.studentName,
    teacher_email: line.teacherEmail,
    present_minutes: minutesOf(line.presentMs),
    together_minutes: minutesOf(line.togetherMs),
    overrun_minutes: minutesOf(line.overrunMs),
    billed_minutes: minutesOf(line.billedMs),
    price: formatAmount(line.priceMinor, currency),
    price_minor: line.priceMinor,
    discount: formatAmount(line.discountMinor, currency),
    discount_minor: line.discountMinor,
    tax_code: tax?.code ?? null,
    tax_inclusive: tax?.inclusive ?? false,
    tax: formatAmount(line.taxMinor, currency),
    tax_minor: line.taxMinor,
    credit: line.credit,
  };
}

export function payrollLine(line: PayLine): PayrollLine {
  return {
    ...lineEntry(line),
    teacher_email: line.teacherEmail,
    held_minutes: minutesOf(line.heldMs),
    paid_minutes: minutesOf(line.paidMs),
  };
}

export function adjustmentEntry(adjustment: Adjustment): AdjustmentEntry {
  const { currency, tax } = adjustment;
  return {
    adjustment_id: adjustment.adjustmentId,
    line_id: adjustment.lineId,
    closed_period: adjustment.closedPeriod,
    class_id: adjustment.classId,
    date: adjustment.date,
    subject: adjustment.subject,
    person_email: adjustment.personEmail,
    minutes: minutesOf(adjustment.ms),
    amount: adjustment.amount,
    amount_minor: adjustment.amountMinor,
    tax_code: tax?.code ?? null,
    tax_inclusive: tax?.inclusive ?? false,
    tax: formatAmount(adjustment.taxMinor, currency),
    tax_minor: adjustment.taxMinor,
    reason: adjustment.reason,
  };
}

function taxEntry({ tax, baseMinor, taxMinor }: StatementTax, currency: string): TaxEntry {
  return {
    code: tax.code,
    // A hundredth of a percent is a minor unit of any currency with two digits.
    percent: `${Math.floor(tax.basisPoints / 100)}.${String(tax.basisPoints % 100).padStart(2, '0')}`,
    inclusive: tax.inclusive,
    per: tax.per,
    base: formatAmount(baseMinor, currency),
    base_minor: baseMinor,
    tax: formatAmount(taxMinor, currency),
    tax_minor: taxMinor,
  };
}

export function blockedEntry(line: BlockedLine): BlockedEntry {
  return {
    line_id: line.lineId,
    class_id: line.classId,
    date: line.date,
    start_time: formatInstant(line.start),
    subject: line.subject,
    person_email: line.personEmail,
    outcome: line.outcome,
    code: line.code,
    reason: line.reason,
    flags: line.flags,
  };
}
