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
