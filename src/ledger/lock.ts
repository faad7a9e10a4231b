import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import SqliteDatabase, { SqliteError } from 'better-sqlite3';

import { LedgerUnavailableError } from '../errors.ts';

/** The right to be the only daemon of a data folder, until disposed of. */
export interface LedgerLock extends Disposable {
  /** Absolute. */
  readonly dataDir: string;
}

/**
 * Claims the data folder for this process, making the folder when it is absent. The claim is a lock of the operating
 * system on `rollbook.lock`, so it ends with the process however that ends; the file stays and means nothing.
 *
 * @throws {LedgerUnavailableError} `in_use` when another process, or another part of this one, holds it
 */
export function lockLedger(dataDir: string): LedgerLock {
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sqlite = new SqliteDatabase(join(folder, 'rollbook.lock'), { timeout: 0 });
  try {
    sqlite.pragma('journal_mode = MEMORY');
    sqlite.exec('begin exclusive');
  } catch (err) {
    sqlite.close();
    if (!(err instanceof SqliteError) || !err.code.startsWith('SQLITE_BUSY')) throw err;
    throw new LedgerUnavailableError(
      'in_use',
      `Another Rollbook works on ${folder}: stop it first (systemctl stop rollbook), or set ROLLBOOK_DATA_DIR to a folder of its own.`,
      { cause: err },
    );
  }
  return { dataDir: folder, [Symbol.dispose]: () => sqlite.close() };
}
