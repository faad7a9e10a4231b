import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { openDatabase, shippedMigrations } from '../../src/ledger/database.ts';
import { migrate, readMigrations } from '../../src/ledger/migrations.ts';
import { called, temporaryFolder } from './rollbook.ts';

const clock = { now: () => 0 };

/** A ledger of this version, closed. */
function ledgerFolder() {
  const folder = temporaryFolder();
  const file = join(folder.path, 'rollbook.db');
  openDatabase(file, { clock })[Symbol.dispose]();
  const content = () =>
    Object.fromEntries(
      readdirSync(folder.path).map((name) => {
        const path = join(folder.path, name);
        return [name, [statSync(path).mtimeMs, readFileSync(path).toString('base64')]];
      }),
    );
  const verify = () => called(['verify', '--json'], { ROLLBOOK_DATA_DIR: folder.path });
  return { file, content, verify, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

describe('verify names a value that was edited until it cannot be read', () => {
  const edited = async (sql: string) => {
    using it = ledgerFolder();
    const env = { ROLLBOOK_DATA_DIR: dirname(it.file) };
    for (const args of [
      ['settings', 'set', 'late_after_minutes=7'],
      ['settings', 'zone', 'Europe/Lisbon'],
      ['policy', 'set', '--from', '2026-01-01'],
      [
        'rates',
        'add',
        '--kind',
        'charge',
        '--amount',
        '42',
        '--currency',
        'EUR',
        '--unit',
        'hour',
        '--from',
        '2026-01-01',
      ],
    ]) {
      expect(await called(args, env)).toMatchObject({ code: 0 });
    }
    const sqlite = new SqliteDatabase(it.file);
    sqlite.exec(sql);
    sqlite.close();
    const { code, stdout } = await it.verify();
    const { checks } = JSON.parse(stdout) as { checks: { check: string; ok: boolean; detail: string }[] };
    return { code, wrong: checks.filter(({ ok }) => !ok) };
  };

  test.for([
    ["update settings set value = 'Mars'", 'settings zone was changed by hand'],
    ["update settings_versions set changes = 'x'", 'settings_versions 1 was changed by hand'],
    ["update policy_versions set policy = 'x'", 'policy_versions 1 was changed by hand'],
    ["update audit_log set rows = 'x' where id = 2", 'the rows of entry 2 (settings.zone by cli'],
  ])('%s', async ([sql = '', named = '']) => {
    const { code, wrong } = await edited(sql);
    expect(code).toBe(1);
    expect(wrong.find(({ check }) => check === 'records')?.detail).toContain(named);
  });
});

describe('verify changes nothing', () => {
  test('of a ledger that nobody works on: no byte of it, and no file beside it', async () => {
    using it = ledgerFolder();
    const before = it.content();
    expect((await it.verify()).code).toBe(0);
    expect(it.content()).toEqual(before);
  });

  test('of a ledger that is in use: its log stays', async () => {
    using it = ledgerFolder();
    using daemon = openDatabase(it.file, { clock });
    daemon.write(() =>
      daemon.sqlite.exec("insert into families (name, currency, created_at) values ('Silva', 'EUR', 1)"),
    );
    const log = readFileSync(`${it.file}-wal`);
    await it.verify();
    expect(daemon.isInPlace()).toBe(true);
    expect(readFileSync(`${it.file}-wal`).equals(log)).toBe(true);
  });

  test('of a ledger of an older version, which is looked at in a copy', async () => {
    using it = ledgerFolder();
    rmSync(it.file);
    const old = new SqliteDatabase(it.file);
    old.pragma('journal_mode = WAL');
    migrate(old, readMigrations(shippedMigrations).slice(0, 4), { clock });
    old.close();
    const before = it.content();
    const { code, stderr } = await it.verify();
    expect([code, stderr]).toEqual([
      0,
      'The ledger is of an older version: a copy of it was brought up to date and is looked at.\n',
    ]);
    expect(it.content()).toEqual(before);
  });

  test.for<[string, (file: string) => void, string]>([
    ['an empty file', (file) => writeFileSync(file, ''), 'is gone or empty'],
    ['a text', (file) => writeFileSync(file, 'dear diary, '.repeat(500)), 'is no SQLite file'],
    [
      'a database without tables',
      (file) => new SqliteDatabase(file).exec('create table a (b); drop table a').close(),
      'is a database without tables',
    ],
    [
      'the database of another program',
      (file) => new SqliteDatabase(file).exec('create table songs (title text)').close(),
      'is a database, but not of Rollbook',
    ],
  ])('and refuses what is no ledger: %s', async ([_what, make, message]) => {
    using it = ledgerFolder();
    rmSync(it.file);
    make(it.file);
    const before = it.content();
    const { code, stderr, stdout } = await it.verify();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(it.content()).toEqual(before);
  });
});
