import type { Logger } from 'pino';

import { statusAt } from '../core/schedule/class.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';
import type { Database } from '../ledger/database.ts';
import type { Attendance } from './rebuild.ts';

export interface MonitorDeps {
  readonly database: Database;
  readonly classStore: ClassStore;
  readonly sessionStore: SessionStore;
  readonly attendance: Attendance;
  /** Google's time as far as it is known. */
  readonly now: () => number;
  readonly log: Logger;
}

export interface MonitorSummary {
  readonly activated: number;
  readonly completed: number;
  readonly reverted: number;
}

/**
 * Gives every class the status that its slot says, and a session to every class that has begun: also to one that began
 * and ended while the daemon was down.
 */
export function monitorClasses({
  database,
  classStore,
  sessionStore,
  attendance,
  now,
  log,
}: MonitorDeps): MonitorSummary {
  const at = now();
  const summary = { activated: 0, completed: 0, reverted: 0 };
  for (const c of classStore.withStaleStatus(at)) {
    const status = statusAt({ start: c.start, end: c.end, canceled: false }, at);
    const sessionId = database.write(() => {
      classStore.setStatus(c.id, status);
      if (status === 'scheduled') return sessionStore.ofClass(c.id)?.id ?? null;
      const session = sessionStore.ensure(c.id);
      attendance.rebuild(c.id);
      return session.id;
    });
    const facts = { class_id: c.id, session_id: sessionId };
    if (status === 'active' && c.status === 'scheduled') {
      summary.activated += 1;
      log.info(facts, 'class went active');
    } else if (status === 'completed') {
      summary.completed += 1;
      log.info(facts, 'class completed');
    } else {
      // The slot was moved, or a clock that had jumped came back.
      summary.reverted += 1;
    }
  }
  return summary;
}
