import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { StatementQuery } from '../../queries/periods/statements.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type ByWithReason } from '../action.ts';

export interface ReopenPeriodDeps extends AuditedDeps {
  readonly money: Pick<MoneyStores, 'periods'>;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
}

/**
 * Opens a closed period again: the issued version is kept, and the next close is its next version.
 *
 * @returns the version that no longer stands
 */
export function reopenPeriod(
  deps: ReopenPeriodDeps,
  period: string,
  by: ByWithReason,
): { readonly kind: 'reopened'; readonly close: Close } | Refused {
  const { money, statementQuery } = deps;
  const wrong = statementQuery.check(period);
  if (wrong !== null) return wrong;
  return audited(deps, by, (note) => {
    const standing = money.periods.standingOf(period) ?? stop(refused('period_open', `${period} is not closed`));
    const close = money.periods.reopen(standing.id, by.actor, by.reason);
    const { version, documentId } = standing;
    const before = { version, document_id: documentId };
    note({ action: 'period.reopen', subject: `period:${period}`, before });
    return { kind: 'reopened', close } as const;
  });
}
