import { payrollReport, type TeacherPay } from '../../core/reports/report.ts';
import { changesSince, droppedPay } from '../../core/reports/versions.ts';
import { waitingParties } from '../../core/reports/waiting.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import type { Refused } from '../../refusal.ts';
import type { StatementQuery } from '../periods/statements.ts';
import { reportView, type ReportView } from './report-view.ts';

/** What teachers are paid for a period. Holds nothing of what families are asked. */
export type Payroll = ReportView<'payroll', TeacherPay>;

export interface PayrollDeps {
  readonly statementQuery: Pick<StatementQuery, 'of'>;
  readonly people: Pick<PeopleStore, 'get'>;
  readonly audit: Pick<AuditLog, 'head'>;
}

/** @param teacherIds these teachers; left out: all of them */
export async function payrollOf(
  deps: PayrollDeps,
  period: string,
  teacherIds?: readonly number[],
): Promise<Payroll | Refused> {
  const { statementQuery, people, audit } = deps;
  const found = await statementQuery.of(period);
  if (found.kind === 'refused') return found;
  const asked = (id: number): boolean => teacherIds === undefined || teacherIds.includes(id);
  const draft = {
    period,
    zone: found.zone,
    statements: found.teachers.filter((statement) => asked(statement.teacherId)),
    blocked: found.lines.blocked.filter(({ personId }) => asked(personId)),
  };
  const nameOf = (id: number): string | null => {
    // A line has the name that its teacher had when it was issued.
    if (found.close !== null && found.lines.pay.some(({ teacherId }) => teacherId === id)) return null;
    const person = people.get(id);
    return person === null ? null : (person.name ?? person.email);
  };
  const [only, ...others] = teacherIds ?? [];
  const partyId = others.length === 0 ? only : undefined;
  const own = payrollReport(draft, nameOf);
  const stated = own.statements.map(({ teacherId }) => ({ familyId: null, personId: teacherId }));
  const waiting = waitingParties(own.blocked, stated, new Map(), () => null);
  const before = await found.replaced();
  const issued = before?.teachers.filter(({ teacherId }) => asked(teacherId)) ?? [];
  const old = payrollReport({ ...draft, statements: issued, blocked: [] }, () => null);
  const statements = [...own.statements, ...droppedPay(period, old.statements, own.statements)];
  const changes = changesSince(period, before && { version: before.version, statements: issued }, statements);
  return reportView('payroll', { ...own, statements }, { partyId, asked, waiting, changes }, found, audit);
}
