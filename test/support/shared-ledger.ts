import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';

import type { Now } from '../../src/core/time/clock.ts';
import { openDatabase, type Database } from '../../src/ledger/database.ts';

export interface SharedLedger extends Disposable {
  readonly database: Database;
  /** Another program begins to write, and does nothing else. */
  hold(): void;
  release(): void;
}

/** A ledger in a file, and another program that works on it. */
export function sharedLedger(clock: Now): SharedLedger {
  const folder = mkdtempSync(join(tmpdir(), 'rollbook-shared-'));
  const path = join(folder, 'rollbook.db');
  const database = openDatabase(path, { clock });
  const other = new SqliteDatabase(path);
  return {
    database,
    hold: () => void other.exec('begin immediate'),
    release: () => void other.exec('commit'),
    [Symbol.dispose]() {
      other.close();
      database[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
