import { billingReport, type FamilyBill } from '../../core/reports/report.ts';
import { changesSince, droppedBills } from '../../core/reports/versions.ts';
import { waitingParties } from '../../core/reports/waiting.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import type { StatementQuery } from '../periods/statements.ts';
import { reportView, type ReportView } from './report-view.ts';

/** What families owe for a period. */
export type Bills = ReportView<'billing', FamilyBill>;

export interface BillsDeps {
  readonly money: Pick<MoneyStores, 'view'>;
  readonly statementQuery: Pick<StatementQuery, 'of'>;
  readonly people: Pick<PeopleStore, 'family'>;
  readonly audit: Pick<AuditLog, 'head'>;
}

/** @param familyId one family; left out: all of them */
export async function billsOf(deps: BillsDeps, period: string, familyId?: number): Promise<Bills | Refused> {
  const { money, statementQuery, people, audit } = deps;
  if (familyId !== undefined && people.family(familyId) === null) {
    return refused('not_found', `there is no family ${familyId}`);
  }
  const found = await statementQuery.of(period);
  if (found.kind === 'refused') return found;
  const familyOf = money.view.familyOf();
  const asked = (id: number | null | undefined): boolean => familyId === undefined || id === familyId;
  const draft = {
    period,
    zone: found.zone,
    statements: found.families.filter((statement) => asked(statement.familyId)),
    blocked: found.lines.blocked.filter(({ personId }) => asked(familyOf.get(personId))),
  };
  const issuedNames = found.issuedNames();
  const namedBy = (names: ReadonlyMap<number, string>) => (id: number) => {
    const family = people.family(id);
    return family === null ? null : { ...family, name: names.get(id) ?? family.name };
  };
  const own = billingReport(draft, namedBy(issuedNames));
  const stated = own.statements.map((bill) => ({ familyId: bill.familyId, personId: bill.studentId }));
  const waiting = waitingParties(own.blocked, stated, familyOf, people.family);
  const before = await found.replaced();
  const issued = before?.families.filter((statement) => asked(statement.familyId)) ?? [];
  const old = billingReport({ ...draft, statements: issued, blocked: [] }, namedBy(before?.familyNames ?? new Map()));
  const statements = [...own.statements, ...droppedBills(period, old.statements, own.statements)];
  const changes = changesSince(period, before && { version: before.version, statements: issued }, statements);
  return reportView(
    'billing',
    { ...own, statements },
    { partyId: familyId, asked: (studentId) => asked(familyOf.get(studentId)), familyOf, waiting, changes },
    found,
    audit,
  );
}
