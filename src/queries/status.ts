import type { Loop } from '../capture/loop.ts';
import { KEPT_MS } from '../core/attendance/coverage-waits.ts';
import type { Now } from '../core/time/clock.ts';
import { SECOND_MS } from '../core/time/duration.ts';
import type { MeetClient } from '../google/meet/meet-client.ts';
import type { CallStore } from '../ledger/attendance/call-store.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { LogStore } from '../ledger/attendance/log-store.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';
import type { Database } from '../ledger/database.ts';
import type { JobStore } from '../ledger/machine/job-store.ts';
import type { PassStore } from '../ledger/machine/machine-store.ts';
import { whyNotReady } from './readiness.ts';

/** A loop of the running daemon. */
type LoopState = Pick<Loop, 'name' | 'everySeconds' | 'isRunning' | 'nextRunAt' | 'failure'>;

/** What only the process that runs the loops knows. */
export interface DaemonState {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly loops: readonly LoopState[];
  /** Whether there are credentials of Google's at all. */
  readonly credentials: boolean;
}

/** Whether evidence is captured, and what is owed. Instants in epoch ms. */
export type Status = ReturnType<typeof statusOf>;

export interface StatusDeps {
  readonly database: Pick<Database, 'health'>;
  readonly sessionStore: Pick<SessionStore, 'counts' | 'debt' | 'on' | 'withoutSession'>;
  readonly review: { countOpen(): number };
  readonly passes: Pick<PassStore, 'list'>;
  readonly jobStore: Pick<JobStore, 'counts'>;
  readonly calls: Pick<CallStore, 'listings'>;
  readonly classStore: Pick<ClassStore, 'organizersSince'>;
  readonly defaultOrganizer: string | null;
  readonly logStore: Pick<LogStore, 'awaitingCount'>;
  readonly meet: Pick<MeetClient, 'status'>;
  readonly clock: Now;
  readonly googleClock: Now;
  readonly fetchIntervalSeconds: number;
}

/** What tells whether evidence is captured, and what it says. Cheap enough to ask after each pass. */
export function readinessOf(deps: StatusDeps, daemon: DaemonState | null) {
  const { database, sessionStore, passes, clock, googleClock, fetchIntervalSeconds } = deps;
  const { writable, problem } = database.health();
  const made = new Map(passes.list().map((pass) => [pass.name, pass]));
  const names = daemon === null ? [...made.keys()] : daemon.loops.map(({ name }) => name);
  const googleNow = googleClock.now();
  const facts = {
    now: clock.now(),
    /** The same instant by Google's clock, as far as that is known. */
    googleNow,
    /** Null: seen from a process that does not run the loops. */
    startedAt: daemon?.startedAt ?? null,
    ledger: { writable, problem },
    loops: names.map((name) => {
      const state = daemon?.loops.find((loop) => loop.name === name) ?? null;
      const last = made.get(name) ?? null;
      // A pass whose failure the ledger could not keep is remembered by the loop.
      return { name, state, last, error: state?.failure ?? last?.error ?? null };
    }),
    fetchEveryMs: fetchIntervalSeconds * SECOND_MS,
    credentials: daemon?.credentials ?? true,
    on: sessionStore.on(googleNow),
  };
  /** Why evidence may be lost now; empty when all is well. */
  return { ...facts, unready: whyNotReady(facts) };
}

/**
 * @param daemon the process that runs the loops; null when another process looks at the ledger
 * @param limit so many owed sessions at most; left out: all of them
 */
export function statusOf(deps: StatusDeps, daemon: DaemonState | null, limit?: number) {
  const { sessionStore, review, jobStore, meet, calls, classStore, defaultOrganizer, logStore } = deps;
  const readiness = readinessOf(deps, daemon);
  const { googleNow } = readiness;
  return {
    ...readiness,
    /** Classes of the last month that have begun and that no pass has looked at. */
    unwatched: sessionStore.withoutSession(googleNow - KEPT_MS, googleNow),
    google: meet.status(),
    /** Whom classes are read as, and who is the organiser of those that name none. Of other accounts only calls are listed. */
    classOrganizers: new Set([
      ...classStore.organizersSince(googleNow - KEPT_MS),
      ...(defaultOrganizer === null ? [] : [defaultOrganizer.toLowerCase()]),
    ]) as ReadonlySet<string>,
    /** By organiser: when the calls without a class were last listed. */
    callListings: calls.listings(),
    coverage: sessionStore.counts(),
    jobs: jobStore.counts(),
    /** Sessions without final coverage, the oldest first, and when Google deletes their records. */
    debt: sessionStore.debt(limit).map((session) => ({
      ...session,
      deadline: session.classEnd + KEPT_MS,
    })),
    openReviews: review.countOpen(),
    /** Classes whose logs are still those of the rules before an upgrade. */
    toDerive: logStore.awaitingCount(),
  };
}
