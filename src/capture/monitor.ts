import type { Logger } from 'pino';

import { repaired } from '../core/attendance/coverage-lapse.ts';
import { KEPT_MS, type CoverageRules } from '../core/attendance/coverage-waits.ts';
import { DAY_MS } from '../core/time/duration.ts';
import type { GoogleClock } from '../google/google-clock.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';
import type { Database } from '../ledger/database.ts';
import type { PassStore } from '../ledger/machine/machine-store.ts';
import type { Attendance } from './rebuild.ts';

export interface MonitorDeps {
  readonly database: Database;
  readonly classStore: ClassStore;
  readonly sessionStore: SessionStore;
  readonly attendance: Attendance;
  readonly coverageRules: CoverageRules;
  readonly googleClock: Pick<GoogleClock, 'isSure'>;
  readonly now: () => number;
  /** Tells when this loop last made a pass. */
  readonly passes: Pick<PassStore, 'get'>;
  readonly log: Logger;
}

export interface MonitorSummary {
  /** Classes that got a session and are on now. */
  readonly activated: number;
  readonly completed: number;
}

/** Also looks at classes that began up to a day before the last pass, in case the clock was corrected since. */
const OVERLAP_MS = DAY_MS;

/**
 * Gives a session to every class that has begun: also to one that began and ended while the daemon was down, and to one
 * that was canceled, since only its call shows whether it was held all the same. What the last pass has seen is left
 * alone, so that a pass costs the same however long the history is.
 */
export function monitorClasses(deps: MonitorDeps): MonitorSummary {
  const { database, classStore, sessionStore, attendance, passes, now, log } = deps;
  const at = now();
  const lastPass = passes.get('monitor')?.succeededAt ?? null;
  // The last pass lies in the future when the clock was wrong then and has been corrected since.
  const since = lastPass === null || lastPass > at ? Number.MIN_SAFE_INTEGER : lastPass - OVERLAP_MS;
  if (deps.googleClock.isSure()) repairSessions(deps);
  const summary = { activated: 0, completed: 0 };
  for (const c of classStore.begunWithoutSession(since, at, at - KEPT_MS)) {
    const session = database.write(() => {
      const made = sessionStore.ensure(c.id);
      attendance.rebuild(c.id);
      return made;
    });
    const facts = { class_id: c.id, session_id: session.id };
    if (c.status === 'canceled') {
      log.info(facts, 'canceled class is read all the same');
    } else if (at < c.end) {
      summary.activated += 1;
      log.info(facts, 'class went active');
    } else {
      summary.completed += 1;
      log.info(facts, 'class completed');
    }
  }
  return summary;
}

/** Takes back what was concluded while the clock was wrong, now that Google's time is known. */
function repairSessions(deps: MonitorDeps): void {
  const { database, classStore, sessionStore, attendance, coverageRules, now, log } = deps;
  const at = now();
  for (const session of sessionStore.misjudged(at, at - coverageRules.retryWindowMs)) {
    const c = classStore.get(session.classId);
    if (c === null) continue;
    const state = repaired(session, c, coverageRules, at);
    if (state === session) continue;
    database.write(() => {
      sessionStore.save(session.id, state, { lastReadAt: state.lastReadAt, alarmedAt: null });
      attendance.rebuild(c.id);
    });
    log.warn({ class_id: c.id, session_id: session.id }, 'class put right after a wrong clock');
  }
}
