import { copyFileSync, existsSync, mkdtempDisposableSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openDatabase, type Database } from '../../../src/ledger/database.ts';
import { integrityProblems } from '../../../src/ledger/durable.ts';
import { killedWhere, literal } from '../another-process.ts';

const clock = { now: () => Date.parse('2026-01-16T15:00:00Z') };

function addFamily({ write, sqlite }: Database, name: string): void {
  write(() => sqlite.prepare("insert into families (name, currency, created_at) values (?, 'EUR', 1)").run(name));
}

const names = (database: Database) => database.sqlite.prepare('select name from families order by id').pluck().all();

/** A ledger with a family in its file and another one that stands in the write-ahead log only. */
function openLedger() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const path = join(folder.path, 'rollbook.db');
  const database = openDatabase(path, { clock });
  addFamily(database, 'Silva');
  database.sqlite.pragma('wal_checkpoint(TRUNCATE)');
  database.sqlite.prepare('vacuum into ?').run(`${path}.backup`);
  addFamily(database, 'Costa');
  const namesIn = (file: string) => {
    using reader = openDatabase(file, { clock });
    expect(integrityProblems(reader.sqlite)).toEqual([]);
    return names(reader);
  };
  return { folder: folder.path, path, database, namesIn, [Symbol.dispose]: () => folder.remove() };
}

test('entries whose log was deleted are written into the ledger', () => {
  using it = openLedger();
  rmSync(`${it.path}-wal`);
  it.database[Symbol.dispose]();
  expect(it.namesIn(it.path)).toEqual(['Silva', 'Costa']);
});

test('a ledger that was deleted is saved under another name', () => {
  using it = openLedger();
  rmSync(it.path);
  it.database[Symbol.dispose]();
  const saved = `${it.path}.saved-20260116T150000Z`;
  expect(statSync(saved).mode & 0o777).toBe(0o600);
  expect(existsSync(it.path)).toBe(false);
  expect(it.namesIn(saved)).toEqual(['Silva', 'Costa']);
});

test('one that was moved away is whole, and what took its place gets none of its entries', () => {
  using it = openLedger();
  renameSync(it.path, `${it.path}.old`);
  renameSync(`${it.path}.backup`, it.path);
  it.database[Symbol.dispose]();
  expect(it.namesIn(it.path)).toEqual(['Silva']);
  expect(it.namesIn(`${it.path}.old`)).toEqual(['Silva', 'Costa']);
});

test('a log that somebody else has made since is left alone', async () => {
  using it = openLedger();
  rmSync(`${it.path}-wal`);
  rmSync(`${it.path}-shm`);
  const other = `
    const { openDatabase } = await import(${literal('ledger/database.ts')});
    const { sqlite } = openDatabase(${JSON.stringify(it.path)}, { clock });
    sqlite.exec("insert into families (name, currency, created_at) values ('Reis', 'EUR', 1)");
    reached();`;
  await killedWhere(other, () => it.database[Symbol.dispose]());
  expect(statSync(`${it.path}-wal`).size).toBeGreaterThan(0);
  // In this process SQLite still has the old files open.
  copyFileSync(it.path, `${it.path}.copy`);
  copyFileSync(`${it.path}-wal`, `${it.path}.copy-wal`);
  expect(it.namesIn(`${it.path}.copy`)).toEqual(['Silva', 'Reis']);
});
