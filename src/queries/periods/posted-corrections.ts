import { periodDays } from '../../core/time/calendar.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';

type Books = Pick<MoneyStores, 'periods' | 'adjustments'>;

/**
 * Accepted corrections that are lines of a period: those that were accepted for it and, as long as it is open, those that
 * no other close can take.
 *
 * @returns in order of id
 */
export function correctionsIn(books: Books, period: string): SettledAdjustment[] {
  const own = books.adjustments.list({ postedIn: period }).filter(({ state }) => state === 'accepted');
  return [...own, ...strandedFor(books, period)].sort((a, b) => a.id - b.id);
}

/**
 * Corrections that were accepted for a period of other bounds, which can be closed no more: days of it are closed, or
 * will be by the close of this one. The first close behind the line that they correct takes them.
 *
 * @returns none for a closed period
 */
export function strandedFor({ periods, adjustments }: Books, period: string): SettledAdjustment[] {
  if (periods.standingOf(period) !== null) return [];
  const { first, last } = periodDays(period)!;
  const isLost = (postedIn: string): boolean => {
    const days = periodDays(postedIn)!;
    if (postedIn === period || periods.standingOf(postedIn) !== null) return false;
    const isCut = days.first <= last && first <= days.last;
    return isCut || periods.standingWithin(days.first, days.last).length > 0;
  };
  return adjustments
    .list({})
    .filter(
      ({ state, postedIn, corrects }) =>
        state === 'accepted' && postedIn !== null && periodDays(corrects)!.last < first && isLost(postedIn),
    );
}
