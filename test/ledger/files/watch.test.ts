import { copyFileSync, mkdtempDisposableSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
