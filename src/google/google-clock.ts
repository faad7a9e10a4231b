import type { Now } from '../core/time/clock.ts';

/** A smaller difference of the clocks is ignored: Google's `Date` has whole seconds, and the reply takes time to arrive. */
export const SKEW_MS = 30_000;

/**
 * Our clock, corrected by Google's when the two are clearly apart. It decides whether a class has begun or is over.
 *
 * @param skewMs Google's clock minus ours, as it was seen last; null: not seen yet
 */
export function createGoogleClock(clock: Now, skewMs: () => number | null): Now {
  return {
    now() {
      const skew = skewMs() ?? 0;
      return clock.now() + (Math.abs(skew) > SKEW_MS ? skew : 0);
    },
  };
}
