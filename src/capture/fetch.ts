import type { Logger } from 'pino';

import type { BothClocks } from '../core/attendance/coverage.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { Session, SessionStore } from '../ledger/attendance/session-store.ts';
import type { PerOrganiser } from './organisers.ts';
import type { Reader, ReadSummary } from './record.ts';
import { createAnswers } from './source.ts';

export interface FetchDeps {
  readonly reader: Reader;
  readonly perOrganiser: PerOrganiser;
  readonly classStore: ClassStore;
  readonly sessionStore: SessionStore;
  readonly now: () => BothClocks;
  /** How long after the end of its slot a live call is still read by this loop. Milliseconds. */
  readonly outlastMs: number;
  readonly log: Logger;
}

export interface PassOptions {
  /** How long the pass waits for slow organisers; their reads then go on without it. By default it waits for all. */
  readonly patienceMs?: number | undefined;
}

export interface FetchSummary {
  readonly read: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The pass of the fetch loop: reads who is in the call of every live session. One that fails is left to the next pass; the others go on. */
export async function fetchParticipants(
  deps: FetchDeps,
  signal: AbortSignal,
  { patienceMs }: PassOptions = {},
): Promise<FetchSummary> {
  const { reader, perOrganiser, classStore, sessionStore, now, outlastMs, log } = deps;
  const sessions = sessionStore.live(now(), outlastMs);
  const answers = createAnswers();
  const result = await perOrganiser.run(
    withOrganizers(sessions, classStore),
    {
      read: (session) => reader.read(session.classId, { mode: 'auto', answers, signal }),
      onError: ({ classId }, err) => log.error({ class_id: classId, err }, 'class not read'),
      patienceMs,
    },
    signal,
  );
  return { read: result.read.length, failed: result.failed + failures(result.read), skipped: result.skipped };
}

export function withOrganizers(sessions: readonly Session[], classStore: ClassStore) {
  return sessions.flatMap((session) => {
    const c = classStore.get(session.classId);
    return c === null ? [] : [{ session, organizer: c.organizerEmail }];
  });
}

export function failures(read: readonly ReadSummary[]): number {
  return read.filter(({ error }) => error !== null).length;
}
