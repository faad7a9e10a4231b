import type { Interval } from './interval.ts';

/** Whether `Temporal` knows the IANA zone. */
export function isZone(zone: string): boolean {
  try {
    Temporal.PlainDate.from('2000-01-01').toZonedDateTime(zone);
    return true;
  } catch {
    return false;
  }
}

/** Whether two names, each of a zone that {@link isZone} knows, are of one zone: Asia/Calcutta is Asia/Kolkata. */
export function sameZone(a: string, b: string): boolean {
  return new Temporal.ZonedDateTime(0n, a).equals(new Temporal.ZonedDateTime(0n, b));
}

/** An instant as RFC 3339 UTC: `2026-01-16T15:00:00Z`, with three decimals only where the second is not whole. */
export function formatInstant(at: number): string {
  const smallestUnit = at % 1000 === 0 ? 'second' : 'millisecond';
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit });
}

/** The day of an instant as `YYYY-MM-DD` on the wall calendar of a zone. */
export function localDate(at: number, zone: string): string {
  return zoned(at, zone).toPlainDate().toString();
}

/** The wall clock time of an instant as `HH:MM`. */
export function clockTime(at: number, zone: string): string {
  return zoned(at, zone).toPlainTime().toString({ smallestUnit: 'minute' });
}

function zoned(at: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

/** What somebody is told who gives something else for a day. */
export const A_DAY = 'must be a day such as 2026-01-31';

/** Whether the text is a day that exists, as `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}

/** `YYYY-MM-DD` moved by whole days. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/**
 * `YYYY-MM-DD` moved by whole months. A day that the month lacks becomes its last: 29 February is the 28th in a common
 * year. Count from the first date of a series, not from the last one: 31 January, 28 February, 31 March.
 */
export function addMonths(date: string, months: number): string {
  return Temporal.PlainDate.from(date).add({ months }, { overflow: 'constrain' }).toString();
}

/** The first instant of a day: midnight, or the first minute that exists where clocks jump over it. */
export function startOfDay(date: string, zone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
}

/**
 * The days of a period.
 *
 * @param period a month `2026-01`, or first and last day `2026-01-05..2026-01-18` (two weeks, or any custom span)
 * @returns first and last day, both included; null where the text is neither
 */
export function periodDays(period: string): { readonly first: string; readonly last: string } | null {
  if (/^\d{4}-\d{2}$/.test(period)) {
    const first = `${period}-01`;
    return isDate(first) ? { first, last: addDays(addMonths(first, 1), -1) } : null;
  }
  const [first, last, ...rest] = period.split('..');
  if (first === undefined || last === undefined || rest.length > 0) return null;
  return isDate(first) && isDate(last) && first <= last ? { first, last } : null;
}

/** Why {@link periodDays} reads no period in a text, in words that follow the name of its field. */
export function periodFault(period: string): string {
  if (/^\d{4}-\d{2}$/.test(period)) return `there is no month ${period}`;
  const days = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/.exec(period)?.slice(1) ?? [];
  const unknown = days.find((day) => !isDate(day));
  if (unknown !== undefined) return `there is no day ${unknown}`;
  return days.length === 0
    ? 'must be a month such as 2026-01, or two days such as 2026-01-05..2026-01-18'
    : 'ends before it begins: the first day comes first';
}

/**
 * The instants of a period, `[start, end)`.
 *
 * @throws {RangeError} the text is not a period; ask `periodDays` first
 */
export function periodBounds(period: string, zone: string): Interval {
  const days = periodDays(period);
  if (days === null) throw new RangeError(`not a period: ${period}`);
  return { start: startOfDay(days.first, zone), end: startOfDay(addDays(days.last, 1), zone) };
}

/** The month that holds a day. */
export function monthOf(date: string): string {
  return date.slice(0, 7);
}

export type WallTime =
  | { readonly kind: 'exact'; readonly at: number }
  /** The hour that clocks repeat in autumn: `at` is the first of the two. */
  | { readonly kind: 'ambiguous'; readonly at: number; readonly second: number }
  /** The hour that clocks skip in spring: `at` is as long after the jump as the text is after its start. */
  | { readonly kind: 'gap'; readonly at: number };

/**
 * The instant of a wall clock time.
 *
 * @param local `2026-03-29T00:30`, seconds optional, no offset
 * @throws {RangeError} not a time
 */
export function wallTime(local: string, zone: string): WallTime {
  const wanted = Temporal.PlainDateTime.from(local);
  const earlier = wanted.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = wanted.toZonedDateTime(zone, { disambiguation: 'later' });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return { kind: 'exact', at: earlier.epochMilliseconds };
  if (earlier.toPlainDateTime().equals(wanted)) {
    return { kind: 'ambiguous', at: earlier.epochMilliseconds, second: later.epochMilliseconds };
  }
  return { kind: 'gap', at: later.epochMilliseconds };
}
