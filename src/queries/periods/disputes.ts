import type { Dispute, DisputeFilter } from '../../ledger/money/pay-answer-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { Refused } from '../../refusal.ts';
import type { StatementQuery } from './statements.ts';

export interface DisputeDeps {
  readonly money: Pick<MoneyStores, 'payAnswers'>;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
}

/** Disputed pay in order of its number. Refused: no such period. */
export function disputesOf(
  { money, statementQuery }: DisputeDeps,
  filter: DisputeFilter,
): { readonly kind: 'disputes'; readonly disputes: readonly Dispute[] } | Refused {
  const wrong = filter.period === undefined ? null : statementQuery.check(filter.period);
  return wrong ?? { kind: 'disputes', disputes: money.payAnswers.disputes(filter) };
}
