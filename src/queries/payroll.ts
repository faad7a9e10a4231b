import type { Refused } from '../refusal.ts';
import { payrollReport } from '../core/reports/report.ts';
import type { PayrollReport } from '../core/reports/report.ts';
import type { MoneyStores } from '../ledger/money/stores.ts';
import type { AuditHead, AuditLog } from '../ledger/school/audit-log.ts';
import { auditHeadOf } from './statements.ts';
import type { PeriodStatements, StatementQuery } from './statements.ts';

/** What teachers are paid for a period. Holds nothing of what families are asked. */
export interface Payroll {
  readonly kind: 'payroll';
  readonly period: string;
  /** The one teacher who was asked for; null: all of them. */
  readonly teacherId: number | null;
  readonly statements: PeriodStatements;
  readonly report: PayrollReport;
  readonly audit: AuditHead;
}

export interface PayrollDeps {
  readonly stores: Pick<MoneyStores, 'view'>;
  readonly statementQuery: Pick<StatementQuery, 'of'>;
  readonly audit: Pick<AuditLog, 'head'>;
}

/** @param teacherId one teacher; left out: all of them */
export async function payrollOf(deps: PayrollDeps, period: string, teacherId?: number): Promise<Payroll | Refused> {
  const {
    stores: { view },
    statementQuery,
    audit,
  } = deps;
  const statements = await statementQuery.of(period);
  if (statements.kind === 'refused') return statements;
  const own = statements.teachers.filter((one) => teacherId === undefined || one.teacherId === teacherId);
  const report = payrollReport({
    period,
    zone: statements.zone,
    statements: own,
    teacherNames: view.namesOfPeople(own.map((one) => one.teacherId)),
    blocked: statements.lines.blocked.filter(({ personId }) => teacherId === undefined || personId === teacherId),
  });
  return {
    kind: 'payroll',
    period,
    teacherId: teacherId ?? null,
    statements,
    report,
    audit: auditHeadOf(statements, audit),
  };
}
