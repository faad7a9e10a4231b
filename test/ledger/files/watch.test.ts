import {
  copyFileSync,
  existsSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { openDatabase, type Database } from '../../../src/ledger/database.ts';

const clock = { now: () => 0 };

/** An open ledger; those that lost their files are left open, as in a process that ends. */
function openLedger() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const path = join(folder.path, 'rollbook.db');
  const database = openDatabase(path, { clock });
  return { path, database, [Symbol.dispose]: () => folder.remove() };
}

function addFamily({ write, sqlite }: Database): void {
  write(() => sqlite.exec("insert into families (name, currency, created_at) values ('Silva', 'EUR', 1)"));
}

const AWAY: Readonly<Record<string, (path: string) => void>> = {
  'a ledger that was deleted': (path) => rmSync(path),
  'a ledger that was moved away': (path) => renameSync(path, `${path}.old`),
  'a ledger that was replaced': (path) => {
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
  },
  'a ledger that was emptied in place': (path) => truncateSync(path),
  'a ledger that was cut off in place': (path) => truncateSync(path, 8192),
  'a ledger that was overwritten with a text': (path) => writeFileSync(path, 'dear diary, '.repeat(50_000)),
  'a ledger that was overwritten with a backup': (path) => {
    const copy = `${path}.backup`;
    new SqliteDatabase(path, { readonly: true }).prepare('vacuum into ?').run(copy);
    writeFileSync(path, readFileSync(copy));
  },
  'a write-ahead log that was deleted': (path) => rmSync(`${path}-wal`),
  'an index of the log that was deleted': (path) => rmSync(`${path}-shm`),
};

describe('no entry is accepted that would be lost:', () => {
  for (const [what, take] of Object.entries(AWAY)) {
    test(`${what}`, () => {
      using it = openLedger();
      const { path, database } = it;
      addFamily(database);
      expect([database.isInPlace(), database.lost.aborted, database.health().problem]).toEqual([true, false, null]);

      take(path);

      expect(() => addFamily(database)).toThrow(/while .* in use: nothing is written any more, and Rollbook ends\.$/);
      expect(database.sqlite.prepare('select count(*) from families').pluck().get()).toBe(1);
      expect(database.isInPlace()).toBe(false);
      expect(database.lost.reason).toMatchObject({ reason: 'gone' });
      expect(database.health()).toMatchObject({ writable: false });
      expect(database.health().problem).toContain(path);
    });
  }
});

test('what was stored while the files were taken away is not acknowledged', () => {
  using it = openLedger();
  const { path, database } = it;
  expect(() =>
    database.write(() => {
      rmSync(path);
      database.sqlite.exec("insert into families (name, currency, created_at) values ('Silva', 'EUR', 1)");
    }),
  ).toThrow('was deleted or moved away');
});

test('commands beside the daemon that open and close the ledger take nothing away', () => {
  using it = openLedger();
  addFamily(it.database);
  {
    using command = openDatabase(it.path, { clock });
    addFamily(command);
  }
  expect(it.database.isInPlace()).toBe(true);
});

test('checkpoints, a table of a tool beside it and a VACUUM take nothing away', () => {
  using it = openLedger();
  const { path, database } = it;
  const tool = new SqliteDatabase(path);
  for (let round = 0; round < 20; round += 1) {
    addFamily(database);
    if (round === 5) tool.exec('create table _litestream_seq (id integer primary key, seq integer)');
    if (round === 10) tool.exec('vacuum');
    database.sqlite.pragma(`wal_checkpoint(${round % 2 === 0 ? 'PASSIVE' : 'TRUNCATE'})`);
    expect(database.isInPlace()).toBe(true);
  }
  tool.close();
});

test('a ledger that was overwritten gets nothing of what it held, and the newest entries are kept beside it', () => {
  using it = openLedger();
  const { path, database } = it;
  addFamily(database);
  const text = 'dear diary, '.repeat(50_000);
  writeFileSync(path, text);
  database[Symbol.dispose]();
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(readdirSync(dirname(path)).filter((name) => name.startsWith('rollbook.db-wal.overwritten-'))).toHaveLength(1);
  expect(readFileSync(`${path}-wal`)).toHaveLength(0);
});

test('looks at an open ledger leave the locks that SQLite has on it', { skip: !existsSync('/proc/locks') }, () => {
  using ledger = openLedger();
  const inode = statSync(ledger.path).ino;
  const locks = () =>
    readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .filter((line) => line.includes(` ${process.pid} `) && line.includes(`:${inode} `));
  const before = locks();
  addFamily(ledger.database);
  ledger.database.sqlite.pragma('wal_checkpoint(TRUNCATE)');
  expect(ledger.database.isInPlace()).toBe(true);
  expect(before.length).toBeGreaterThan(0);
  expect(locks().length).toBe(before.length);
  ledger.database[Symbol.dispose]();
});
