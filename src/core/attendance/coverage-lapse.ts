import { counted } from '../counted.ts';
import { DAY_MS } from '../time/duration.ts';
import type { Interval } from '../time/interval.ts';
import { fresh, isFinal, type CoverageState } from './coverage-state.ts';
import { KEPT_DAYS, KEPT_MS, type CoverageRules } from './coverage-waits.ts';

const DELETED = `Google deletes records after ${KEPT_DAYS} days and the evidence was not complete by then: settle the class by a decision`;
const WRONG_CLOCK = 'the clock of this machine was wrong: the class is read again';

/** The read of another class brought new evidence of the room: a final class is read again after the settle time. */
export function reopened<State extends CoverageState>(state: State, { settleMs }: CoverageRules, now: number): State {
  return { ...state, coverage: 'settling', overSeenAt: null, finalReadAt: null, nextAttemptAt: now + settleMs };
}

/** Every account of the class is answered for: what waited only for that is read again at the next pass. */
export function answered<State extends CoverageState>(state: State): State {
  const waits = state.coverage === 'settling' && state.attempts > 0;
  return waits && state.nextAttemptAt !== null ? { ...state, nextAttemptAt: null } : state;
}

/**
 * The evidence was not complete when the retry window ended: a person can settle it. As long as Google keeps it, it is
 * asked for now and then.
 */
export function expired<State extends CoverageState>(state: State, retryWindowMs: number): State {
  const days = retryWindowMs / DAY_MS;
  const givenUp = `the evidence was not complete within ${counted(days, 'day')} (RETRY_WINDOW_DAYS) and is seldom asked for now: settle the class by a decision`;
  return { ...state, coverage: 'expired', nextAttemptAt: null, lastError: days < KEPT_DAYS ? givenUp : DELETED };
}

/** The retry window has ended before the evidence was complete. A session that was never read is read once, even then. */
export function isExpired(
  state: CoverageState,
  slot: Interval,
  { retryWindowMs }: CoverageRules,
  now: number,
): boolean {
  const read = state.coverage !== 'pending' || state.attempts > 0;
  // What only waits for its second read gets it.
  const windowMs = state.coverage === 'settling' ? KEPT_MS : retryWindowMs;
  return read && !isFinal(state.coverage) && now > slot.end + windowMs;
}

/**
 * What a wrong clock made of a session, put right by Google's time: a class that has not begun was not read, and the
 * retry window of one that expired is not over.
 *
 * @returns the state as it is when nothing is wrong with it
 */
export function repaired<State extends CoverageState>(
  state: State,
  slot: Interval,
  { retryWindowMs }: CoverageRules,
  now: number,
): State {
  if (now < slot.start) {
    const untouched = state.coverage === 'pending' && state.attempts === 0 && state.nextAttemptAt === null;
    return untouched ? state : { ...state, ...fresh };
  }
  if (state.coverage !== 'expired' || now > slot.end + retryWindowMs) return state;
  return { ...state, coverage: 'partial', attempts: 0, nextAttemptAt: null, lastError: WRONG_CLOCK };
}
