import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { CorrectionQuery } from './corrections.ts';
import type { StatementQuery } from './statements.ts';

export interface AdjustmentDeps {
  readonly money: Pick<MoneyStores, 'adjustments'>;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
  readonly correctionQuery: Pick<CorrectionQuery, 'waiting'>;
}

export interface AdjustmentFilter {
  /** The closed period that they correct. */
  readonly period?: string | undefined;
  readonly state?: 'proposed' | 'accepted' | 'rejected' | 'withdrawn' | undefined;
}

/**
 * Corrections of closed periods: those that wait, computed anew, and those that a person settled. Refused: no such period.
 *
 * @returns `unresolved`: closed lines that cannot be computed again yet
 */
export async function adjustmentsOf(deps: AdjustmentDeps, { period, state }: AdjustmentFilter) {
  const { money, statementQuery, correctionQuery } = deps;
  const wrong = period === undefined ? null : statementQuery.check(period);
  if (wrong !== null) return wrong;
  const waits = state === undefined || state === 'proposed';
  const { proposed, unresolved } = waits ? await correctionQuery.waiting(period) : { proposed: [], unresolved: [] };
  const settled = money.adjustments
    .list(period === undefined ? {} : { corrects: period })
    .filter((correction) => state === undefined || correction.state === state);
  return { kind: 'adjustments', proposed, settled, unresolved } as const;
}
