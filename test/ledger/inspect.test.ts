import { mkdtempDisposableSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { LedgerUnavailableError } from '../../src/errors.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { createInspection, inspectLedger } from '../../src/ledger/inspect.ts';
import { createTokenStore } from '../../src/ledger/school/token-store.ts';
import { seededRandom } from '../support/clock.ts';

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
  using made = ledger();
  const bytes = readFileSync(made.file);
  // The last page: some index or table.
  bytes.fill(0xaa, bytes.length - 4096);
  writeFileSync(made.file, bytes);
  expect(inspectLedger(made.file, clock).damage).toContain('page');
});

test('an open ledger is found whole, and then damaged by a reference to nothing', async () => {
  using database = openDatabase(':memory:', { clock });
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

test('every table of ours refuses a value of another type; one that does not is named', () => {
  using database = openDatabase(':memory:', { clock });
  const inspection = createInspection(database);
  expect(inspection.looseTables()).toEqual([]);
  database.sqlite.exec('create table notes (text text); create table strict_notes (text text) strict');
  expect(inspection.looseTables()).toEqual(['notes']);
});
