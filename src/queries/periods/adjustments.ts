import type { MoneyStores } from '../../ledger/money/stores.ts';
import { decidedSince, type CorrectionQuery, type Proposed } from './corrections.ts';
import type { StatementQuery } from './statements.ts';

export interface AdjustmentDeps {
  readonly money: Pick<MoneyStores, 'adjustments' | 'periods' | 'decisions'>;
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
  const reasonsOf = reasonsGiven(money);
  return {
    kind: 'adjustments',
    proposed: proposed.map((one) => ({ ...one, decisionReasons: reasonsOf(one, Infinity) })),
    settled: settled.map((one) => ({ ...one, decisionReasons: reasonsOf(one, one.createdAt) })),
    unresolved,
  } as const;
}

/** What people wrote about the decisions that a correction came from. Statements leave it out. */
function reasonsGiven({ periods, decisions }: Pick<MoneyStores, 'periods' | 'decisions'>) {
  const closes = periods.list();
  const byClass = Map.groupBy(decisions.list({}), ({ classId }) => classId);
  return ({ corrects, adjustment }: Pick<Proposed, 'corrects' | 'adjustment'>, until: number): string[] => {
    const closedAt = Math.max(
      ...closes.flatMap((close) => (close.period === corrects && close.closedAt <= until ? close.closedAt : [])),
    );
    return (byClass.get(adjustment.classId) ?? []).flatMap((decision) => {
      const isOther = decision.personId !== null && decision.personId !== adjustment.personId;
      return isOther ? [] : (decidedSince(decision, closedAt, until)?.reason ?? []);
    });
  };
}
