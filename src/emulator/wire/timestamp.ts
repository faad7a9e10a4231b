import { hash } from '../random.ts';

/**
 * An instant as Google writes it: RFC 3339 in UTC with 0, 3, 6 or 9 fractional digits. How many, and what stands below
 * the millisecond, depends on the instant and the seed alone, so that a value read twice is the same text.
 */
export function timestamp(seed: number, instant: number): string {
  const [seconds = '', millis = ''] = new Date(instant).toISOString().slice(0, -1).split('.');
  const chance = hash(seed, String(instant));
  const finer = String(chance % 1_000_000).padStart(6, '0');
  // Dropping the digits is allowed only where they are all zero.
  switch (millis === '000' ? chance % 4 : 1 + (chance % 3)) {
    case 0:
      return `${seconds}Z`;
    case 1:
      return `${seconds}.${millis}Z`;
    case 2:
      return `${seconds}.${millis}${finer.slice(0, 3)}Z`;
    default:
      return `${seconds}.${millis}${finer}Z`;
  }
}

/** RFC 3339 text → epoch ms, finer digits dropped; null if it is anything else. An offset is mandatory. */
export function parseTimestamp(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}
