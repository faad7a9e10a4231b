import { mkdtempDisposableSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { LedgerUnavailableError } from '../../src/errors.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { createInspection, inspectLedger } from '../../src/ledger/inspect.ts';
import { createTokenStore } from '../../src/ledger/school/token-store.ts';
import { seededRandom } from '../support/clock.ts';
import { memoryLedger } from '../support/memory-ledger.ts';

const NOW = Date.parse('2026-01-16T15:00:00Z');
const clock = { now: () => NOW };

/** A ledger on the disk, filled and closed. */
function ledger(fill: (database: ReturnType<typeof openDatabase>) => void = () => {}) {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const file = join(folder.path, 'rollbook.db');
  using database = openDatabase(file, { clock });
  fill(database);
  return { file, [Symbol.dispose]: () => folder.remove() };
}

test('a ledger that is whole has no damage, and its valid tokens of admins are counted', () => {
  using made = ledger((database) => {
    const tokens = createTokenStore(database, clock, seededRandom(1));
    tokens.create({ label: 'office', role: 'admin' });
    tokens.create({ label: 'until noon', role: 'admin', expiresAt: NOW });
    tokens.create({ label: 'until later', role: 'admin', expiresAt: NOW + 1 });
    tokens.create({ label: 'watcher', role: 'operator' });
    tokens.revoke(tokens.create({ label: 'lost', role: 'admin' }).stored.id);
  });
  expect(inspectLedger(made.file, clock)).toEqual({ damage: null, adminTokens: 2 });
});

test('looking leaves the file as it was', () => {
  using made = ledger();
  const before = [readFileSync(made.file), statSync(made.file).mtimeMs];
  inspectLedger(made.file, clock);
  expect([readFileSync(made.file), statSync(made.file).mtimeMs]).toEqual(before);
});

test('a ledger that is not there is not made by looking', () => {
  using made = ledger();
  const other = `${made.file}.other`;
  expect(() => inspectLedger(other, clock)).toThrow(LedgerUnavailableError);
  expect(statSync(other, { throwIfNoEntry: false })).toBeUndefined();
});

test('damage is told', () => {
  let page = 0;
  using made = ledger(({ sqlite }) => {
    const family = sqlite.prepare("insert into families (name, currency, created_at) values (?, 'EUR', 0)");
    for (let nth = 0; nth < 100; nth += 1) family.run(`${nth} ${'x'.repeat(1000)}`);
    const last = sqlite.prepare("select max(pageno) from dbstat where name = 'families' and pagetype = 'leaf'");
    page = Number(last.pluck().get());
  });
  const bytes = readFileSync(made.file);
  bytes.fill(0xaa, (page - 1) * 4096, page * 4096);
  writeFileSync(made.file, bytes);
  expect(inspectLedger(made.file, clock).damage).toContain('page');
});

test('an open ledger is found whole, and then damaged by a reference to nothing', async () => {
  using database = memoryLedger({ clock });
  const inspection = createInspection(database);
  expect(await inspection.integrity()).toEqual({ ok: true });

  database.sqlite.pragma('foreign_keys = OFF');
  database.sqlite.exec('insert into family_members (person_id, family_id) values (7, 8)');
  expect(await inspection.integrity()).toEqual({
    ok: false,
    problems: [
      'rows of family_members that refer to missing families: 1',
      'rows of family_members that refer to missing people: 1',
    ],
  });
});

describe('what a ledger is made of', () => {
  const problemsAfter = (sql: string) => {
    using database = memoryLedger({ clock });
    database.sqlite.exec(sql);
    return createInspection(database).shapeProblems();
  };

  test('is what its migrations make, and every table of it refuses a value of another type', () => {
    using database = memoryLedger({ clock });
    expect(createInspection(database).shapeProblems()).toEqual([]);
    const loose =
      "select name from pragma_table_list where schema = 'main' and strict = 0 and name not like 'sqlite_%'";
    expect(database.sqlite.prepare(loose).all()).toEqual([]);
  });

  test.each([
    ['create table notes (text text)', 'the table notes does not belong to a ledger'],
    ['create view everybody as select * from people', 'the view everybody does not belong to a ledger'],
    [
      "create trigger quiet after insert on audit_log begin update audit_log set actor = 'nobody'; end",
      'the trigger quiet on audit_log does not belong to a ledger',
    ],
    ['create index slow on people (name)', 'the index slow on people does not belong to a ledger'],
    ['drop index participants_user', 'the index participants_user on participants is missing'],
    ['drop table rebuilds', 'the table rebuilds is missing'],
    [
      'drop index participants_user; create index participants_user on participants (kind)',
      'the index participants_user on participants is another one than Rollbook makes',
    ],
    ['alter table people add note text', 'the table people is another one than Rollbook makes'],
    // Litestream has no triggers.
    [
      'create table _litestream_seq (id integer); create trigger x after insert on _litestream_seq begin delete from people; end',
      'the trigger x on _litestream_seq does not belong to a ledger',
    ],
    ['create view _litestream_lock as select 1', 'the view _litestream_lock does not belong to a ledger'],
  ])('is not that any more after: %s', (sql, problem) => {
    expect(problemsAfter(sql)).toEqual([problem]);
  });

  test('may have beside it what Litestream and SQLite itself make', () => {
    const litestream =
      'create table if not exists _litestream_seq (id integer primary key, seq integer); create table if not exists _litestream_lock (id integer)';
    expect(
      problemsAfter(
        `${litestream}; insert into people (email, role, created_at) values ('a@b.example', 'student', 0); analyze`,
      ),
    ).toEqual([]);
  });
});
