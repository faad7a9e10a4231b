import { formatAmount } from '../billing/money/money.ts';
import { changesBetween, type StatementChanges } from '../billing/period/changes.ts';
import type { FamilyStatement, TeacherStatement } from '../billing/period/statements.ts';
import { statementReference, type FamilyBill, type TeacherPay } from './report.ts';

/** The version of a period that another one replaces. */
export interface Replaced<Statement> {
  readonly version: number;
  readonly statements: readonly Statement[];
}

/** Reference of a statement → what it says otherwise than the version before; empty: there was none. */
export type Changes = ReadonlyMap<string, StatementChanges>;

export function changesSince<Statement extends FamilyStatement | TeacherStatement>(
  period: string,
  replaced: Replaced<Statement> | null,
  statements: readonly Statement[],
): Changes {
  if (replaced === null) return new Map();
  const before = byReference(period, replaced.statements);
  return new Map(
    [...byReference(period, statements)].map(([reference, statement]) => [
      reference,
      changesBetween(replaced.version, before.get(reference) ?? null, statement),
    ]),
  );
}

/**
 * Statements that the version before had and this one has not. They come to nothing now, which whoever has the old one
 * must be told.
 *
 * @param before with its names
 */
export function droppedBills(
  period: string,
  before: readonly FamilyBill[],
  now: readonly FamilyStatement[],
): FamilyBill[] {
  return dropped(period, before, now).map((bill) => ({
    ...bill,
    lines: [],
    adjustments: [],
    subtotalMinor: 0,
    taxes: [],
    netMinor: 0,
    taxMinor: 0,
    totalMinor: 0,
    total: formatAmount(0, bill.currency),
  }));
}

/** The same of pay. What a teacher owes from earlier periods is told by the statement that has lines. */
export function droppedPay(
  period: string,
  before: readonly TeacherPay[],
  now: readonly TeacherStatement[],
): TeacherPay[] {
  return dropped(period, before, now).map((pay) => ({
    ...pay,
    lines: [],
    adjustments: [],
    totalMinor: 0,
    total: formatAmount(0, pay.currency),
    carriedInMinor: 0,
    payoutMinor: 0,
    carryMinor: 0,
    needsApproval: false,
  }));
}

function dropped<Named extends FamilyBill | TeacherPay>(
  period: string,
  before: readonly Named[],
  now: readonly (FamilyStatement | TeacherStatement)[],
): Named[] {
  const standing = byReference(period, now);
  return before.filter((statement) => !standing.has(statementReference(period, statement)));
}

function byReference<Statement extends FamilyStatement | TeacherStatement>(
  period: string,
  statements: readonly Statement[],
): Map<string, Statement> {
  return new Map(statements.map((statement) => [statementReference(period, statement), statement]));
}
