import { addDays, periodBounds, periodDays } from '../../time/calendar.ts';
import { DAY_MS } from '../../time/duration.ts';

/**
 * `2026-01` → `2026-02`; a span of days → the span of the same length behind it.
 *
 * @param period as `periodDays` reads it
 */
function following(period: string): string {
  const { first, last } = periodDays(period)!;
  const next = addDays(last, 1);
  if (!period.includes('..')) return next.slice(0, 7);
  const { start, end } = periodBounds(`${first}..${last}`, 'UTC');
  const days = (end - start) / DAY_MS;
  return `${next}..${addDays(next, days - 1)}`;
}

/** The first period after one that shares no day with a closed one. */
export function nextOpen(period: string, isClosed: (days: { first: string; last: string }) => boolean): string {
  let next = following(period);
  while (isClosed(periodDays(next)!)) next = following(next);
  return next;
}
