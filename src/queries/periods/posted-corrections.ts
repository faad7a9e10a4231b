import { periodDays } from '../../core/time/calendar.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';

type Books = Pick<MoneyStores, 'periods' | 'adjustments'>;

/**
 * Accepted corrections that are lines of a period: those that were accepted for it and, as long as it is open, those that
 * were accepted for a period of other bounds, which can be closed no more: days of it are closed, or will be by the close
 * of this one. The first close behind the line that they correct takes them.
 *
 * @returns in order of id
 */
export function correctionsIn({ periods, adjustments }: Books, period: string): SettledAdjustment[] {
  const { first, last } = periodDays(period)!;
  const isLost = (postedIn: string): boolean => {
    const days = periodDays(postedIn)!;
    if (postedIn === period || periods.standingOf(postedIn) !== null) return false;
    const isCut = days.first <= last && first <= days.last;
    return isCut || periods.standingWithin(days.first, days.last).length > 0;
  };
  const lost = periods.standingOf(period) === null ? adjustments.periodsPostedIn().filter(isLost) : [];
  const stranded = lost
    .flatMap((postedIn) => adjustments.list({ postedIn }))
    .filter(({ corrects }) => periodDays(corrects)!.last < first);
  return [...adjustments.list({ postedIn: period }), ...stranded]
    .filter(({ state }) => state === 'accepted')
    .sort((a, b) => a.id - b.id);
}
