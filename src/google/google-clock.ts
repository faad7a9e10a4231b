import type { Now } from '../core/time/clock.ts';

/** Below this the two clocks are taken for one: Google's `Date` has whole seconds and travels. */
const SKEW_MS = 30_000;

/**
 * Our clock, put right by Google's when the two are clearly apart: whether a class has begun or is over is judged by it.
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
