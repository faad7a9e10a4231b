import { openDatabase, type Database, type OpenOptions } from '../../src/ledger/database.ts';

/** A ledger in memory as it is behind its migrations, before anything is entered. */
let empty: Buffer | undefined;

/** A new ledger in memory. Migrations take longer than most tests, so only the first one of a process is migrated. */
export function memoryLedger(options: Pick<OpenOptions, 'clock' | 'log'>): Database {
  const database = openDatabase(':memory:', { ...options, image: empty });
  empty ??= database.sqlite.serialize();
  return database;
}
