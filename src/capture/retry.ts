import { expired, isExpired } from '../core/attendance/coverage-lapse.ts';
import { isFinal } from '../core/attendance/coverage-state.ts';
import type { CoverageRules } from '../core/attendance/coverage-waits.ts';
import type { GoogleClock } from '../google/google-clock.ts';
import type { Database } from '../ledger/database.ts';
import { lookUpOwedAccounts, type OwedDeps } from './accounts.ts';
import { readSessions, type FetchDeps, type PassOptions } from './fetch.ts';
import type { Attendance } from './rebuild.ts';
import type { ReadSummary } from './record.ts';
import { saveCoverage } from './save-coverage.ts';

export interface SweepDeps extends FetchDeps, OwedDeps {
  readonly database: Database;
  readonly attendance: Attendance;
  readonly coverageRules: CoverageRules;
  readonly googleClock: Pick<GoogleClock, 'timesSeen'>;
}

export interface SweepOptions extends PassOptions {
  readonly onProgress?: ((done: number, total: number, last: ReadSummary) => void) | undefined;
}

export interface SweepSummary {
  readonly due: number;
  readonly final: number;
  readonly failed: number;
  readonly skipped: number;
  readonly expired: number;
}

/** A pass reads at most so many sessions, first those that Google deletes soonest. The next pass reads the rest. */
const SESSIONS_A_PASS = 2_000;

/**
 * Reads every ended session whose coverage is not final and whose next attempt is due. Then asks the Directory again
 * about accounts that it could not answer for.
 */
export async function sweepSessions(
  deps: SweepDeps,
  signal: AbortSignal,
  { onProgress, patienceMs }: SweepOptions = {},
): Promise<SweepSummary> {
  const { googleClock, timeKeeper } = deps;
  const seenBefore = googleClock.timesSeen;
  await timeKeeper.keep(signal);
  const sessions = deps.sessionStore.due(deps.now(), deps.reach, SESSIONS_A_PASS);
  let done = 0;
  const onDone = (summary: ReadSummary): void => onProgress?.((done += 1), sessions.length, summary);
  const { read, failed, skipped } = await readSessions(deps, sessions, signal, { patienceMs, onDone });
  await lookUpOwedAccounts(deps, signal);
  const overdue = expiring(deps);
  if (overdue.length > 0 && googleClock.timesSeen === seenBefore) await timeKeeper.ask(signal);
  // Only a time that Google told in this pass expires anything.
  const expiredCount = googleClock.timesSeen > seenBefore ? expireSessions(deps) : 0;
  return {
    due: sessions.length,
    final: read.filter(({ coverage }) => isFinal(coverage)).length,
    failed,
    skipped,
    expired: expiredCount,
  };
}

/** Sessions whose retry window is over. */
function expiring({ sessionStore, classStore, coverageRules, now }: SweepDeps) {
  const at = now();
  return sessionStore.openEndedBefore(at - coverageRules.retryWindowMs).flatMap((session) => {
    const c = classStore.get(session.classId);
    return c !== null && isExpired(session, c, coverageRules, at) ? [{ session, c }] : [];
  });
}

/** A class that is not complete when the retry window has ended needs a person. */
function expireSessions(deps: SweepDeps): number {
  const { database, attendance, coverageRules } = deps;
  const at = deps.now();
  let count = 0;
  for (const { session, c } of expiring(deps)) {
    const state = expired(session, coverageRules.retryWindowMs);
    const logHelp = database.write(() => {
      const log = saveCoverage(deps, session, state, at);
      attendance.rebuild(c.id);
      return log;
    });
    logHelp();
    count += 1;
  }
  return count;
}
