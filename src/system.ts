import { randomBytes } from 'node:crypto';
import { setTimeout as wait, setImmediate as turn } from 'node:timers/promises';

import { Cron } from 'croner';

import type { Clock, Random } from './core/time/clock.ts';
import { SECOND_MS } from './core/time/duration.ts';

/** A longer wait is made in steps, so that a machine that slept or whose clock was set is noticed. */
const LONGEST_STEP_MS = 30_000;

/**
 * The first instant behind `after` that a cron pattern names.
 *
 * @param after epoch ms
 * @param zone IANA zone
 * @returns epoch ms; null when the pattern names none any more
 */
export function nextOccurrence(pattern: string, zone: string, after: number): number | null {
  return new Cron(pattern, { timezone: zone, paused: true }).nextRun(new Date(after))?.getTime() ?? null;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await wait(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
    } catch (err) {
      signal?.throwIfAborted();
      throw err;
    }
  },
  every(when, zone, fn) {
    if (typeof when === 'number') {
      const timer = setInterval(fn, when * SECOND_MS);
      return { [Symbol.dispose]: () => clearInterval(timer) };
    }
    let timer: NodeJS.Timeout | undefined;
    const waitFor = (due: number | null): void => {
      if (due === null) return;
      timer = setTimeout(
        () => {
          if (Date.now() < due) return waitFor(due);
          waitFor(nextOccurrence(when, zone, Date.now()));
          fn();
        },
        Math.min(Math.max(0, due - Date.now()), LONGEST_STEP_MS),
      );
    };
    waitFor(nextOccurrence(when, zone, Date.now()));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  yield: () => turn(),
};

/** The randomness of this machine. */
export const systemRandom: Random = {
  next: () => Math.random(),
  bytes: (size) => randomBytes(size),
};
