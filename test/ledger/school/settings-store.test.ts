import { describe, expect, test } from 'vitest';

import { openDatabase } from '../../../src/ledger/database.ts';
import { createPassStore, createUsageStore } from '../../../src/ledger/machine/machine-store.ts';
import { createSettingsStore } from '../../../src/ledger/school/settings-store.ts';

const clock = { now: () => 1_000 };

describe('a business setting', () => {
  const settingsOf = (rows: Readonly<Record<string, unknown>>) => {
    const database = openDatabase(':memory:', { clock });
    const insert = database.sqlite.prepare('insert into settings (name, value, updated_at) values (?, ?, 0)');
    for (const [name, value] of Object.entries(rows)) insert.run(name, JSON.stringify(value));
    return { settings: createSettingsStore(database), [Symbol.dispose]: () => database[Symbol.dispose]() };
  };

  test('that nobody set is left to its default', () => {
    using world = settingsOf({ weakMatchesBill: true });

    expect(world.settings.get('thresholds')).toBeNull();
  });

  test('is what the ledger holds', () => {
    using world = settingsOf({
      weakMatchesBill: false,
      thresholds: { lateAfterMs: 600_000, attendedIfMs: 1_000 },
    });

    expect(world.settings.get('weakMatchesBill')).toBe(false);
    expect(world.settings.get('thresholds')).toEqual({ lateAfterMs: 600_000, attendedIfMs: 1_000 });
  });

  test('cannot hold what makes no sense', () => {
    using world = settingsOf({ thresholds: { lateAfterMs: -1, attendedIfMs: 0.5 } });

    expect(() => world.settings.get('thresholds')).toThrow('lateAfterMs');
  });
});

describe('the last pass of a loop', () => {
  test('is kept while it runs and when it has succeeded', () => {
    using database = openDatabase(':memory:', { clock });
    const passes = createPassStore(database);

    passes.started('fetch', 100);
    const running = passes.get('fetch');
    passes.finished('fetch', 150, { summary: { read: 3 } });

    const blank = { name: 'fetch', startedAt: 100, finishedAt: null, succeededAt: null, summary: null, error: null };
    expect(running).toEqual(blank);
    expect(passes.list()).toEqual([{ ...blank, finishedAt: 150, succeededAt: 150, summary: { read: 3 } }]);
    expect(passes.get('retry')).toBeNull();
  });

  test('that failed still tells when one succeeded', () => {
    using database = openDatabase(':memory:', { clock });
    const passes = createPassStore(database);
    passes.started('fetch', 100);
    passes.finished('fetch', 150, { summary: { read: 3 } });

    passes.started('fetch', 200);
    passes.finished('fetch', 250, { error: 'disk full' });

    expect(passes.get('fetch')).toMatchObject({
      startedAt: 200,
      finishedAt: 250,
      succeededAt: 150,
      error: 'disk full',
    });
  });
});

describe('the use of the quota', () => {
  test('is added up by account and instant, and forgotten when no quota counts it', () => {
    using database = openDatabase(':memory:', { clock });
    const usage = createUsageStore(database);

    usage.add(
      [
        { user: 'ana', at: 1_000, calls: 2 },
        { user: 'rui', at: 2_000, calls: 1 },
      ],
      0,
    );
    usage.add([{ user: 'ana', at: 1_000, calls: 3 }], 0);

    expect(usage.since(0)).toEqual([
      { user: 'ana', at: 1_000, calls: 5 },
      { user: 'rui', at: 2_000, calls: 1 },
    ]);
    usage.add([], 1_500);
    expect(usage.since(0)).toEqual([{ user: 'rui', at: 2_000, calls: 1 }]);
    expect(usage.since(2_000)).toEqual([]);
  });
});
