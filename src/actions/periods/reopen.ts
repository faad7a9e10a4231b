import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { StatementQuery } from '../../queries/periods/statements.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type ByWithReason } from '../action.ts';
import { rebuildJudgedAnew, type RebuildDeps } from '../school/rebuild.ts';

export interface ReopenPeriodDeps extends AuditedDeps, RebuildDeps {
  readonly money: Pick<MoneyStores, 'periods' | 'adjustments'>;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
}

/**
 * Opens a closed period again: the issued version is kept, and the next close is its next version. That one is computed
 * with everything that is known by then, so a correction of this one that was posted and not yet issued is withdrawn:
 * otherwise it would count twice.
 *
 * @returns the version that no longer stands, and the corrections that were withdrawn
 */
export function reopenPeriod(
  deps: ReopenPeriodDeps,
  period: string,
  by: ByWithReason,
): { readonly kind: 'reopened'; readonly close: Close; readonly withdrawn: readonly SettledAdjustment[] } | Refused {
  const { money, statementQuery } = deps;
  const wrong = statementQuery.check(period);
  if (wrong !== null) return wrong;
  return audited(deps, by, (note) => {
    const standing = money.periods.standingOf(period) ?? stop(refused('period_open', `${period} is not closed`));
    const close = money.periods.reopen(standing.id, by.actor, by.reason);
    const { version, documentId } = standing;
    const before = { version, document_id: documentId };
    const notIssued = money.adjustments
      .list({ corrects: period })
      .filter(({ state, postedIn }) => state === 'accepted' && money.periods.standingOf(postedIn!) === null);
    const withdrawn = money.adjustments.withdraw(notIssued.map(({ id }) => id));
    const ids = withdrawn.map(({ adjustment }) => adjustment.adjustmentId);
    const after = ids.length === 0 ? {} : { after: { withdrawn_adjustments: ids } };
    // From now on its classes follow the rules of the school as they are.
    const { settingsVersion: sinceVersion, startsAt: from, endsAt: to } = standing;
    rebuildJudgedAnew(deps, { sinceVersion, from, to }, by.actor);
    note({ action: 'period.reopen', subject: `period:${period}`, before, ...after });
    return { kind: 'reopened', close, withdrawn } as const;
  });
}
