import { isDeepStrictEqual } from 'node:util';

import type { Logger } from 'pino';

import { exceptionsOf, type Invariant } from '../../core/billing/period/audit.ts';
import { freezePeriod, hashOfLines, periodDocument } from '../../core/billing/period/document.ts';
import { againstText } from '../../core/billing/period/exceptions.ts';
import { totalsOf } from '../../core/billing/period/statements.ts';
import { WORDING } from '../../core/billing/period/wording.ts';
import { policiesOf } from '../../core/billing/policy/policy.ts';
import { counted } from '../../core/counted.ts';
import { periodDays } from '../../core/time/calendar.ts';
import type { LogStore } from '../../ledger/attendance/log-store.ts';
import type { Anchors } from '../../ledger/files/anchors.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { SettingsStore } from '../../ledger/school/settings-store.ts';
import { auditOf, closedDays, type PeriodAudit, type PeriodAuditDeps } from '../../queries/periods/period-audit.ts';
import type { LineQuery } from '../../queries/periods/period-lines.ts';
import { correctionsIn } from '../../queries/periods/posted-corrections.ts';
import { invalid, refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type By } from '../action.ts';

export interface ClosePeriodDeps extends PeriodAuditDeps, AuditedDeps {
  readonly money: MoneyStores;
  readonly lineQuery: Pick<LineQuery, 'calendarOf'>;
  readonly settings: Pick<SettingsStore, 'versions'>;
  readonly logStore: Pick<LogStore, 'awaitingCount'>;
  readonly audit: Pick<AuditLog, 'append' | 'appendRest' | 'unnoted' | 'head'>;
  readonly anchors: Pick<Anchors, 'note'>;
  readonly log: Logger;
}

/**
 * Freezes a period. Refused unless it is clean, or closed with its exceptions on the cover.
 *
 * @param wish `exceptions`: close although some claims do not hold, which needs a reason
 */
export async function closePeriod(
  deps: ClosePeriodDeps,
  period: string,
  { exceptions = false }: { readonly exceptions?: boolean | undefined },
  by: By,
): Promise<{ readonly kind: 'closed'; readonly close: Close } | Refused> {
  const { money, audit } = deps;
  const wrong = deps.statementQuery.check(period) ?? closedAlready(money, period);
  if (wrong !== null) return wrong;
  const stale = staleIn(deps, period);
  if (stale !== null) return stale;
  const settingsVersion = lastVersion(deps);
  const found = await auditOf(deps, period);
  if (found.kind === 'refused') return found;
  // Somebody else may have closed it while its lines were computed.
  const meanwhile = closedAlready(money, period);
  if (meanwhile !== null) return meanwhile;
  const failed = found.invariants.filter(({ holds, severity }) => !holds && severity !== 'warns');
  const complaints = failed.flatMap(({ name, against }) =>
    against.map((item) => ({ path: name, message: againstText(item) })),
  );
  if (found.closable === 'no') {
    return refused('period_not_clean', `${period} cannot be closed: ${problemsOf(failed)}`, complaints);
  }
  if (found.closable === 'with_exceptions') {
    if (!exceptions) {
      const message = `${period} is not ready to be closed: ${problemsOf(failed)}. Settle them, or close it with exceptions and a reason`;
      return refused('period_not_clean', message, complaints);
    }
    if (by.reason === undefined || by.reason === null) {
      return invalid([{ path: 'reason', message: 'is missing: say why the period is closed with exceptions' }]);
    }
  }
  const { first, last } = periodDays(period)!;
  const { start: startsAt, end: endsAt } = deps.lineQuery.calendarOf(period);
  const frozen = freeze(money, found);
  const closed = audited(deps, by, (note) => {
    // Somebody else may have closed it while its lines were computed.
    const late = closedAlready(money, period);
    if (late !== null) stop(late);
    if (lastVersion(deps) !== settingsVersion) {
      stop(refused('period_not_clean', `the settings changed while ${period} was computed: close it again`));
    }
    const corrections = correctionsIn(money, period);
    const posted = corrections.map(({ adjustment }) => adjustment.adjustmentId);
    const moved = corrections.filter(({ postedIn }) => postedIn !== period);
    if (
      !isDeepStrictEqual(posted.sort(), found.statements.adjustments.map(({ adjustmentId }) => adjustmentId).sort())
    ) {
      stop(refused('period_not_clean', `corrections were answered while ${period} was computed: close it again`));
    }
    money.adjustments.move(
      moved.map(({ id }) => id),
      period,
    );
    const { version, documentId, linesHash, document, lines } = frozen;
    const totals = totalsOf(found.statements);
    const after = {
      version,
      document_id: documentId,
      lines_hash: linesHash,
      lines: lines.length,
      totals,
      ...(moved.length === 0 ? {} : { moved_adjustments: moved.map(movedOf) }),
    };
    const before = audit.head();
    const { id } = money.periods.save({
      period,
      firstDay: first,
      lastDay: last,
      zone: found.statements.zone,
      startsAt,
      endsAt,
      settingsVersion,
      wording: WORDING,
      document,
      documentId,
      linesHash,
      exceptions: frozen.exceptions,
      carries: frozen.carries.map(({ teacherId, currency, carryMinor }) => ({ teacherId, currency, carryMinor })),
      auditHead: before.head,
      auditCount: before.count,
      reason: by.reason ?? null,
      closedBy: by.actor,
      lines,
    });
    note({ action: 'period.close', subject: `period:${period}`, after });
    return { kind: 'closed', close: money.periods.seal(id, audit.head()) } as const;
  });
  if (closed.kind === 'closed') anchor(deps, closed.close);
  return closed;
}

/** A correction that was accepted for a period of other bounds, for the audit log. */
function movedOf({ adjustment, postedIn }: SettledAdjustment) {
  return { adjustment_id: adjustment.adjustmentId, was_posted_in: postedIn };
}

function lastVersion({ settings }: Pick<ClosePeriodDeps, 'settings'>): number {
  return settings.versions().at(-1)?.id ?? 0;
}

/** The period is closed whether or not its end of the audit log can be noted elsewhere. */
function anchor({ anchors, log }: ClosePeriodDeps, { period, auditHead, auditCount }: Close): void {
  try {
    anchors.note({ head: auditHead, count: auditCount }, `close ${period}`);
  } catch (err) {
    log.error({ err }, 'anchor not written');
  }
}

/** After an upgrade logs are derived again beside the work of the daemon: what is issued follows from all of them. */
function staleIn({ logStore, lineQuery }: ClosePeriodDeps, period: string): Refused | null {
  const waiting = logStore.awaitingCount(lineQuery.calendarOf(period));
  if (waiting === 0) return null;
  const message = `the logs of ${counted(waiting, 'class', 'classes')} of ${period} are still derived again by the rules of this version ("logs_to_derive" in /monitoring/status): try again in a minute`;
  return refused('period_not_clean', message);
}

function closedAlready(money: MoneyStores, period: string): Refused | null {
  const [message] = closedDays(money, period);
  return message === undefined ? null : refused('period_closed', message);
}

function freeze({ periods, policy, view }: MoneyStores, { statements, invariants }: PeriodAudit) {
  const { period, zone, lines } = statements;
  const familyNames = view.familyNames();
  const version = periods.nextVersion(period);
  const exceptions = exceptionsOf(invariants, lines, view.familyOf());
  const carries = statements.teachers.filter(({ carryMinor }) => carryMinor < 0);
  const issued = periodDocument(
    {
      period,
      version,
      zone,
      policies: policiesOf(policy.versions(), periodDays(period)!),
      charges: lines.charges,
      pay: lines.pay,
      adjustments: statements.adjustments,
      exceptions,
      blocked: lines.blocked,
      carries: carries.map(({ teacherEmail, currency, carryMinor }) => ({
        teacher: teacherEmail,
        currency,
        minor: carryMinor,
      })),
    },
    { family: (id) => familyNames.get(id) ?? `family ${id}` },
  );
  const { id, json } = freezePeriod(issued);
  const all = [...lines.charges, ...lines.pay];
  return { version, exceptions, carries, documentId: id, document: json, lines: all, linesHash: hashOfLines(all) };
}

function problemsOf(failed: readonly Invariant[]): string {
  return failed.map(({ problem }) => problem).join(', ');
}
