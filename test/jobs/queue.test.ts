import { pino } from 'pino';
import { describe, expect, test } from 'vitest';

import { backoffMs, createQueue, type JobHandler, type Queue } from '../../src/jobs/queue.ts';
import { createJobStore, type Job } from '../../src/ledger/machine/job-store.ts';
import { handClock } from '../support/clock.ts';
import { memoryLedger } from '../support/memory-ledger.ts';
import { sharedLedger } from '../support/shared-ledger.ts';

const POLL_MS = 1_000;
const LEASE_MS = 30_000;
const START = 1_000_000;

/** A ledger with a queue of jobs, a clock and a poll that are moved by hand. */
function world(clock = handClock(START), database = memoryLedger({ clock })) {
  const store = createJobStore(database, clock);
  const queues: Queue[] = [];
  const logged: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => logged.push(line) });
  return {
    clock,
    database,
    store,
    logged,
    queue(run: JobHandler['run'], { concurrency = 1 } = {}) {
      const made = createQueue({
        store,
        ledger: database,
        clock,
        log,
        handlers: { sync: { run } },
        concurrency,
        pollMs: POLL_MS,
        leaseMs: LEASE_MS,
        random: () => 0.5,
      });
      queues.push(made);
      return made;
    },
    enqueue: (key: string, maxAttempts = 3) =>
      store.enqueue({ kind: 'sync', key, payload: { class_id: 5 }, actor: 'ana', maxAttempts }).job,
    /** Time goes by, and the queue looks once. */
    pass(ms: number) {
      clock.set(clock.now() + ms - POLL_MS);
      clock.advance(POLL_MS);
    },
    advance: (ms: number) => clock.set(clock.now() + ms),
    state: (job: Job) => store.get(job.id)?.state,
    async [Symbol.asyncDispose]() {
      for (const queue of queues) await queue[Symbol.asyncDispose]();
      database[Symbol.dispose]();
    },
  };
}

/** The next time a job is heard of in that state. */
function heard(queue: Queue, { id }: Job, state: Job['state']): Promise<Job> {
  return new Promise((resolve) => {
    const end = queue.subscribe(id, (job) => {
      if (job.state !== state) return;
      end();
      resolve(job);
    });
  });
}

/** A handler that runs until it is told to stop; `reason` settles with what its signal said. */
function endless() {
  const { promise: began, resolve: begin } = Promise.withResolvers<void>();
  const run: JobHandler['run'] = (_job, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      begin();
    });
  return { run, began };
}

describe('a job', () => {
  test('is done with its result, and tells its progress on the way', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const queue = it.queue(async ({ payload }, { progress }) => {
      progress(0, 2);
      progress(1, 2);
      progress(2, 2);
      return { read: payload['class_id'] };
    });
    const told: string[] = [];
    queue.subscribe(job.id, ({ state, progressDone, progressTotal }) =>
      told.push(`${state} ${progressDone}/${progressTotal}`),
    );

    queue.start();
    const done = await queue.waitFor(job.id, 60_000);

    expect(done).toEqual({
      ...job,
      state: 'done',
      attempts: 1,
      result: { read: 5 },
      progressDone: 2,
      progressTotal: 2,
      finishedAt: START,
    });
    expect(told).toEqual(['running 0/0', 'running 0/2', 'running 1/2', 'running 2/2', 'done 2/2']);
  });

  test('asked for twice while it is open is one job, and a new one afterwards', async () => {
    await using it = world();
    const ask = () => it.store.enqueue({ kind: 'sync', key: 'class:5', payload: {}, actor: 'ana' });
    const first = ask();
    const second = ask();
    const queue = it.queue(async () => ({}));
    queue.start();
    await queue.waitFor(first.job.id, 60_000);

    expect([first.created, second.created, ask().created]).toEqual([true, false, true]);
    expect(second.job.id).toBe(first.job.id);
  });

  test('of a change that was undone does not exist', async () => {
    await using it = world();

    expect(() =>
      it.database.write(() => {
        it.enqueue('class:5');
        throw new Error('second thoughts');
      }),
    ).toThrow('second thoughts');

    expect(it.store.counts()).toEqual({ queued: 0, running: 0, done: 0, failed: 0 });
  });

  test('that fails is tried again after a while, and fails for good with its last attempt', async () => {
    await using it = world();
    const job = it.enqueue('class:5', 2);
    let tried = 0;
    const queue = it.queue(() => Promise.reject(new Error(`no answer ${(tried += 1)}`)));
    const retried = heard(queue, job, 'queued');
    queue.start();

    expect(await retried).toMatchObject({
      attempts: 1,
      lastError: 'no answer 1',
      runAt: START + 1_000,
      leaseUntil: null,
    });
    it.pass(999);
    expect(tried).toBe(1);
    const failed = heard(queue, job, 'failed');
    it.pass(1);
    expect(await failed).toMatchObject({
      attempts: 2,
      lastError: 'no answer 2',
      finishedAt: START + 1_000,
      result: null,
    });
  });

  test('that succeeds in the end shows no error', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const queue = it.queue(async ({ attempts }) => {
      if (attempts === 1) throw new Error('no answer');
      return { attempts };
    });
    const retried = heard(queue, job, 'queued');
    queue.start();
    await retried;
    it.pass(5_000);

    expect(await queue.waitFor(job.id, 60_000)).toMatchObject({
      state: 'done',
      result: { attempts: 2 },
      lastError: null,
    });
  });

  test('of an unknown kind fails at once and says so', async () => {
    await using it = world();
    const { job } = it.store.enqueue({ kind: 'dance', key: '1', payload: {}, actor: 'ana' });
    const queue = it.queue(async () => ({}));
    queue.start();

    expect(await queue.waitFor(job.id, 60_000)).toMatchObject({
      state: 'failed',
      lastError: 'there is no job of kind dance',
    });
  });

  test('entered while the queue sleeps runs as soon as it is woken', async () => {
    await using it = world();
    const queue = it.queue(async () => ({}));
    queue.start();
    const job = it.enqueue('class:5');

    queue.wake();

    expect(await queue.waitFor(job.id, 60_000)).toMatchObject({ state: 'done' });
  });
});

describe('the queue', () => {
  test('runs no more jobs at one time than it may, those due longest first', async () => {
    await using it = world();
    const jobs = ['a', 'b', 'c'].map((key) => it.enqueue(key));
    const begun: string[] = [];
    const gates = new Map<string, () => void>();
    const queue = it.queue(
      ({ key }) => {
        begun.push(key);
        return new Promise((resolve) => gates.set(key, () => resolve({})));
      },
      { concurrency: 2 },
    );
    queue.start();

    expect([begun, it.store.counts().running]).toEqual([['a', 'b'], 2]);
    const began = heard(queue, jobs[2]!, 'running');
    gates.get('a')!();
    await began;
    expect(begun).toEqual(['a', 'b', 'c']);
    gates.get('b')!();
    gates.get('c')!();
    await Promise.all(jobs.map(({ id }) => queue.waitFor(id, 60_000)));
    expect(it.store.counts()).toEqual({ queued: 0, running: 0, done: 3, failed: 0 });
  });

  test('takes back at its start what ran in a process that was killed', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const spent = it.enqueue('class:6', 1);
    it.store.claim(LEASE_MS);
    it.store.claim(LEASE_MS);

    const queue = it.queue(async ({ attempts }) => ({ attempts }));
    queue.start();

    expect(await queue.waitFor(job.id, 60_000)).toMatchObject({ state: 'done', result: { attempts: 2 } });
    expect(it.store.get(spent.id)).toMatchObject({ state: 'failed', lastError: 'the process ended while the job ran' });
  });

  test('keeps the lease of a job that runs for long', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const { run, began } = endless();
    const queue = it.queue(run);
    queue.start();
    await began;

    for (let n = 0; n < 5; n += 1) it.pass(LEASE_MS - 1);

    expect(it.store.get(job.id)).toMatchObject({
      state: 'running',
      attempts: 1,
      leaseUntil: START + 5 * (LEASE_MS - 1) + LEASE_MS,
    });
  });

  test('keeps its jobs when the machine was suspended beyond their lease', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const { run, began } = endless();
    const queue = it.queue(run);
    queue.start();
    await began;

    it.pass(10 * LEASE_MS);

    expect(it.store.get(job.id)).toMatchObject({ state: 'running', attempts: 1 });
  });

  test('stops a run that was given away, and what that run says is not heard', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const { promise: stopped, resolve: stop } = Promise.withResolvers<unknown>();
    const queue = it.queue(
      (_job, { signal, progress }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            stop(signal.reason);
            progress(9, 9);
            resolve({ late: true });
          }),
        ),
    );
    queue.start();
    it.advance(LEASE_MS);
    expect(it.store.freeExpired()).toBe(1);
    const other = it.store.claim(LEASE_MS)!;
    it.pass(LEASE_MS / 2);

    expect(await stopped).toMatchObject({ message: 'the job was given away' });
    expect(it.store.finish({ id: job.id, attempts: 1 }, { late: true })).toBe(false);
    expect(it.store.get(job.id)).toMatchObject({ state: 'running', attempts: 2, progressDone: 0, result: null });
    expect(it.store.finish(other, { right: true })).toBe(true);
  });

  test('that shuts down stops its jobs, waits for them and puts them back unharmed', async () => {
    await using it = world();
    const job = it.enqueue('class:5', 1);
    const { run, began } = endless();
    const queue = it.queue(run);
    queue.start();
    await began;

    await queue[Symbol.asyncDispose]();

    expect(it.store.get(job.id)).toMatchObject({ state: 'queued', attempts: 0, leaseUntil: null, lastError: null });
    queue.wake();
    expect(it.state(job)).toBe('queued');
  });

  test('keeps what a job finished during the shutdown', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const queue = it.queue(
      (_job, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ read: 1 }))),
    );
    queue.start();

    await queue[Symbol.asyncDispose]();

    expect(it.store.get(job.id)).toMatchObject({ state: 'done', result: { read: 1 } });
  });

  test('outlives a ledger that cannot be written, and does the job afterwards', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    it.database.sqlite.pragma('query_only = ON');
    const queue = it.queue(async () => ({}));
    queue.start();
    it.pass(POLL_MS);

    expect(it.state(job)).toBe('queued');
    expect(it.logged.join('')).toContain('jobs not claimed');
    it.database.sqlite.pragma('query_only = OFF');
    it.pass(POLL_MS);
    expect(await queue.waitFor(job.id, 60_000)).toMatchObject({ state: 'done' });
  });

  test('outlives a listener that throws', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const queue = it.queue(async () => ({}));
    queue.subscribe(job.id, () => {
      throw new Error('the tab was closed');
    });
    queue.start();

    expect(await queue.waitFor(job.id, 60_000)).toMatchObject({ state: 'done' });
  });
});

describe('waiting for a job', () => {
  test('ends after the time given, with the job as it is', async () => {
    await using it = world();
    const job = it.enqueue('class:5');

    const waiting = it.queue(async () => ({})).waitFor(job.id, 1);
    it.clock.advance(1);

    expect(await waiting).toEqual(job);
  });

  test('for one that is not there gives nothing', async () => {
    await using it = world();

    expect(await it.queue(async () => ({})).waitFor(99, 60_000)).toBeNull();
  });

  test('ends when the one who waits has gone', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const gone = new AbortController();
    const waiting = it.queue(async () => ({})).waitFor(job.id, 60_000, gone.signal);

    gone.abort(new Error('connection closed'));

    await expect(waiting).rejects.toThrow('connection closed');
  });

  test('ends when the daemon shuts down', async () => {
    await using it = world();
    const job = it.enqueue('class:5');
    const queue = it.queue(async () => ({}));
    const waiting = queue.waitFor(job.id, 60_000);

    await queue[Symbol.asyncDispose]();

    expect(await waiting).toEqual(job);
  });
});

test('a retry comes anywhere up to a bound that doubles, to five minutes at most', () => {
  expect([1, 2, 3, 4].map((attempts) => backoffMs(attempts, 1))).toEqual([2_000, 4_000, 8_000, 16_000]);
  expect(backoffMs(3, 0)).toBe(0);
  expect(backoffMs(40, 1)).toBe(300_000);
});

describe('while another program writes the ledger', () => {
  test('no job is begun, and it is begun once the other is done', async () => {
    const clock = handClock(START);
    using shared = sharedLedger(clock);
    await using it = world(clock, shared.database);
    const job = it.enqueue('class:5');
    const queue = it.queue(async () => ({}));
    shared.hold();
    queue.start();
    await clock.run(5 * POLL_MS);
    expect(it.state(job)).toBe('queued');
    shared.release();
    await clock.run(2 * POLL_MS);

    expect(it.state(job)).toBe('done');
  });

  test('a job that could not store something runs again, and that uses up no attempt', async () => {
    const clock = handClock(START);
    using shared = sharedLedger(clock);
    await using it = world(clock, shared.database);
    const job = it.enqueue('class:5', 1);
    let runs = 0;
    const queue = it.queue(async () => {
      runs += 1;
      if (runs === 1) shared.hold();
      return shared.database.write(() => ({ runs }));
    });
    queue.start();
    await clock.run(5 * POLL_MS);
    shared.release();
    await clock.run(3 * POLL_MS);

    expect(it.store.get(job.id)).toMatchObject({ state: 'done', attempts: 1, result: { runs: 2 } });
    expect(it.logged.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  test('a job that is done is kept as done once the other is', async () => {
    const clock = handClock(START);
    using shared = sharedLedger(clock);
    await using it = world(clock, shared.database);
    const job = it.enqueue('class:5');
    const queue = it.queue(async () => {
      shared.hold();
      return { read: 1 };
    });
    queue.start();
    await clock.run(POLL_MS);
    shared.release();
    await clock.run(POLL_MS);

    expect(it.store.get(job.id)).toMatchObject({ state: 'done', attempts: 1, result: { read: 1 } });
  });
});
