import { expect, test } from 'vitest';

import { moneyWorld } from '../support/money-world.ts';

const DAY = 24 * 60 * 60_000;
const loop = { name: 'fetch', everySeconds: 180, isRunning: false, nextRunAt: null, failure: null };

test('a process that runs no loops tells which passes were made, and what is owed', async () => {
  await using world = moneyWorld();
  const now = world.clock.now();
  const classId = world.lesson({ coverage: 'partial' });
  world.lesson({ date: '2026-01-17', coverage: 'partial' });
  world.lesson({ date: '2026-01-18' });
  world.passes.started('fetch', now - 1000);

  const status = world.queries.status(null, 1);

  expect(status).toMatchObject({
    now,
    startedAt: null,
    ledger: { writable: true, problem: null },
    loops: [{ name: 'fetch', state: null, last: { startedAt: now - 1000, succeededAt: null } }],
    coverage: { partial: 2, complete: 1 },
    openReviews: 0,
  });
  // Not more than were asked for, the oldest first, with the day on which Google deletes the records.
  const end = Date.parse('2026-01-16T17:00:00Z');
  expect(status.debt).toMatchObject([{ classId, subject: 'Algebra', classEnd: end, deadline: end + 30 * DAY }]);
});

test('the process that runs the loops tells of each, whether it made a pass or not', async () => {
  await using world = moneyWorld();
  const now = world.clock.now();
  world.passes.started('fetch', now - 1000);
  world.passes.finished('fetch', now - 900, { summary: { read: 3 } });
  const retry = { ...loop, name: 'retry' };

  expect(world.queries.status({ startedAt: now - 5000, loops: [loop, retry], credentials: true }, 9)).toMatchObject({
    startedAt: now - 5000,
    loops: [
      { name: 'fetch', state: loop, last: { succeededAt: now - 900, summary: { read: 3 } } },
      { name: 'retry', state: retry, last: null },
    ],
  });
});

test('a failure that the ledger could not keep is known to the loop, and what began without a session is counted', async () => {
  await using world = moneyWorld();
  const now = world.clock.now();
  world.passes.started('fetch', now - 1000);
  world.passes.finished('fetch', now - 900, { summary: { read: 3 } });
  const daemon = { startedAt: now - 5000, loops: [{ ...loop, failure: 'the disk is full' }], credentials: true };

  const status = world.queries.status(daemon, 9);

  expect(status.loops).toMatchObject([{ error: 'the disk is full', last: { error: null } }]);
  expect(status.unready).toMatchObject([{ reason: 'loop_failed' }]);
  expect(status.unwatched).toBe(0);
});
