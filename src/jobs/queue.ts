import type { Logger } from 'pino';

import type { Clock } from '../core/time/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../core/time/duration.ts';
import { isBusy } from '../errors.ts';
import type { Database } from '../ledger/database.ts';
import type { Job, JobStore } from '../ledger/machine/job-store.ts';

export interface JobControl {
  /** Aborts at shutdown and when the run was given away. The job starts anew later, so it must write the same when it runs twice. */
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

/** What a kind of job does; its result is stored and shown as it is. When it throws, it is tried again with back-off while attempts are left. */
export interface JobHandler<Input = Job> {
  run(job: Input, control: JobControl): Promise<Record<string, unknown>>;
}

export interface QueueOptions {
  readonly store: JobStore;
  /** While somebody else writes it, jobs go on and nothing of them is stored. */
  readonly ledger: Pick<Database, 'isFree' | 'whenFree'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly handlers: Readonly<Record<string, JobHandler>>;
  /** Jobs that run at one time. */
  readonly concurrency: number;
  /** How often to look for jobs that another process entered, whose lease ended, or whose back-off is over. */
  readonly pollMs: number;
  /** A job whose worker does not renew it for so long starts anew. Several times `pollMs`. */
  readonly leaseMs?: number | undefined;
  /** From 0 to 1: spreads the retries. */
  readonly random: () => number;
}

export interface Queue extends AsyncDisposable {
  /** Takes back the jobs of a process that was killed, then works until disposed of. */
  start(): void;
  /** Looks now: a job was entered. */
  wake(): void;
  /**
   * The job once it is done or failed, or as it is after `ms`.
   *
   * @returns null when there is no such job
   * @throws the reason of `signal` when that aborts first
   */
  waitFor(jobId: number, ms: number, signal?: AbortSignal): Promise<Job | null>;
  /** Hears every progress and change of state. Returns what ends it. */
  subscribe(jobId: number, listener: (job: Job) => void): () => void;
}

const LEASE_MS = MINUTE_MS;
const BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 5 * MINUTE_MS;
/** Progress is written no more often: each write is a commit. Listeners hear all of it. */
const PROGRESS_MS = 500;

/** Full jitter: anywhere up to a bound that doubles with each attempt. */
export function backoffMs(attempts: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** (attempts - 1)));
}

const isOver = ({ state }: Job) => state === 'done' || state === 'failed';

interface Run {
  readonly job: Job;
  /** Aborts when the store gave the job to somebody else. */
  readonly lost: AbortController;
  renewedAt: number;
}

/** Runs the jobs of the ledger. Disposing aborts what runs, puts it back into the queue and waits for it. */
export function createQueue(options: QueueOptions): Queue {
  const { store, ledger, clock, log, handlers, concurrency, pollMs, leaseMs = LEASE_MS, random } = options;
  const closing = new AbortController();
  const running = new Map<Run, Promise<void>>();
  const listeners = new Map<number, Set<(job: Job) => void>>();
  let poll: Disposable | null = null;

  /** The ledger may be full or busy: the queue outlives that, and a job that could not be settled runs again. */
  function attempt(failure: string, work: () => void): void {
    try {
      work();
    } catch (err) {
      log.error({ err }, failure);
    }
  }

  function tell(job: Job): void {
    for (const listener of listeners.get(job.id) ?? []) attempt('listener of a job failed', () => listener(job));
  }

  /** Renews before it frees what expired, so that a process that was suspended keeps the jobs that still run in it. */
  function tick(): void {
    if (!ledger.isFree()) return;
    const now = clock.now();
    for (const run of running.keys()) {
      if (now - run.renewedAt < leaseMs / 3) continue;
      attempt('lease of a job not renewed', () => {
        if (store.renew(run.job, leaseMs)) run.renewedAt = now;
        else run.lost.abort(new Error('the job was given away'));
      });
    }
    attempt('leases not freed', () => store.freeExpired());
    look();
  }

  function look(): void {
    if (closing.signal.aborted || poll === null || !ledger.isFree()) return;
    attempt('jobs not claimed', () => {
      while (running.size < concurrency) {
        const job = store.claim(leaseMs);
        if (job === null) return;
        const run = { job, lost: new AbortController(), renewedAt: clock.now() };
        const ended = work(run).finally(() => {
          running.delete(run);
          look();
        });
        running.set(run, ended);
      }
    });
  }

  async function work({ job, lost }: Run): Promise<void> {
    const signal = AbortSignal.any([closing.signal, lost.signal]);
    tell(job);
    try {
      const handler = handlers[job.kind];
      if (handler === undefined) throw new Error(`there is no job of kind ${job.kind}`);
      const result = await handler.run(job, { signal, progress: progressOf(job, lost.signal) });
      await ledger.whenFree(clock, signal);
      attempt('job done but not settled', () => store.finish(job, result));
      log.info({ job: job.id, kind: job.kind, attempts: job.attempts }, 'job done');
    } catch (err) {
      await ledger.whenFree(clock, signal).catch(() => undefined);
      if (!lost.signal.aborted) attempt('job failed but not settled', () => settle(job, err));
    }
    attempt('job not read', () => {
      const now = store.get(job.id);
      if (now !== null) tell(now);
    });
  }

  function settle(job: Job, err: unknown): void {
    // What could not be stored because somebody else was writing is no failure of the job.
    if (closing.signal.aborted || isBusy(err)) {
      store.release(job);
      return;
    }
    const final = job.attempts >= job.maxAttempts || handlers[job.kind] === undefined;
    const retryAt = final ? null : clock.now() + backoffMs(job.attempts, random());
    store.fail(job, err instanceof Error ? err.message : String(err), retryAt);
    log[final ? 'error' : 'warn']({ job: job.id, kind: job.kind, attempts: job.attempts, err }, 'job failed');
  }

  function progressOf(job: Job, lost: AbortSignal): JobControl['progress'] {
    let writtenAt = -Infinity;
    return (done, total) => {
      if (lost.aborted) return;
      const now = clock.now();
      if ((now - writtenAt >= PROGRESS_MS || done === total) && ledger.isFree()) {
        writtenAt = now;
        attempt('progress of a job not written', () => store.progress(job, done, total));
      }
      tell({ ...job, progressDone: done, progressTotal: total });
    };
  }

  function subscribe(jobId: number, listener: (job: Job) => void): () => void {
    const ofJob = listeners.get(jobId) ?? new Set();
    listeners.set(jobId, ofJob.add(listener));
    return () => {
      ofJob.delete(listener);
      if (ofJob.size === 0 && listeners.get(jobId) === ofJob) listeners.delete(jobId);
    };
  }

  return {
    subscribe,
    start() {
      attempt('jobs of an earlier process not taken back', () => {
        const count = store.recover();
        if (count > 0) log.warn({ count }, 'jobs of an earlier process taken back');
      });
      poll = clock.every(pollMs / SECOND_MS, 'UTC', tick);
      look();
    },
    wake: look,
    async waitFor(jobId, ms, signal) {
      signal?.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      const told = new AbortController();
      const enough = AbortSignal.any([closing.signal, told.signal, ...(signal === undefined ? [] : [signal])]);
      enough.addEventListener('abort', () => resolve(), { once: true });
      // The sleep is aborted below once the job is over.
      clock.sleep(ms, enough).then(resolve, () => undefined);
      const end = subscribe(jobId, (job) => {
        if (isOver(job)) resolve();
      });
      try {
        const job = store.get(jobId);
        if (job === null || isOver(job) || enough.aborted || ms <= 0) return job;
        await promise;
        signal?.throwIfAborted();
        return store.get(jobId);
      } finally {
        end();
        told.abort();
      }
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('shutting down'));
      poll?.[Symbol.dispose]();
      await Promise.all(running.values());
    },
  };
}
