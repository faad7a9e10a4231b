import type {
  AdjustmentEntry,
  BillingReport,
  BillLine,
  FamilyBill,
  PayrollLine,
  PayrollReport,
  TeacherPay,
} from './report.ts';

/** A line or a correction, with the statement it stands on. */
export interface Row<Statement, Line> {
  readonly period: string;
  readonly statement: Statement;
  /** What both have. */
  readonly entry: Line | AdjustmentEntry;
  readonly line: Line | null;
  readonly adjustment: AdjustmentEntry | null;
}

export type BillingRow = Row<FamilyBill, BillLine>;
export type PayrollRow = Row<TeacherPay, PayrollLine>;

export function* billingRows({ period, families }: BillingReport): Generator<BillingRow> {
  for (const statement of families) yield* rowsOf<FamilyBill, BillLine>(period, statement);
}

export function* payrollRows({ period, teachers }: PayrollReport): Generator<PayrollRow> {
  for (const statement of teachers) yield* rowsOf<TeacherPay, PayrollLine>(period, statement);
}

function* rowsOf<
  Statement extends { readonly lines: readonly Line[]; readonly adjustments: readonly AdjustmentEntry[] },
  Line,
>(period: string, statement: Statement): Generator<Row<Statement, Line>> {
  for (const line of statement.lines) yield { period, statement, entry: line, line, adjustment: null };
  for (const adjustment of statement.adjustments) {
    yield { period, statement, entry: adjustment, line: null, adjustment };
  }
}

/** A row of either report. */
export type AnyRow = Row<FamilyBill | TeacherPay, BillLine | PayrollLine>;
