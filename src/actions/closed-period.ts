import type { MoneyStores } from '../ledger/money/stores.ts';
import { refused } from '../refusal.ts';
import { refuseField, stop, type By } from './action.ts';

/** `adjustment`: what was issued stays as it is, and the difference waits as a correction for an open period. */
export const CHANGED_AS = ['adjustment'] as const;

/** Who changes something about a class, why, and how it is meant where its period is closed. */
export type ByAs<Who extends By = By> = Who & { readonly as?: (typeof CHANGED_AS)[number] | undefined };

/** What the answer of a change says where it is about a closed period. */
export function proposedInstead(period: string): string {
  return `${period} is closed and stays as it was issued: the difference is proposed in GET /api/adjustments`;
}

/**
 * A change about a class of a closed period never touches what was issued. It is refused unless whoever makes it says
 * that it is meant as an adjustment, and why.
 *
 * @param starts where the class starts, before the change and after it
 * @returns the closed periods that the change is about
 */
export function closedPeriodsOf(
  { money }: { readonly money: Pick<MoneyStores, 'periods'> },
  classId: number,
  starts: readonly number[],
  { as, reason }: ByAs,
): string[] {
  const closed = [...new Set(starts.flatMap((start) => money.periods.standingAt(start)?.period ?? []))];
  const [period] = closed;
  if (period === undefined) return closed;
  if (as === undefined) {
    const message = `class ${classId} is in ${period}, which is closed: say with a reason that it is meant as an adjustment ("as": "adjustment"), so that what was issued stays and the difference is proposed for an open period, or reopen ${period} first`;
    stop(refused('period_closed', message));
  }
  if (reason === undefined || reason === null || reason.trim() === '') {
    refuseField('reason', `is missing: say why, since ${period} is closed`);
  }
  return closed;
}
