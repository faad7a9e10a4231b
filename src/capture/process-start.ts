import type { Clock } from '../core/time/clock.ts';
import { SECOND_MS } from '../core/time/duration.ts';

/** The start of this process is told anew when its clock turns out to be further off than this. */
const MOVED_MS = 30 * SECOND_MS;

/** @returns when this process started, by what the clock shows now: it may have been wrong then, and corrected since */
export function createStart(clock: Pick<Clock, 'now' | 'monotonic'>): () => number {
  const begun = clock.monotonic();
  let told = clock.now();
  return () => {
    const at = Math.round(clock.now() - (clock.monotonic() - begun));
    if (Math.abs(at - told) > MOVED_MS) told = at;
    return told;
  };
}
