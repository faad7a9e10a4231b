import { describe, expect, test } from 'vitest';

import { createJobStore } from '../../../src/ledger/machine/job-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-01-16T20:00:00Z');

function ledger() {
  const clock = handClock(NOW);
  const database = memoryLedger({ clock });
  const jobStore = createJobStore(database, clock);
  const enqueue = (key: string, maxAttempts?: number) =>
    jobStore.enqueue({ kind: 'sync', key, payload: { key }, actor: 'ana', maxAttempts });
  return { clock, jobStore, enqueue, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

describe('a job that is asked for twice', () => {
  test('is one job while it waits or runs, and keeps what the first request said', () => {
    using world = ledger();
    const { job, created } = world.enqueue('january');
    const again = () => world.jobStore.enqueue({ kind: 'sync', key: 'january', payload: { other: 1 }, actor: 'ben' });

    expect(created).toBe(true);
    expect(again()).toEqual({ job, created: false });
    const running = world.jobStore.claim(MINUTE)!;
    expect(again()).toEqual({ job: running, created: false });
    expect(running).toMatchObject({ id: job.id, payload: { key: 'january' }, actor: 'ana' });
  });

  test('is a new job when the first is done, or when it is of another kind', () => {
    using world = ledger();
    world.enqueue('january');
    world.jobStore.finish(world.jobStore.claim(MINUTE)!, { read: 3 });

    expect(world.enqueue('january').created).toBe(true);
    expect(world.jobStore.enqueue({ kind: 'backfill', key: 'january', payload: {}, actor: 'ana' }).created).toBe(true);
    expect(world.jobStore.counts()).toEqual({ queued: 2, running: 0, done: 1, failed: 0 });
  });
});

describe('a worker', () => {
  test('takes the job that is due the longest, each one once, and none before its time', () => {
    using world = ledger();
    const [first, second] = ['a', 'b'].map((key) => world.enqueue(key).job.id);
    const run = world.jobStore.claim(MINUTE)!;
    expect([run.id, run.attempts, run.leaseUntil]).toEqual([first, 1, NOW + MINUTE]);
    world.jobStore.fail(run, 'Google is busy', NOW + MINUTE);

    expect(world.jobStore.claim(MINUTE)?.id).toBe(second);
    expect(world.jobStore.claim(MINUTE)).toBeNull();
    world.clock.advance(MINUTE - 1);
    expect(world.jobStore.claim(MINUTE)).toBeNull();
    world.clock.advance(1);
    expect(world.jobStore.claim(MINUTE)).toMatchObject({ id: first, attempts: 2, lastError: 'Google is busy' });
  });

  test('whose run was lost is not heard any more, and the run that took its place is not touched', () => {
    using world = ledger();
    world.enqueue('a');
    const lost = world.jobStore.claim(MINUTE)!;
    world.clock.advance(MINUTE);
    expect(world.jobStore.freeExpired()).toBe(1);
    const current = world.jobStore.claim(MINUTE)!;

    expect([
      world.jobStore.renew(lost, MINUTE),
      world.jobStore.progress(lost, 9, 10),
      world.jobStore.finish(lost, {}),
      world.jobStore.fail(lost, 'late', null),
      world.jobStore.release(lost),
    ]).toEqual([false, false, false, false, false]);
    expect(world.jobStore.get(current.id)).toEqual(current);
    expect(world.jobStore.finish(current, { read: 1 })).toBe(true);
    expect(world.jobStore.finish(current, { read: 2 })).toBe(false);
    expect(world.jobStore.get(current.id)).toMatchObject({ state: 'done', result: { read: 1 }, lastError: null });
  });

  test('that gives a job back leaves it all its attempts', () => {
    using world = ledger();
    world.enqueue('a', 1);
    expect(world.jobStore.release(world.jobStore.claim(MINUTE)!)).toBe(true);

    expect(world.jobStore.claim(MINUTE)).toMatchObject({ attempts: 1, state: 'running' });
  });
});

test('the sweep leaves a job whose lease goes on, requeues one whose lease is over, and fails one without attempts left', () => {
  using world = ledger();
  const [renewed, again, spent] = [world.enqueue('a'), world.enqueue('b'), world.enqueue('c', 1)].map(
    ({ job }) => job.id,
  );
  const run = world.jobStore.claim(MINUTE)!;
  world.jobStore.claim(MINUTE);
  world.jobStore.claim(MINUTE);
  world.clock.advance(MINUTE);
  world.jobStore.renew(run, MINUTE);

  expect(world.jobStore.freeExpired()).toBe(2);
  expect([renewed, again, spent].map((id) => world.jobStore.get(id!)?.state)).toEqual(['running', 'queued', 'failed']);
  expect(world.jobStore.freeExpired()).toBe(0);
  // The start of a daemon does not wait for a lease of the process before.
  expect(world.jobStore.recover()).toBe(1);
  expect(world.jobStore.get(renewed!)?.state).toBe('queued');
});
