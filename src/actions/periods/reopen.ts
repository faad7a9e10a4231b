import { refuse, storedOrRefused } from '../action.ts';
import { refused } from '../../refusal.ts';
import type { By } from '../action.ts';
import type { Refused } from '../../refusal.ts';
import type { Database } from '../../ledger/database.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { StatementQuery } from '../../queries/statements.ts';
import type { ClosedPeriod } from './close.ts';

export interface ReopenPeriodDeps {
  readonly database: Pick<Database, 'write'>;
  readonly stores: Pick<MoneyStores, 'periods'>;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
  readonly audit: Pick<AuditLog, 'append'>;
}

/** Opens a closed period again: what was issued stays kept, and the next close is its next version. */
export function reopenPeriod(
  { database, stores, statementQuery, audit }: ReopenPeriodDeps,
  period: string,
  by: By & { readonly reason: string },
): ClosedPeriod | Refused {
  const wrong = statementQuery.check(period);
  if (wrong !== null) return wrong;
  return storedOrRefused(database.write, () => {
    const standing = stores.periods.standingOf(period) ?? refuse(refused('period_open', `${period} is not closed`));
    const close = stores.periods.reopen(standing.id, by.actor, by.reason);
    const { version, documentId } = standing;
    const before = { version, document_id: documentId };
    audit.append({ ...by, action: 'period.reopen', subject: `period:${period}`, before });
    return { kind: 'closed', close } as const;
  });
}
