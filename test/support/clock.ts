import type { Clock } from '../../src/core/time/clock.ts';

/** A clock moved by hand. */
export interface HandClock extends Clock {
  set(instant: number | string): void;
  advance(ms: number): void;
}

export function handClock(start: number | string): HandClock {
  let at = typeof start === 'number' ? start : Date.parse(start);
  return {
    now: () => at,
    set(instant) {
      at = typeof instant === 'number' ? instant : Date.parse(instant);
    },
    advance(ms) {
      at += ms;
    },
  };
}
