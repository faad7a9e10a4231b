import type { Logger } from 'pino';

import type { Clock, Now } from '../core/time/clock.ts';
import { HOUR_MS } from '../core/time/duration.ts';

/** A smaller difference of the clocks is ignored: Google's `Date` has whole seconds, and the reply takes time to arrive. */
export const SKEW_MS = 30_000;

/**
 * Our clock, corrected by Google's when the two are clearly apart. Everything that is stored or compared goes by it. It is
 * kept against a clock that never jumps, so that a machine whose clock is set wrong or right changes nothing.
 */
export interface GoogleClock extends Now {
  /** A reply of Google's carried this `Date`. Epoch ms. */
  saw(date: number): void;
  /** How often a `Date` was seen: once more than before means that Google told its time since. */
  readonly timesSeen: number;
  /** A `Date` was seen within the hour, and the clock of the machine went on evenly since. */
  isSure(): boolean;
  /** Google's clock minus the machine's; null before the first `Date`. */
  skewMs(): number | null;
}

export function createGoogleClock(clock: Pick<Clock, 'now' | 'monotonic'>, log?: Pick<Logger, 'warn'>): GoogleClock {
  let seen: { readonly date: number; readonly machine: number; readonly monotonic: number } | null = null;
  let timesSeen = 0;
  let warnedMs = 0;

  const skewMs = (): number | null =>
    seen === null ? null : seen.date + (clock.monotonic() - seen.monotonic) - clock.now();
  const warnOnce = (skew: number): void => {
    const off = Math.abs(skew) > SKEW_MS;
    if (off && Math.abs(skew - warnedMs) > SKEW_MS) {
      log?.warn({ skew_ms: skew }, 'this machine’s clock and Google’s are apart: set it by NTP');
      warnedMs = skew;
    }
    if (!off) warnedMs = 0;
  };

  return {
    now() {
      const skew = skewMs() ?? 0;
      return Math.round(clock.now() + (Math.abs(skew) > SKEW_MS ? skew : 0));
    },
    saw(date) {
      const machine = clock.now();
      seen = { date, machine, monotonic: clock.monotonic() };
      timesSeen += 1;
      warnOnce(date - machine);
    },
    get timesSeen() {
      return timesSeen;
    },
    isSure() {
      if (seen === null) return false;
      const passed = clock.monotonic() - seen.monotonic;
      // A machine that slept, or whose clock was set: only Google can tell which.
      return passed < HOUR_MS && Math.abs(clock.now() - seen.machine - passed) <= SKEW_MS;
    },
    skewMs,
  };
}
