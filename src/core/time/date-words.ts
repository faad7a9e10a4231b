import { periodDays } from './calendar.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

// Spelled here and not by Intl, whose words change between versions: a statement stays the same bytes.

/** `16 January 2026` of `2026-01-16`. */
export function longDate(date: string): string {
  const { year, month, day } = Temporal.PlainDate.from(date);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

/** `16 Jan 2026` of `2026-01-16`. */
export function shortDate(date: string): string {
  const { year, month, day } = Temporal.PlainDate.from(date);
  return `${day} ${MONTHS[month - 1]?.slice(0, 3)} ${year}`;
}

/** `January 2026`, or `5 January 2026 to 18 January 2026`. */
export function periodWords(period: string): string {
  const days = periodDays(period);
  if (days === null) return period;
  if (period.length > 7) return `${longDate(days.first)} to ${longDate(days.last)}`;
  return longDate(days.first).slice(2);
}
