import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import { decidedSince, isRejectedOf, type CorrectionQuery, type Proposed } from './corrections.ts';
import type { StatementQuery } from './statements.ts';

export interface AdjustmentDeps {
  readonly money: Pick<MoneyStores, 'adjustments' | 'periods' | 'decisions'>;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
  readonly correctionQuery: Pick<CorrectionQuery, 'waiting'>;
  readonly audit: Pick<AuditLog, 'list'>;
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
    .map((correction) => asItHolds(money.periods, correction))
    .filter((correction) => state === undefined || correction.state === state);
  const reasonsOf = reasonsGiven(deps);
  return {
    kind: 'adjustments',
    proposed: proposed.map((one) => ({ ...one, decisionReasons: reasonsOf(one, Infinity) })),
    settled: settled.map((one) => ({ ...one, decisionReasons: reasonsOf(one, one.createdAt) })),
    unresolved,
  } as const;
}

/** A rejection holds as long as the version of the period stands that it was about. */
function asItHolds(
  periods: Pick<MoneyStores['periods'], 'standingOf'>,
  correction: SettledAdjustment,
): SettledAdjustment {
  if (correction.state !== 'rejected') return correction;
  const close = periods.standingOf(correction.corrects);
  return close !== null && isRejectedOf(close)(correction) ? correction : { ...correction, state: 'withdrawn' };
}

/** What people wrote about the decisions and changes that a correction came from. Statements leave it out. */
function reasonsGiven({ money: { periods, decisions }, audit }: Pick<AdjustmentDeps, 'money' | 'audit'>) {
  const closes = periods.list();
  const byClass = Map.groupBy(decisions.list({}), ({ classId }) => classId);
  return ({ corrects, adjustment }: Pick<Proposed, 'corrects' | 'adjustment'>, until: number): string[] => {
    const { classId, personId } = adjustment;
    const closedAt = Math.max(
      ...closes.flatMap((close) => (close.period === corrects && close.closedAt <= until ? close.closedAt : [])),
    );
    const decided = (byClass.get(classId) ?? []).flatMap((decision) => {
      const isOther = decision.personId !== null && decision.personId !== personId;
      return isOther ? [] : (decidedSince(decision, closedAt, until)?.reason ?? []);
    });
    return [...decided, ...changedSince({ audit }, classId, { closedAt, until })];
  };
}

/** Changes of a class itself that may move what it costs. */
const CHANGES: ReadonlySet<string> = new Set(['class.change', 'class.reinstate']);
/** Nobody reads more reasons than this beside one correction. */
const MOST_CHANGES = 20;

/** What people wrote about changes of a class after a close, the oldest first. */
function changedSince(
  { audit }: Pick<AdjustmentDeps, 'audit'>,
  classId: number,
  { closedAt, until }: { readonly closedAt: number; readonly until: number },
): string[] {
  return audit
    .list({ subject: `class:${classId}`, limit: MOST_CHANGES })
    .items.filter(({ action, at }) => CHANGES.has(action) && closedAt <= at && at <= until)
    .flatMap(({ reason }) => reason ?? [])
    .reverse();
}
