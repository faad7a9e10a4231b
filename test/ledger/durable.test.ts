import { mkdtempDisposableSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import SqliteDatabase, { type Database as Sqlite } from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { LedgerUnavailableError } from '../../src/errors.ts';
import {
  brokenReferences,
  createPrivateFile,
  integrityProblems,
  syncFile,
  syncFolderOf,
} from '../../src/ledger/durable.ts';

function temporaryFolder() {
  return mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
}

/** Families and their members, with a reference that is not enforced. */
function school(file = ':memory:') {
  const sqlite = new SqliteDatabase(file);
  sqlite.pragma('foreign_keys = OFF');
  sqlite.exec(`
    create table families (id integer primary key, name text not null unique);
    create table members (id integer primary key, family_id integer references families (id));
    create table bills (id integer primary key, family_id integer references families (id));
    insert into families values (1, 'Silva'), (2, 'Costa');
    insert into members values (1, 1), (2, 2);
  `);
  return Object.assign(sqlite, { [Symbol.dispose]: () => void sqlite.close() });
}

describe('a private file', () => {
  test('is empty, and only its owner may read it', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'backup.db.part');
    createPrivateFile(path);
    expect([statSync(path).size, statSync(path).mode & 0o777]).toEqual([0, 0o600]);
  });

  test('takes the place of what an interrupted attempt left, and of its permissions', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'backup.db.part');
    writeFileSync(path, 'half a ledger', { mode: 0o666 });
    createPrivateFile(path);
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['', 0o600]);
  });

  test('is not made in a folder that is not there', () => {
    using folder = temporaryFolder();
    expect(() => createPrivateFile(join(folder.path, 'nowhere', 'backup.db'))).toThrow('ENOENT');
    expect(() => createPrivateFile(join(folder.path, 'nowhere', 'backup.db'))).toThrow(LedgerUnavailableError);
  });
});

test('what is brought to the disk stays as it is, and a file that is not there is told', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'ledger.db');
  writeFileSync(path, 'content');
  syncFile(path);
  syncFolderOf(path);
  expect(readFileSync(path, 'utf8')).toBe('content');
  expect(() => syncFile(join(folder.path, 'missing.db'))).toThrow('ENOENT');
  expect(() => syncFolderOf(join(folder.path, 'nowhere', 'ledger.db'))).toThrow('ENOENT');
});

describe('a ledger', () => {
  test('that is whole has no problem', () => {
    using sqlite = school();
    expect([integrityProblems(sqlite), brokenReferences(sqlite)]).toEqual([[], []]);
  });

  test('with rows that refer to nothing has them counted by table', () => {
    using sqlite = school();
    sqlite.exec('insert into members values (3, 9), (4, 9), (5, null); insert into bills values (1, 8)');
    const told = [
      'rows of bills that refer to missing families: 1',
      'rows of members that refer to missing families: 2',
    ];
    expect(brokenReferences(sqlite)).toEqual(told);
    expect(integrityProblems(sqlite)).toEqual(told);
  });

  test('whose index and table disagree has a problem that names the index', () => {
    using sqlite = school();
    damage(sqlite, "update sqlite_schema set sql = replace(sql, ' unique', '') where name = 'families'", () =>
      sqlite.exec("delete from sqlite_schema where name like 'sqlite_autoindex_families%'"),
    );
    expect(integrityProblems(sqlite).length).toBeGreaterThan(0);
  });

  test('with a damaged page has a problem, and never an empty list', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'ledger.db');
    school(path)[Symbol.dispose]();
    const bytes = readFileSync(path);
    // Behind the first page, which holds the schema.
    bytes.fill(0xaa, 4096, 4096 + 512);
    writeFileSync(path, bytes);
    using sqlite = opened(path);
    expect(integrityProblems(sqlite).length).toBeGreaterThan(0);
  });

  test('that is no SQLite file has a problem: the check itself cannot be made', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'ledger.db');
    writeFileSync(path, 'this is a letter, not a ledger. '.repeat(200));
    using sqlite = opened(path);
    expect(integrityProblems(sqlite)).toEqual(['file is not a database']);
  });

  test('that is closed is a fault of the program, not damage', () => {
    const sqlite = school();
    sqlite[Symbol.dispose]();
    expect(() => integrityProblems(sqlite)).toThrow('The database connection is not open');
  });
});

function opened(path: string) {
  const sqlite = new SqliteDatabase(path);
  return Object.assign(sqlite, { [Symbol.dispose]: () => void sqlite.close() });
}

function damage(sqlite: Sqlite, statement: string, then: () => void): void {
  sqlite.unsafeMode(true);
  sqlite.pragma('writable_schema = ON');
  sqlite.exec(statement);
  then();
  sqlite.pragma('writable_schema = RESET');
}
