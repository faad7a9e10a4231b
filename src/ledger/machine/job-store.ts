import { and, asc, eq, gt, inArray, lte, or, sql, type SQL } from 'drizzle-orm';

import type { Now } from '../../core/time/clock.ts';
import { HOUR_MS } from '../../core/time/duration.ts';
import type { Database } from '../database.ts';
import { jobs } from '../schema/machine.ts';
import { held } from '../select.ts';

/** Work that outlives the request that asked for it. Instants in epoch ms. */
export type Job = Readonly<typeof jobs.$inferSelect>;
export type JobState = Job['state'];

export interface NewJob {
  readonly kind: string;
  /** Two requests with one kind and key are one job while it is queued or running. */
  readonly key: string;
  readonly payload: Record<string, unknown>;
  readonly actor: string;
  /** 3 when left out. */
  readonly maxAttempts?: number | undefined;
}

/** One run of a job. What a worker reports about a run that is no longer the current one is ignored. */
export type Run = Pick<Job, 'id' | 'attempts'>;

export interface JobStore {
  /** Joins the transaction of the caller: the job exists if the change that it serves does. */
  enqueue(job: NewJob): { readonly job: Job; readonly created: boolean };
  /** The job that is due the longest becomes running; null when none is due. */
  claim(leaseMs: number): Job | null;
  /** These four return false when the run is no longer current: its lease ran out, or it has finished. */
  renew(run: Run, leaseMs: number): boolean;
  progress(run: Run, done: number, total: number): boolean;
  finish(run: Run, result: Record<string, unknown>): boolean;
  /** @param retryAt null when there is nothing more to try */
  fail(run: Run, error: string, retryAt: number | null): boolean;
  /** Back to the queue as if it had not begun: the process shuts down. */
  release(run: Run): boolean;
  /** Frees running jobs whose lease is over; one without attempts left has failed. Returns how many. */
  freeExpired(): number;
  /** The same for all running jobs: one daemon a file, so those found at its start belonged to a process that is gone. */
  recover(): number;
  get(id: number): Job | null;
  /** What the job changed was taken back. */
  markUndone(id: number): Job;
  /** Whether a job of the kind is queued or runs. */
  isOpen(kind: string): boolean;
  counts(): Record<JobState, number>;
}

const MAX_ATTEMPTS = 3;
const interrupted = 'the process ended while the job ran';

/** No job waits longer to be tried again: a time further ahead was stored by a clock that was wrong. */
const LONGEST_WAIT_MS = HOUR_MS;

export function createJobStore({ orm, write }: Database, clock: Now): JobStore {
  const at = (name: string) => sql`${sql.placeholder(name)}`;
  const due = orm
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.state, 'queued'),
        or(lte(jobs.runAt, sql.placeholder('now')), gt(jobs.runAt, sql.placeholder('farthest'))),
      ),
    )
    .orderBy(asc(jobs.runAt), asc(jobs.id))
    .limit(1);
  const claim = held(() =>
    orm
      .update(jobs)
      .set({
        state: 'running',
        attempts: sql`${jobs.attempts} + 1`,
        leaseUntil: at('leaseUntil'),
        progressDone: 0,
        progressTotal: 0,
      })
      .where(eq(jobs.id, sql`(${due})`))
      .returning()
      .prepare(),
  );
  const current = ({ id, attempts }: Run) =>
    and(eq(jobs.id, id), eq(jobs.state, 'running'), eq(jobs.attempts, attempts));
  const change = (run: Run, changes: Partial<typeof jobs.$inferInsert>) =>
    orm.update(jobs).set(changes).where(current(run)).run().changes === 1;

  /** Frees the running jobs that fit, which may compare with the placeholder `now`. */
  const freeing = (which?: SQL) => {
    const running = and(eq(jobs.state, 'running'), which);
    const spent = held(() =>
      orm
        .update(jobs)
        .set({ state: 'failed', leaseUntil: null, lastError: interrupted, finishedAt: at('now') })
        .where(and(running, lte(jobs.maxAttempts, jobs.attempts)))
        .prepare(),
    );
    const requeued = held(() =>
      orm
        .update(jobs)
        .set({ state: 'queued', leaseUntil: null, lastError: interrupted, runAt: at('now') })
        .where(running)
        .prepare(),
    );
    return () =>
      write(() => {
        const now = clock.now();
        return spent().run({ now }).changes + requeued().run({ now }).changes;
      });
  };
  const freeExpired = freeing(lte(jobs.leaseUntil, sql.placeholder('now')));
  const freeAll = freeing();
  const byId = held(() =>
    orm
      .select()
      .from(jobs)
      .where(eq(jobs.id, sql.placeholder('id')))
      .prepare(),
  );
  const openOf = held(() =>
    orm
      .select({ id: jobs.id })
      .from(jobs)
      .where(and(eq(jobs.kind, sql.placeholder('kind')), inArray(jobs.state, ['queued', 'running'])))
      .limit(1)
      .prepare(),
  );
  const counted = held(() =>
    orm
      .select({ state: jobs.state, count: sql<number>`count(*)` })
      .from(jobs)
      .groupBy(jobs.state)
      .prepare(),
  );

  return {
    enqueue: ({ kind, key, payload, actor, maxAttempts = MAX_ATTEMPTS }) =>
      write(() => {
        const now = clock.now();
        const made = orm
          .insert(jobs)
          .values({ kind, key, payload, actor, maxAttempts, state: 'queued', runAt: now, createdAt: now })
          .onConflictDoNothing()
          .returning()
          .get() as Job | undefined;
        if (made !== undefined) return { job: made, created: true };
        const open = orm
          .select()
          .from(jobs)
          .where(and(eq(jobs.kind, kind), eq(jobs.key, key), inArray(jobs.state, ['queued', 'running'])))
          .get();
        if (open === undefined) throw new Error(`job ${kind} ${key} was neither made nor found`);
        return { job: open, created: false };
      }),
    claim(leaseMs) {
      const now = clock.now();
      return claim().get({ now, farthest: now + LONGEST_WAIT_MS, leaseUntil: now + leaseMs }) ?? null;
    },
    renew: (run, leaseMs) => change(run, { leaseUntil: clock.now() + leaseMs }),
    progress: (run, done, total) => change(run, { progressDone: done, progressTotal: total }),
    finish: (run, result) =>
      change(run, { state: 'done', result, leaseUntil: null, lastError: null, finishedAt: clock.now() }),
    fail: (run, error, retryAt) =>
      retryAt === null
        ? change(run, { state: 'failed', lastError: error, leaseUntil: null, finishedAt: clock.now() })
        : change(run, { state: 'queued', lastError: error, leaseUntil: null, runAt: retryAt }),
    release: (run) =>
      change(run, { state: 'queued', attempts: run.attempts - 1, leaseUntil: null, runAt: clock.now() }),
    freeExpired,
    recover: freeAll,
    isOpen: (kind) => openOf().get({ kind }) !== undefined,
    markUndone: (id) => orm.update(jobs).set({ undoneAt: clock.now() }).where(eq(jobs.id, id)).returning().get()!,
    get: (id) => byId().get({ id }) ?? null,
    counts() {
      const rows = counted().all();
      const none = { queued: 0, running: 0, done: 0, failed: 0 };
      return { ...none, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
    },
  };
}
