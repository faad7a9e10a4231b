import { MINUTE_MS } from '../../core/time/duration.ts';

/** How far back a quota of Google's looks. */
export const WINDOW_MS = MINUTE_MS;

/** Start times of calls within the last 60 s, by a clock that never jumps. */
export interface CallWindow {
  add(at: number): void;
  /** Calls within the 60 s before `now`, both ends included. */
  count(now: number): number;
  /** Milliseconds until another call keeps every 60 s at `limit` calls; 0 when it does so now. */
  waitMs(now: number, limit: number): number;
}

/** @param calls start times of earlier calls, in any order */
export function createWindow(calls: readonly number[] = []): CallWindow {
  const times = calls.toSorted((a, b) => a - b);
  let first = 0;

  /** Calls at `first` and later are still counted. Space is given back in large pieces, so that a call costs little. */
  function forget(now: number): void {
    while (first < times.length && (times[first] ?? 0) + WINDOW_MS < now) first += 1;
    if (first < 1024 || first * 2 < times.length) return;
    times.splice(0, first);
    first = 0;
  }

  return {
    add: (at) => void times.push(at),
    count(now) {
      forget(now);
      return times.length - first;
    },
    waitMs(now, limit) {
      forget(now);
      if (times.length - first < limit) return 0;
      const leaves = times[times.length - limit] ?? now;
      return Math.max(1, leaves + WINDOW_MS + 1 - now);
    },
  };
}
