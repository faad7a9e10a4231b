import type { Refused } from '../refusal.ts';
import { billingReport, statementReference } from '../core/reports/report.ts';
import type { BillingReport, FamilyBill } from '../core/reports/report.ts';
import type { MoneyStores } from '../ledger/money/stores.ts';
import type { AuditHead, AuditLog } from '../ledger/school/audit-log.ts';
import type { PeopleStore } from '../ledger/school/people-store.ts';
import { auditHeadOf } from './statements.ts';
import type { PeriodStatements, StatementQuery } from './statements.ts';

/** What families owe for a period, with what a statement in any form needs beside it. */
export interface Bills {
  readonly kind: 'billing';
  readonly period: string;
  /** The one family that was asked for; null: all of them. */
  readonly familyId: number | null;
  readonly statements: PeriodStatements;
  readonly report: BillingReport;
  /** Where a statement is sent, by its reference. */
  readonly emails: ReadonlyMap<string, string>;
  readonly audit: AuditHead;
}

export interface BillsDeps {
  readonly stores: Pick<MoneyStores, 'view'>;
  readonly statementQuery: Pick<StatementQuery, 'of'>;
  readonly people: Pick<PeopleStore, 'family'>;
  readonly audit: Pick<AuditLog, 'head'>;
}

/** @param familyId one family; left out: all of them */
export async function billsOf(deps: BillsDeps, period: string, familyId?: number): Promise<Bills | Refused> {
  const {
    stores: { view },
    statementQuery,
    people,
    audit,
  } = deps;
  const statements = await statementQuery.of(period);
  if (statements.kind === 'refused') return statements;
  const inFamily = view.familyOf();
  const report = billingReport({
    period,
    zone: statements.zone,
    statements: statements.families.filter((one) => familyId === undefined || one.familyId === familyId),
    familyNames: view.familyNames(),
    blocked: statements.lines.blocked.filter(
      ({ personId }) => familyId === undefined || inFamily.get(personId) === familyId,
    ),
  });
  const emails = new Map(
    report.families.flatMap((bill): [string, string][] => {
      const email = billingEmail(bill, people);
      return email === null ? [] : [[statementReference(period, bill), email]];
    }),
  );
  return {
    kind: 'billing',
    period,
    familyId: familyId ?? null,
    statements,
    report,
    emails,
    audit: auditHeadOf(statements, audit),
  };
}

function billingEmail({ family_id: familyId, lines }: FamilyBill, people: BillsDeps['people']): string | null {
  if (familyId === null) return lines[0]?.student_email ?? null;
  return people.family(familyId)?.billingEmail ?? null;
}
