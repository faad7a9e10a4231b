import { cpSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';

import { openDatabase, shippedMigrations } from '../../../src/ledger/database.ts';
import { openToLook } from '../../../src/ledger/files/look.ts';
import type { AuditKey } from '../../../src/ledger/school/audit-chain.ts';
import { createAuditLog } from '../../../src/ledger/school/audit-log.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';

const clock = { now: () => 0 };
const key: AuditKey = { id: 'ours', secret: 'a secret that only the daemon reads' };
const family = { name: 'Silva', currency: 'EUR', billingEmail: null, studentEmails: [] };

/** A ledger with one family, whose entries are sealed, and a version of Rollbook that has one migration more. */
function ledger() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const path = join(folder.path, 'rollbook.db');
  {
    using database = openDatabase(path, { clock });
    const audit = createAuditLog(database, clock, { key, begin: 'now' });
    createPeopleStore(database, clock).createFamily(family);
    audit.append({ actor: 'office', action: 'family.create', subject: 'family:1' });
  }
  return {
    path,
    newer: newerMigrations(join(folder.path, 'drizzle')),
    byHand(sql: string) {
      const other = new SqliteDatabase(path);
      other.exec(sql);
      other.close();
    },
    /** Starts Rollbook on it once. */
    start(migrationsFolder = shippedMigrations) {
      const seal = { key, begin: 'now' } as const;
      using database = openDatabase(path, { clock, migrationsFolder, seal });
      createAuditLog(database, clock, seal);
    },
    async look(migrationsFolder = shippedMigrations) {
      const { database } = await openToLook(path, { clock, migrationsFolder });
      using _closed = database;
      const audit = createAuditLog(database, clock, { key });
      return { ...audit.replay(), chain: audit.verifyChain().ok, entries: audit.head().count };
    },
    [Symbol.dispose]: () => folder.remove(),
  };
}

function newerMigrations(folder: string): string {
  cpSync(shippedMigrations, folder, { recursive: true });
  const file = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { readonly entries: { idx: number; tag: string }[] };
  const tag = '9999_notes_of_families';
  journal.entries.push({ idx: journal.entries.length, tag });
  writeFileSync(file, JSON.stringify(journal));
  writeFileSync(join(folder, `${tag}.sql`), "ALTER TABLE `families` ADD `note` text DEFAULT 'none' NOT NULL;");
  return folder;
}

const edited =
  'families 1 was changed by hand: currency is "USD", but entry 2 (family.create by office) left "EUR" (entry 3 (audit.baseline by rollbook) tells of it)';

test('an upgrade changes rows, and what nobody edited is whole before and behind it', async () => {
  using it = ledger();
  expect(await it.look(it.newer)).toEqual({ rows: 1, since: 1, problems: [], chain: true, entries: 2 });
  it.start(it.newer);
  expect(await it.look(it.newer)).toEqual({ rows: 1, since: 3, problems: [], chain: true, entries: 3 });
});

test('what was edited by hand before an upgrade stays named behind it', async () => {
  using it = ledger();
  it.byHand("update families set currency = 'USD'");
  expect((await it.look(it.newer)).problems).toHaveLength(1);
  it.start(it.newer);
  expect(await it.look(it.newer)).toMatchObject({ problems: [edited], chain: true });
});

test('a migration that is taken from the list brings no upgrade that makes an edit right', async () => {
  using it = ledger();
  it.byHand(
    "update families set currency = 'USD'; delete from __migrations where position = (select max(position) from __migrations)",
  );
  expect((await it.look()).problems).toHaveLength(2);
  it.start();
  it.start();
  expect((await it.look()).problems).toEqual([
    edited,
    expect.stringMatching(/^__migrations \d+ was deleted by hand: entry 1/),
  ]);
});

test('an edited list of migrations is named', async () => {
  using it = ledger();
  it.byHand('update __migrations set position = 99 where position = (select max(position) from __migrations)');
  expect((await it.look()).problems).toEqual([
    '__migrations 99 was made by hand: it stands in no entry of the audit log',
    expect.stringMatching(/^__migrations \d+ was deleted by hand: entry 1/),
  ]);
});

test('an upgrade without the key of the audit log changes nothing', () => {
  using it = ledger();
  expect(() => openDatabase(it.path, { clock, migrationsFolder: it.newer }).sqlite).toThrow('ROLLBOOK_AUDIT_KEY_FILE');
  it.start();
});
