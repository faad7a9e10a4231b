import { z } from 'zod';

import { MINUTE_MS, SECOND_MS } from '../time/duration.ts';

/** Presence in the slot that makes somebody attended: minutes, seconds, or a share of the slot such as `50%`. */
export const attendedIf = z.union(
  [
    z.int().min(0).max(1440),
    z
      .string()
      .regex(/^(100|\d{1,2})%$/)
      .transform((text) => text as `${number}%`),
    z.strictObject({ seconds: z.int().min(0).max(86_400) }),
  ],
  'must be minutes, a share of the slot such as "50%", or {"seconds": n}',
);

export type AttendedIf = Readonly<z.output<typeof attendedIf>>;

/** The presence that makes somebody attended, in whole milliseconds: 1 at least, and never more than the slot. */
export function attendedFromMs(least: AttendedIf, slotMs: number): number {
  const wanted =
    typeof least === 'number'
      ? least * MINUTE_MS
      : typeof least === 'string'
        ? Math.ceil((Number(least.slice(0, -1)) * slotMs) / 100)
        : least.seconds * SECOND_MS;
  // Somebody who is there for the whole of a short class has attended it.
  return Math.max(1, Math.min(wanted, slotMs));
}
