import { DAY_MS } from '../time/duration.ts';
import { isFinal, type Coverage, type CoverageState } from './coverage-state.ts';

export interface CoverageRules {
  readonly settleMs: number;
  /** How long after the end missing evidence is asked for again; at most `KEPT_MS`. */
  readonly retryWindowMs: number;
  /** The wait after the first failure. Each further failure doubles it, up to 32 times this. */
  readonly retryBaseMs: number;
}

/** Google deletes a record this many days after its call has ended. */
export const KEPT_DAYS = 30;

export const KEPT_MS = KEPT_DAYS * DAY_MS;

/** The wait after failures doubles so often at most. */
const MOST_DOUBLINGS = 5;

/** What seldom changes soon, a refusal and a call that outlasts its class, is read this many times less often. */
export const SELDOM = 6;

/** No wait is longer, whatever the clock did: a stored next attempt that lies further ahead is due now. */
export function longestWaits({ settleMs, retryBaseMs }: CoverageRules): Readonly<Record<Coverage, number>> {
  const failed = retryBaseMs * 2 ** MOST_DOUBLINGS;
  const refused = SELDOM * failed;
  return {
    pending: failed,
    live: Math.max(SELDOM * retryBaseMs, failed),
    settling: Math.max(settleMs, failed),
    complete: Math.max(DAY_MS, refused),
    empty: Math.max(DAY_MS, refused),
    partial: failed,
    no_access: refused,
    expired: refused,
  };
}

/** The wait after so many failures in a row. */
export function backOff(attempts: number, baseMs: number, jitter: number): number {
  return baseMs * 2 ** Math.min(attempts - 1, MOST_DOUBLINGS) * (0.5 + jitter / 2);
}

/** When a class that is over is read again, by Google's clock: at the settle time, or soon after a late change. */
export function rereadAt(
  found: { readonly readAt: number; readonly settledAt: number; readonly changedLate: boolean },
  { settleMs }: CoverageRules,
): number {
  if (found.readAt < found.settledAt) return found.settledAt;
  return found.changedLate ? found.readAt + settleMs : found.readAt;
}

/**
 * Whether the retry pass has something to do at `now`. The session store asks the same in SQL.
 *
 * @param end of the slot
 * @internal
 */
export function isDue(
  { coverage, nextAttemptAt }: CoverageState,
  end: number,
  now: number,
  longest: Readonly<Record<Coverage, number>>,
): boolean {
  if (coverage === 'expired' && end <= now - KEPT_MS) return false;
  return nextAttemptAt === null ? !isFinal(coverage) : nextAttemptAt <= now || nextAttemptAt > now + longest[coverage];
}
