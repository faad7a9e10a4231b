import type { Logger } from 'pino';

import { alarmAfter, needsHelp, type BothClocks, type CoverageState } from '../core/attendance/coverage-state.ts';
import type { Session, SessionStore } from '../ledger/attendance/session-store.ts';

/**
 * Saves what the coverage of a session has become, and says when a person has to do something about the class: once,
 * until a read succeeds. It is called in the transaction that stores the logs, so that a notice which is to be sent can
 * be entered with them.
 *
 * @param before the session as it was, whose `alarmedAt` tells whether it was said already
 * @param read what else the read found, to be saved with it
 */
export function saveCoverage(
  { sessionStore, log }: { readonly sessionStore: Pick<SessionStore, 'save'>; readonly log: Logger },
  before: Session,
  after: CoverageState,
  now: BothClocks,
  read: Omit<Parameters<SessionStore['save']>[2], 'alarmedAt'> = {},
): void {
  sessionStore.save(before.id, after, { ...read, alarmedAt: alarmAfter(before.alarmedAt, after, now) });
  if (before.alarmedAt !== null || !needsHelp(after)) return;
  const { coverage, lastError } = after;
  log.error({ class_id: before.classId, session_id: before.id, coverage, reason: lastError }, 'class needs help');
}
