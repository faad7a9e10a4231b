import type { BlockedLine, ChargeLine, PayLine } from '../billing/lesson/line.ts';
import type { Adjustment } from '../billing/period/adjustments.ts';
import type { FamilyStatement, TeacherStatement } from '../billing/period/statements.ts';

/** One side of a period, charge or pay, as the API and every file format render it. */
export interface Report<Statement> {
  /** `2026-01` or `2026-01-05..2026-01-18`. */
  readonly period: string;
  /** IANA zone whose calendar gives a class its day. */
  readonly zone: string;
  /** One a currency and family or teacher. */
  readonly statements: readonly Statement[];
  /** Lines that have no amount yet. */
  readonly blocked: readonly BlockedLine[];
}

export interface FamilyBill extends FamilyStatement {
  readonly name: string;
  /** Where it is sent; null: the ledger has no address. */
  readonly email: string | null;
}

export interface TeacherPay extends TeacherStatement {
  readonly name: string;
}

/**
 * @param draft with the blocked lines of both sides; those of pay are left out
 * @param familyOf the family as it was issued, or as it is now
 */
export function billingReport(
  draft: Report<FamilyStatement>,
  familyOf: (id: number) => { readonly name: string; readonly billingEmail: string | null } | null,
): Report<FamilyBill> {
  return {
    ...draft,
    statements: draft.statements.map((statement) => {
      const { familyId, lines, adjustments } = statement;
      if (familyId === null) {
        const email = lines[0]?.studentEmail ?? null;
        return { ...statement, name: lines[0]?.studentName ?? email ?? adjustments[0]?.personEmail ?? '', email };
      }
      const family = familyOf(familyId);
      return { ...statement, name: family?.name ?? `Family ${familyId}`, email: family?.billingEmail ?? null };
    }),
    blocked: draft.blocked.filter(({ side }) => side === 'charge'),
  };
}

/**
 * Holds nothing of the families' side, so that a teacher may read it.
 *
 * @param nameOf the name of a teacher as it is now; null: that of the lines
 */
export function payrollReport(
  draft: Report<TeacherStatement>,
  nameOf: (teacherId: number) => string | null,
): Report<TeacherPay> {
  return {
    ...draft,
    statements: draft.statements.map((statement) => {
      const { teacherId, teacherEmail, lines } = statement;
      return { ...statement, name: nameOf(teacherId) ?? lines[0]?.teacherName ?? teacherEmail };
    }),
    blocked: draft.blocked.filter(({ side }) => side === 'pay'),
  };
}

/**
 * A name for a statement that says what it is: `2026-01-F3-EUR` of family 3, `2026-01-S12-EUR` of a student without a
 * family, `2026-01-T11-EUR` of a teacher.
 */
export function statementReference(period: string, statement: FamilyStatement | TeacherStatement): string {
  if ('teacherId' in statement) return `${period}-T${statement.teacherId}-${statement.currency}`;
  const { familyId, studentId, currency } = statement;
  return `${period}-${familyId === null ? `S${studentId}` : `F${familyId}`}-${currency}`;
}

/** A line or a correction, with the statement it stands on. */
export interface Row<Statement, Line> {
  readonly period: string;
  readonly statement: Statement;
  /** The line or the correction, whichever it is. */
  readonly entry: Line | Adjustment;
  readonly line: Line | null;
  readonly adjustment: Adjustment | null;
}

export type BillingRow = Row<FamilyBill, ChargeLine>;
export type PayrollRow = Row<TeacherPay, PayLine>;
/** A row of either report. */
export type AnyRow = Row<FamilyBill | TeacherPay, ChargeLine | PayLine>;

export function rowsOf(report: Report<FamilyBill>): Generator<BillingRow>;
export function rowsOf(report: Report<TeacherPay>): Generator<PayrollRow>;
export function* rowsOf({ period, statements }: Report<FamilyBill | TeacherPay>): Generator<AnyRow> {
  for (const statement of statements) {
    for (const line of statement.lines) yield { period, statement, entry: line, line, adjustment: null };
    for (const adjustment of statement.adjustments) {
      yield { period, statement, entry: adjustment, line: null, adjustment };
    }
  }
}
