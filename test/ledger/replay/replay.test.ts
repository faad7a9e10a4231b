import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { openDatabase, shippedMigrations } from '../../../src/ledger/database.ts';
import { migrate, readMigrations } from '../../../src/ledger/migrations.ts';
import { createAuditLog, type AuditLog } from '../../../src/ledger/school/audit-log.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';

const clock = { now: () => 0 };
const family = { name: 'Silva', currency: 'EUR', billingEmail: null, studentEmails: [] };

/** A ledger in a file, and what somebody does to it with another program. */
function ledger(path: string) {
  const database = openDatabase(path, { clock });
  const audit = createAuditLog(database, clock);
  const people = createPeopleStore(database, clock);
  const note = (action: string) => audit.append({ actor: 'office', action, subject: 'family:1' });
  const byHand = (sql: string) => {
    const other = new SqliteDatabase(path);
    other.pragma('foreign_keys = OFF');
    other.exec(sql);
    other.close();
  };
  return { database, audit, people, note, byHand, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

function inFolder() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  return { path: join(folder.path, 'rollbook.db'), [Symbol.dispose]: () => folder.remove() };
}

const problemsOf = (audit: AuditLog) => audit.replay().problems;

describe('the rows that people enter', () => {
  test('are as the audit log left them, until somebody edits one by hand', () => {
    using at = inFolder();
    using it = ledger(at.path);
    it.note('test.begin');
    it.people.createFamily(family);
    it.note('family.create');
    it.people.updateFamily(1, { currency: 'USD' });
    it.note('family.change');
    expect(it.audit.replay()).toEqual({ rows: 1, since: 1, problems: [] });

    it.byHand("update families set currency = 'GBP' where id = 1");
    expect(problemsOf(it.audit)).toEqual([
      'families 1 was changed by hand: currency is "GBP", but entry 3 (family.change by office) left "USD"',
    ]);

    it.byHand("insert into families (name, currency, created_at) values ('Costa', 'EUR', 1)");
    it.byHand('delete from families where id = 1');
    expect(problemsOf(it.audit)).toEqual([
      'families 2 was made by hand: it stands in no entry of the audit log',
      'families 1 was deleted by hand: entry 3 (family.change by office) left it',
    ]);
  });

  test('tell of an edit also when the row was changed by a verb behind it', () => {
    using at = inFolder();
    using it = ledger(at.path);
    it.note('test.begin');
    it.people.createFamily(family);
    it.note('family.create');
    it.byHand("update families set currency = 'GBP' where id = 1");
    it.people.updateFamily(1, { name: 'Silva Reis' });
    it.note('family.change');

    expect(problemsOf(it.audit)).toEqual(['families 1 was changed by hand before entry 3 (family.change by office)']);
  });

  test('keep the secrets of tokens to themselves', () => {
    using at = inFolder();
    using it = ledger(at.path);
    it.note('test.begin');
    it.database.sqlite.exec(
      "insert into api_tokens (label, role, hash, created_at) values ('x', 'admin', 'secret', 1)",
    );
    it.note('token.create');
    it.byHand("update api_tokens set hash = 'another secret'");
    expect(problemsOf(it.audit)).toEqual([
      'api_tokens 1 was changed by hand: hash is not what entry 2 (token.create by office) left',
    ]);
    it.byHand("update api_tokens set hash = 'secret', last_used_at = 5");
    expect(problemsOf(it.audit)).toEqual([]);
  });
});

test('a ledger of a version that noted no rows is replayed from the entry made when it was brought up to date', () => {
  using at = inFolder();
  const older = new SqliteDatabase(at.path);
  older.pragma('journal_mode = WAL');
  const known = readMigrations(shippedMigrations);
  migrate(
    older,
    known.slice(
      0,
      known.findIndex(({ name }) => name === '0010_audit_rows'),
    ),
    { clock },
  );
  older.exec(`
    insert into families (name, currency, created_at) values ('Silva', 'EUR', 1);
    insert into audit_log values (1, 0, 'office', 'family.create', 'family:1', null, null, null, 'genesis', 'a hash')`);
  older.close();

  using it = ledger(at.path);
  expect(it.audit.list({ limit: 1 }).items).toMatchObject([
    {
      id: 2,
      actor: 'rollbook',
      action: 'audit.baseline',
      subject: 'ledger',
      after: { changed_by_hand: [] },
    },
  ]);
  expect(it.audit.replay()).toEqual({ rows: 1, since: 2, problems: [] });
  it.byHand("update families set currency = 'GBP'");
  expect(problemsOf(it.audit)).toEqual([
    'families 1 was changed by hand: it is not as entry 2 (audit.baseline by rollbook) found it',
  ]);
});
