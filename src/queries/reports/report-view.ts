import { parseLineId } from '../../core/billing/line-id.ts';
import type { PeriodException } from '../../core/billing/period/exceptions.ts';
import type { Report } from '../../core/reports/report.ts';
import type { Changes } from '../../core/reports/versions.ts';
import type { WaitingParty } from '../../core/reports/waiting.ts';
import type { AuditHead } from '../../ledger/school/audit-chain.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { PeriodStatements } from '../periods/statements.ts';

/** The report of one side of a period, with what any form of it says beside the lines. */
export interface ReportView<Kind, Statement>
  extends Report<Statement>, Pick<PeriodStatements, 'close' | 'creditsNamed' | 'school' | 'version'> {
  readonly kind: Kind;
  /** The one family or teacher that was asked for; null: all of them. */
  readonly partyId: number | null;
  /** What each statement says otherwise than the version that it replaces. */
  readonly changes: Changes;
  /** Of a draft: those who have lines and no statement, because none of these has an amount yet. */
  readonly waiting: readonly WaitingParty[];
  /** Of bills: student → family as it is now, which says whose lines have no amount yet. */
  readonly familyOf?: ReadonlyMap<number, number> | undefined;
  /** When the period was closed, or now while it is open. */
  readonly audit: AuditHead;
  /** What stood against the close: of the whole period, and of the lines of this side that were asked for. */
  readonly exceptions: readonly PeriodException[];
}

/** Whose report it is. */
interface Asked {
  /** Undefined: everybody's. */
  readonly partyId: number | undefined;
  /** Whether the line of a student or teacher belongs to it. */
  readonly asked: (personId: number) => boolean;
  readonly familyOf?: ReadonlyMap<number, number>;
  readonly waiting: readonly WaitingParty[];
  readonly changes: Changes;
}

export function reportView<Kind extends 'billing' | 'payroll', Statement>(
  kind: Kind,
  report: Report<Statement>,
  { partyId, asked, familyOf, waiting, changes }: Asked,
  { close, creditsNamed, school, version }: PeriodStatements,
  audit: Pick<AuditLog, 'head'>,
): ReportView<Kind, Statement> {
  const head = close === null ? audit.head() : { head: close.auditHead, count: close.auditCount };
  const side = kind === 'billing' ? 'charge' : 'pay';
  const exceptions = (close?.exceptions ?? []).filter(({ lineId }) => {
    const line = lineId === null ? null : parseLineId(lineId);
    return line === null || (line.side === side && asked(line.personId));
  });
  const of = { kind, ...report, partyId: partyId ?? null, familyOf, waiting, changes };
  return { ...of, close, creditsNamed, school, version, audit: head, exceptions };
}
