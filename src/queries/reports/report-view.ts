import type { Report } from '../../core/reports/report.ts';
import type { AuditHead } from '../../ledger/school/audit-chain.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { PeriodStatements } from '../periods/statements.ts';

/** The report of one side of a period, with what any form of it says beside the lines. */
export interface ReportView<Kind, Statement>
  extends Report<Statement>, Pick<PeriodStatements, 'close' | 'creditsNamed' | 'school'> {
  readonly kind: Kind;
  /** The one family or teacher that was asked for; null: all of them. */
  readonly partyId: number | null;
  /** When the period was closed, or now while it is open. */
  readonly audit: AuditHead;
}

export function reportView<Kind, Statement>(
  kind: Kind,
  report: Report<Statement>,
  partyId: number | undefined,
  { close, creditsNamed, school }: PeriodStatements,
  audit: Pick<AuditLog, 'head'>,
): ReportView<Kind, Statement> {
  const head = close === null ? audit.head() : { head: close.auditHead, count: close.auditCount };
  return { kind, ...report, partyId: partyId ?? null, close, creditsNamed, school, audit: head };
}
