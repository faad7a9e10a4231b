import { describe, expect, test } from 'vitest';

import { createPassStore, createUsageStore } from '../../../src/ledger/machine/machine-store.ts';
import { createAuditLog } from '../../../src/ledger/school/audit-log.ts';
import { createSettingsStore } from '../../../src/ledger/school/settings-store.ts';
import { settleZone } from '../../../src/ledger/school/zone.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const clock = { now: () => 1_000 };

describe('the settings of a school', () => {
  test('are changes in the order they were made, each with the instant that it holds from', () => {
    using database = memoryLedger({ clock });
    const settings = createSettingsStore(database, clock);
    expect(settings.versions()).toEqual([]);
    settings.setZone('Europe/Paris');
    const by = { actor: 'office', reason: null };
    const first = settings.add({ validFrom: '2026-02-01', changes: { late_after_minutes: 10 }, ...by });
    const second = settings.add({ validFrom: null, changes: { school_name: 'Ponte', due_days: null }, ...by });
    const effectiveAt = Date.parse('2026-01-31T23:00:00Z');
    expect(first).toMatchObject({ id: 1, validFrom: '2026-02-01', effectiveAt, createdAt: 1_000 });
    expect(settings.versions()).toEqual([first, second]);
  });

  test('cannot hold what makes no sense', () => {
    using database = memoryLedger({ clock });
    const settings = createSettingsStore(database, clock);
    database.sqlite.exec(
      `insert into settings_versions (changes, actor, created_at) values ('{"late_after_minutes":-1}', 'x', 0)`,
    );
    expect(() => settings.versions()).toThrow('late_after_minutes');
  });
});

describe('the zone of a ledger', () => {
  const settled = (wanted: string | null, prepare = '', wish: { keep?: boolean; mayDiffer?: boolean } = {}) => {
    using database = memoryLedger({ clock });
    database.sqlite.exec(prepare);
    const settings = createSettingsStore(database, clock);
    settleZone(database, settings, createAuditLog(database, clock), { wanted, keep: false, mayDiffer: false, ...wish });
    return [settings.storedZone(), settings.zone()];
  };
  const kept = `insert into settings values ('zone', '"Asia/Calcutta"', 0);`;
  const older = `insert into audit_log (id, at, actor, action, subject, previous_hash, hash)
    values (1, 0, 'a', 'b', 'c', 'p', 'h');`;
  const policy = `insert into policy_versions (valid_from, policy, actor, created_at)
    values ('2026-01-01', '{"valid_from":"2026-01-01","preset":"slot_held","period":{"zone":"Asia/Tokyo"}}', 'x', 0);`;

  test('that is made is that of the environment, or UTC', () => {
    expect(settled('Europe/Lisbon')).toEqual(['Europe/Lisbon', 'Europe/Lisbon']);
    expect(settled(null)).toEqual(['UTC', 'UTC']);
  });

  test('that is kept stays, by whatever name the environment has for it', () => {
    expect(settled(null, kept)).toEqual(['Asia/Calcutta', 'Asia/Calcutta']);
    expect(settled('Asia/Kolkata', kept)).toEqual(['Asia/Calcutta', 'Asia/Calcutta']);
    expect(() => settled('Europe/Lisbon', kept)).toThrow(/ROLLBOOK_TIMEZONE: is Europe\/Lisbon.*settings zone/);
    expect(settled('Europe/Lisbon', kept, { mayDiffer: true })).toEqual(['Asia/Calcutta', 'Asia/Calcutta']);
  });

  test('of an earlier version is that of the environment, and is kept when a daemon follows it', () => {
    expect(settled('Europe/Lisbon', older)).toEqual(['Europe/Lisbon', 'Europe/Lisbon']);
    expect(settled(null, older)).toEqual([null, 'UTC']);
    expect(settled(null, older + policy)).toEqual([null, 'Asia/Tokyo']);
    expect(settled(null, older + policy, { keep: true })).toEqual(['Asia/Tokyo', 'Asia/Tokyo']);
  });
});

describe('the last pass of a loop', () => {
  test('is kept while it runs and when it has succeeded', () => {
    using database = memoryLedger({ clock });
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
    using database = memoryLedger({ clock });
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
    using database = memoryLedger({ clock });
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
