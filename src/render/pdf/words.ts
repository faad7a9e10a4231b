import { counted } from '../../core/counted.ts';
import { periodDays } from '../../core/time/calendar.ts';
import { longDate } from '../../core/time/date-words.ts';

/** `January 2026`, or `5 January 2026 to 18 January 2026`. */
export function periodWords(period: string): string {
  const days = periodDays(period);
  if (days === null) return period;
  if (period.length > 7) return `${longDate(days.first)} to ${longDate(days.last)}`;
  return longDate(days.first).slice(2);
}

/** Decimal text with a comma at every thousand: `1,234.50`. */
export function grouped(amount: string): string {
  const [whole = '', decimals] = amount.split('.');
  const spaced = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return decimals === undefined ? spaced : `${spaced}.${decimals}`;
}

/** A count with its noun and a comma at every thousand: `1,234 entries`. */
export function countedInThousands(...count: Parameters<typeof counted>): string {
  return counted(...count).replace(/^\d+/, grouped);
}

/** Minutes with two decimals at most, and none that is a zero. */
export function minutesText(minutes: number): string {
  return grouped(String(Math.round(minutes * 100) / 100));
}
