import { describe, expect, test } from 'vitest';

import { whyNotReady, type Status } from '../../src/queries/status.ts';
import { moneyWorld } from '../support/money-world.ts';

const DAY = 24 * 60 * 60_000;
const loop = { name: 'fetch', everySeconds: 180, isRunning: false, nextRunAt: null };

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

  expect(world.queries.status({ startedAt: now - 5000, loops: [loop, retry] }, 9)).toMatchObject({
    startedAt: now - 5000,
    loops: [
      { name: 'fetch', state: loop, last: { succeededAt: now - 900, summary: { read: 3 } } },
      { name: 'retry', state: retry, last: null },
    ],
  });
});

describe('why evidence may be lost now', () => {
  const NOW = Date.parse('2026-01-16T16:00:00Z');
  // Three passes of three minutes and one minute more.
  const LATE = 10 * 60_000;

  function status({ startedAt = NOW - DAY, succeededAt = null as number | null, error = null as string | null }) {
    const last = { name: 'fetch', startedAt: 0, finishedAt: 0, succeededAt, summary: null, error };
    const loops = [{ name: 'fetch', state: loop, last }];
    return { now: NOW, startedAt, ledger: { writable: true, problem: null }, loops } as unknown as Status;
  }

  test('a loop is late when three passes and a minute went by without a success', () => {
    expect(whyNotReady(status({ succeededAt: NOW - LATE }))).toEqual([]);
    expect(whyNotReady(status({ succeededAt: NOW - LATE - 1 }))).toEqual([
      'loop fetch made no successful pass for 600 seconds',
    ]);
    expect(whyNotReady(status({ succeededAt: NOW - LATE - 1, error: 'no network' }))).toEqual([
      'loop fetch made no successful pass for 600 seconds: the last pass failed; /monitoring/status has the error',
    ]);
  });

  test('a daemon that has just begun has its time, whatever was long ago', () => {
    expect(whyNotReady(status({ startedAt: NOW - LATE, succeededAt: NOW - DAY }))).toEqual([]);
    expect(whyNotReady(status({ startedAt: NOW - LATE - 1 }))).toHaveLength(1);
  });

  test('a ledger that cannot be written', () => {
    const ledger = { writable: false, problem: 'the disk is full' };
    expect(whyNotReady({ ...status({ succeededAt: NOW }), ledger })).toEqual(['the disk is full']);
    expect(whyNotReady({ ...status({ succeededAt: NOW }), ledger: { writable: false, problem: null } })).toEqual([
      'the ledger cannot be written',
    ]);
  });

  test('a loop of another process is not judged', () => {
    const foreign = { ...status({}), loops: [{ name: 'fetch', state: null, last: null }] };
    expect(whyNotReady(foreign)).toEqual([]);
  });
});
