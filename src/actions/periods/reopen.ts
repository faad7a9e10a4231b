import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { StatementQuery } from '../../queries/statements.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, refuse, type AuditedDeps, type WithReason } from '../action.ts';
import type { ClosedPeriod } from './close.ts';

export interface ReopenPeriodDeps extends AuditedDeps {
  readonly stores: Pick<MoneyStores, 'periods'>;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
}

/** Opens a closed period again: what was issued stays kept, and the next close is its next version. */
export function reopenPeriod(deps: ReopenPeriodDeps, period: string, by: WithReason): ClosedPeriod | Refused {
  const { stores, statementQuery } = deps;
  const wrong = statementQuery.check(period);
  if (wrong !== null) return wrong;
  return audited(deps, by, (record) => {
    const standing = stores.periods.standingOf(period) ?? refuse(refused('period_open', `${period} is not closed`));
    const close = stores.periods.reopen(standing.id, by.actor, by.reason);
    const { version, documentId } = standing;
    const before = { version, document_id: documentId };
    record({ action: 'period.reopen', subject: `period:${period}`, before });
    return { kind: 'closed', close } as const;
  });
}
