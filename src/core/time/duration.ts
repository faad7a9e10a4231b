export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/**
 * Time as minutes for people, to two decimals: 56:40 is `56.67`. For reports only; money is computed from the
 * milliseconds.
 */
export function minutesOf(ms: number): number {
  return Math.round(ms / 600) / 100;
}

/** `m:ss`, with milliseconds only where the second is not whole. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const rest = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}${rest}`;
}
