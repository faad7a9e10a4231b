import { describe, expect, test } from 'vitest';

import { createPassStore, createUsageStore } from '../../../src/ledger/machine/machine-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const NOW = Date.parse('2026-01-16T20:00:00Z');

function ledger() {
  const database = memoryLedger({ clock: handClock(NOW) });
  return {
    passes: createPassStore(database),
    usage: createUsageStore(database),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

describe('the last pass of a loop', () => {
  test('is unknown before the first one, and not finished while it runs', () => {
    using world = ledger();
    expect(world.passes.get('live')).toBeNull();
    world.passes.started('live', NOW);

    expect(world.passes.get('live')).toEqual({
      name: 'live',
      startedAt: NOW,
      finishedAt: null,
      succeededAt: null,
      summary: null,
      error: null,
    });
  });

  test('that failed keeps the time and the summary of the last one that succeeded', () => {
    using world = ledger();
    world.passes.started('live', NOW);
    world.passes.finished('live', NOW + 1, { summary: { read: 4 } });
    world.passes.started('live', NOW + 10);
    world.passes.finished('live', NOW + 12, { error: 'Google is busy' });

    expect(world.passes.get('live')).toEqual({
      name: 'live',
      startedAt: NOW + 10,
      finishedAt: NOW + 12,
      succeededAt: NOW + 1,
      summary: { read: 4 },
      error: 'Google is busy',
    });
  });

  test('shows the error of the pass before while it runs, and none when it has succeeded', () => {
    using world = ledger();
    world.passes.started('live', NOW);
    world.passes.finished('live', NOW + 1, { error: 'Google is busy' });
    world.passes.started('live', NOW + 10);
    expect(world.passes.get('live')).toMatchObject({ finishedAt: null, error: 'Google is busy' });
    world.passes.finished('live', NOW + 11, { summary: {} });

    expect(world.passes.get('live')).toMatchObject({ succeededAt: NOW + 11, error: null });
  });

  test('is one row for each loop, listed by name', () => {
    using world = ledger();
    for (const name of ['retry', 'live', 'retry', 'jobs']) world.passes.started(name, NOW);

    expect(world.passes.list().map(({ name }) => name)).toEqual(['jobs', 'live', 'retry']);
  });
});

describe('the calls that count against the quota of an account', () => {
  test('add up for one instant, and are listed from the oldest on', () => {
    using world = ledger();
    world.usage.add(
      [
        { user: 'ana@school.example', at: NOW, calls: 2 },
        { user: 'ana@school.example', at: NOW - 60, calls: 1 },
      ],
      0,
    );
    world.usage.add([{ user: 'ana@school.example', at: NOW, calls: 3 }], 0);

    expect(world.usage.since(0)).toEqual([
      { user: 'ana@school.example', at: NOW - 60, calls: 1 },
      { user: 'ana@school.example', at: NOW, calls: 5 },
    ]);
  });

  test('are counted for each account on its own', () => {
    using world = ledger();
    world.usage.add(
      ['ana@school.example', 'ben@school.example'].map((user) => ({ user, at: NOW, calls: 1 })),
      0,
    );

    expect(world.usage.since(0).map(({ user, calls }) => [user, calls])).toEqual(
      expect.arrayContaining([
        ['ana@school.example', 1],
        ['ben@school.example', 1],
      ]),
    );
    expect(world.usage.since(NOW)).toEqual([]);
  });

  test('are forgotten when they lie before the instant that the caller names, and kept at that instant', () => {
    using world = ledger();
    world.usage.add(
      [-2, -1, 0].map((at) => ({ user: 'ana@school.example', at: NOW + at, calls: 1 })),
      0,
    );
    world.usage.add([], NOW - 1);

    expect(world.usage.since(0).map(({ at }) => at)).toEqual([NOW - 1, NOW]);
  });
});
