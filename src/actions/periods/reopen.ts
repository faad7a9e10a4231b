import { offsetsOf } from '../../core/billing/period/adjustments.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import { contentHash, isRejectedOf } from '../../queries/periods/corrections.ts';
import type { StatementQuery } from '../../queries/periods/statements.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type ByWithReason } from '../action.ts';
import { rebuildJudgedAnew, type RebuildDeps } from '../school/rebuild.ts';

export interface ReopenPeriodDeps extends AuditedDeps, RebuildDeps {
  readonly money: Pick<MoneyStores, 'periods' | 'adjustments'>;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
}

export interface Reopened {
  readonly kind: 'reopened';
  /** The version that no longer stands. */
  readonly close: Close;
  readonly withdrawn: readonly SettledAdjustment[];
  readonly takenOff: readonly SettledAdjustment[];
  /** Corrections whose rejection falls away. */
  readonly dropped: readonly SettledAdjustment[];
}

/**
 * Opens a closed period again: the issued version is kept, and the next close is its next version. That one is computed
 * with everything that is known by then, so its corrections would count twice: one that was posted and not yet issued is
 * withdrawn, and what was issued in other periods is taken off in this one. Rejections fall away: what was rejected is
 * part of the next version.
 */
export function reopenPeriod(deps: ReopenPeriodDeps, period: string, by: ByWithReason): Reopened | Refused {
  const { money, statementQuery } = deps;
  const wrong = statementQuery.check(period);
  if (wrong !== null) return wrong;
  return audited(deps, by, (note) => {
    const standing =
      money.periods.standingOf(period) ??
      stop(refused('period_open', `${period} is not closed: there is nothing to reopen`));
    const close = money.periods.reopen(standing.id, by.actor, by.reason);
    const { version, documentId } = standing;
    const before = { version, document_id: documentId };
    const dropped = money.adjustments.list({ corrects: period }).filter(isRejectedOf(standing));
    const withdrawn = withdraw(money, period);
    const takenOff = takeOff(money, period, by);
    const idsOf = (of: readonly SettledAdjustment[]) => of.map(({ adjustment }) => adjustment.adjustmentId);
    const after = {
      ...(withdrawn.length === 0 ? {} : { withdrawn_adjustments: idsOf(withdrawn) }),
      ...(takenOff.length === 0 ? {} : { taken_off_adjustments: idsOf(takenOff) }),
      ...(dropped.length === 0 ? {} : { dropped_rejections: idsOf(dropped) }),
    };
    // From now on its classes follow the rules of the school as they are.
    const { settingsVersion: sinceVersion, startsAt: from, endsAt: to } = standing;
    rebuildJudgedAnew(deps, { sinceVersion, from, to }, by.actor);
    note({
      action: 'period.reopen',
      subject: `period:${period}`,
      before,
      ...(Object.keys(after).length === 0 ? {} : { after }),
    });
    return { kind: 'reopened', close, withdrawn, takenOff, dropped } as const;
  });
}

type Books = ReopenPeriodDeps['money'];

/** Corrections of the period that are lines of another one that is still open. What it takes off itself stays. */
function withdraw({ periods, adjustments }: Books, period: string): SettledAdjustment[] {
  const notIssued = adjustments
    .list({ corrects: period })
    .filter(({ state, postedIn }) => state === 'accepted' && postedIn !== period)
    .filter(({ postedIn }) => periods.standingOf(postedIn!) === null);
  return adjustments.withdraw(notIssued.map(({ id }) => id));
}

function takeOff({ adjustments }: Books, period: string, { actor, reason }: ByWithReason): SettledAdjustment[] {
  const standing = adjustments
    .list({ corrects: period })
    .flatMap(({ state, adjustment, postedIn }) =>
      state === 'accepted' && postedIn !== null ? [{ adjustment, postedIn }] : [],
    );
  const numbersGiven = adjustments.numbersGiven();
  return offsetsOf(standing, (lineId) => numbersGiven.get(lineId) ?? 0).map((adjustment) =>
    adjustments.save({
      adjustment,
      corrects: period,
      state: 'accepted',
      postedIn: period,
      contentHash: contentHash(adjustment),
      actor,
      reason,
    }),
  );
}
