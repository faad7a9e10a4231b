import type { Loop } from '../capture/loop.ts';
import { KEPT_MS } from '../core/attendance/coverage.ts';
import { counted } from '../core/counted.ts';
import type { Now } from '../core/time/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../core/time/duration.ts';
import type { MeetClient } from '../google/meet/meet-client.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';
import type { Database } from '../ledger/database.ts';
import type { JobStore } from '../ledger/machine/job-store.ts';
import type { PassStore } from '../ledger/machine/machine-store.ts';

/** A loop of the running daemon. */
type LoopState = Pick<Loop, 'name' | 'everySeconds' | 'isRunning' | 'nextRunAt'>;

/** What only the process that runs the loops knows. */
export interface DaemonState {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly loops: readonly LoopState[];
}

/** Whether evidence is captured, and what is owed. Instants in epoch ms. */
export type Status = ReturnType<typeof statusOf>;

export interface StatusDeps {
  readonly database: Pick<Database, 'health'>;
  readonly sessionStore: Pick<SessionStore, 'counts' | 'debt'>;
  readonly review: { countOpen(): number };
  readonly passes: Pick<PassStore, 'list'>;
  readonly jobStore: Pick<JobStore, 'counts'>;
  readonly meet: Pick<MeetClient, 'status'>;
  readonly clock: Now;
}

/**
 * @param daemon the process that runs the loops; null when another process looks at the ledger
 * @param limit so many owed sessions at most; left out: all of them
 */
export function statusOf(deps: StatusDeps, daemon: DaemonState | null, limit?: number) {
  const { database, sessionStore, review, passes, jobStore, meet, clock } = deps;
  const { writable, problem } = database.health();
  const made = new Map(passes.list().map((pass) => [pass.name, pass]));
  const names = daemon === null ? [...made.keys()] : daemon.loops.map(({ name }) => name);
  return {
    now: clock.now(),
    /** Null: seen from a process that does not run the loops. */
    startedAt: daemon?.startedAt ?? null,
    ledger: { writable, problem },
    loops: names.map((name) => ({
      name,
      state: daemon?.loops.find((loop) => loop.name === name) ?? null,
      last: made.get(name) ?? null,
    })),
    google: meet.status(),
    coverage: sessionStore.counts(),
    jobs: jobStore.counts(),
    /** Sessions without final coverage, the oldest first, and when Google deletes their records. */
    debt: sessionStore.debt(limit).map((session) => ({
      ...session,
      deadline: session.classEnd + KEPT_MS,
    })),
    openReviews: review.countOpen(),
  };
}

const SLACK_MS = MINUTE_MS;

/**
 * Why evidence may be lost now: the ledger cannot be written, or a loop is late. A loop is late when three passes and a
 * minute went by without a success; since the start, at the earliest.
 */
export function whyNotReady({ ledger, loops, now, startedAt }: Status): string[] {
  const late = loops.flatMap(({ name, state, last }) => {
    const since = Math.max(last?.succeededAt ?? 0, startedAt ?? 0);
    if (state === null || now - since <= 3 * state.everySeconds * SECOND_MS + SLACK_MS) return [];
    const failed = typeof last?.error === 'string' ? ': the last pass failed; /monitoring/status has the error' : '';
    return [
      `loop ${name} made no successful pass for ${counted(Math.round((now - since) / SECOND_MS), 'second')}${failed}`,
    ];
  });
  return [...(ledger.writable ? [] : [ledger.problem ?? 'the ledger cannot be written']), ...late];
}
