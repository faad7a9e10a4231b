import type { Logger } from 'pino';

import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { ReadReach, Session, SessionStore } from '../ledger/attendance/session-store.ts';
import type { PerOrganizer } from './organizers.ts';
import type { Reader, ReadSummary } from './record.ts';
import { createAnswers } from './source.ts';
import type { TimeKeeper } from './time-keeper.ts';

export interface FetchDeps {
  readonly reader: Reader;
  readonly perOrganizer: PerOrganizer;
  readonly classStore: ClassStore;
  readonly sessionStore: SessionStore;
  readonly now: () => number;
  readonly timeKeeper: TimeKeeper;
  readonly reach: ReadReach;
  readonly log: Logger;
}

export interface PassOptions {
  /** How long the pass waits for slow organisers; their reads then go on without it. By default it waits for all. */
  readonly patienceMs?: number | undefined;
}

export interface FetchSummary {
  /** Sessions that are on, also those that earlier failures hold back. */
  readonly live: number;
  /** Read without a failure. */
  readonly read: number;
  readonly failed: number;
  /** Not tried in this pass. */
  readonly skipped: number;
}

/** The pass of the fetch loop: reads who is in the call of every live session. One that fails is left to the next pass; the others go on. */
export async function fetchParticipants(
  deps: FetchDeps,
  signal: AbortSignal,
  { patienceMs }: PassOptions = {},
): Promise<FetchSummary> {
  await deps.timeKeeper.keep(signal);
  const at = deps.now();
  const sessions = deps.sessionStore.live(at, deps.reach);
  const heldBack = deps.sessionStore.heldBack(at, deps.reach);
  const { read, failed, skipped } = await readSessions(deps, sessions, signal, { patienceMs });
  const whole = read.filter(({ error }) => error === null);
  return { live: sessions.length + heldBack, read: whole.length, failed, skipped: skipped + heldBack };
}

/**
 * Reads sessions as far as each needs it now, organisers side by side; those that share a call ask once.
 *
 * @returns what was read, and how many failed or were not tried
 */
export async function readSessions(
  { reader, perOrganizer, classStore, log }: FetchDeps,
  sessions: readonly Session[],
  signal: AbortSignal,
  options: PassOptions & { readonly onDone?: (summary: ReadSummary) => void },
): Promise<{ readonly read: readonly ReadSummary[]; readonly failed: number; readonly skipped: number }> {
  const answers = createAnswers();
  const items = sessions.flatMap((session) => {
    const c = classStore.get(session.classId);
    return c === null ? [] : [{ session, organizer: c.organizerEmail }];
  });
  const { read, failed, skipped } = await perOrganizer.run(
    items,
    {
      ...options,
      read: (session) => reader.read(session.classId, { mode: 'auto', answers, signal }),
      onError: ({ classId }, err) => log.error({ class_id: classId, err }, 'class not read'),
    },
    signal,
  );
  return { read, failed: failed + read.filter(({ error }) => error !== null).length, skipped };
}
