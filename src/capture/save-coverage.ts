import type { Logger } from 'pino';

import { alarmAfter, needsHelp, type CoverageState } from '../core/attendance/coverage-state.ts';
import type { Session, SessionStore } from '../ledger/attendance/session-store.ts';

/**
 * Saves what the coverage of a session has become, and finds out whether a person has to do something about the class. It
 * is called in the transaction that stores the logs, so that a notice which is to be sent can be entered with them.
 *
 * @param before the session as it was, whose `alarmedAt` tells whether people were told already
 * @param read what else the read found, to be saved with it
 * @returns a function to call after the commit: it logs that the class needs help, once until a read succeeds
 */
export function saveCoverage(
  { sessionStore, log }: { readonly sessionStore: Pick<SessionStore, 'save'>; readonly log: Logger },
  before: Session,
  after: CoverageState,
  now: number,
  read: Omit<Parameters<SessionStore['save']>[2], 'alarmedAt'> = {},
): () => void {
  sessionStore.save(before.id, after, { ...read, alarmedAt: alarmAfter(before.alarmedAt, after, now) });
  return () => {
    if (before.alarmedAt !== null || !needsHelp(after)) return;
    const { coverage, lastError } = after;
    log.error({ class_id: before.classId, session_id: before.id, coverage, reason: lastError }, 'class needs help');
  };
}
