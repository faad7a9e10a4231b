import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LedgerRefusedError, UnfitLedgerError } from '../../errors.ts';
import { openDatabase, shippedMigrations, type Database, type OpenOptions } from '../database.ts';
import { connect } from '../durable.ts';
import { pendingMigrations, readMigrations } from '../migrations.ts';
import { unavailable } from '../unavailable.ts';
import { requireLedger } from './folder.ts';

/** A ledger that is only looked at. */
export interface LookedAt {
  readonly database: Database;
  /** It is of an older version, so what is looked at is a copy of it that was migrated. */
  readonly isCopy: boolean;
}

/**
 * Opens a ledger so that looking at it changes nothing: no row, no byte of the file, and no file beside it where that can
 * be avoided. One of an older version is copied for it to a folder that is removed afterwards.
 *
 * @param file absolute
 * @throws {LedgerUnavailableError} when it is not there, empty, damaged or no database
 * @throws {LedgerRefusedError} when it is a database of another program, has no tables, or is of a newer version
 */
export async function openToLook(file: string, options: Omit<OpenOptions, 'readonly'>): Promise<LookedAt> {
  requireLedger(file);
  const hadLog = sizeOf(`${file}-wal`) > 0;
  try {
    const database = isCurrent(file, options.migrationsFolder)
      ? openDatabase(file, { ...options, readonly: true })
      : await copyUpToDate(file, options);
    return {
      isCopy: database.path !== file,
      database: {
        ...database,
        [Symbol.dispose]() {
          database[Symbol.dispose]();
          if (!hadLog) removeSideFiles(file);
        },
      },
    };
  } catch (err) {
    if (!hadLog) removeSideFiles(file);
    throw unavailable(file, err) ?? err;
  }
}

/** Whether nothing of the ledger waits to be brought up to date. */
function isCurrent(file: string, migrationsFolder = shippedMigrations): boolean {
  const known = readMigrations(migrationsFolder);
  using sqlite = connect(file, { readonly: true });
  const pending = pendingMigrations(sqlite, known);
  if (pending.length === known.length) {
    throw new LedgerRefusedError(
      `${file} is a database without tables: name the folder of a ledger in ROLLBOOK_DATA_DIR.`,
    );
  }
  return pending.length === 0 && sqlite.prepare('select 1 from rebuilds').get() === undefined;
}

async function copyUpToDate(file: string, options: OpenOptions): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'rollbook-look-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'rollbook.db');
    using source = connect(file, { readonly: true });
    await source.backup(copy);
    const database = openCopy(file, copy, options);
    return {
      ...database,
      [Symbol.dispose]() {
        database[Symbol.dispose]();
        remove();
      },
    };
  } catch (err) {
    remove();
    throw err;
  }
}

function openCopy(file: string, copy: string, options: OpenOptions): Database {
  try {
    return openDatabase(copy, { ...options, isCopy: true });
  } catch (err) {
    if (!(err instanceof LedgerRefusedError)) throw err;
    throw new UnfitLedgerError(
      `${file} cannot be brought up to date: the rows of __migrations or the tables were changed by hand (${err.message.split('. ')[0]?.replaceAll(copy, 'it')})`,
      { cause: err },
    );
  }
}

/**
 * SQLite makes side files also for a reader, and a reader leaves them. Whoever may write and closes the ledger as the last
 * one removes them; when there is nothing in them, the ledger stays as it is.
 */
function removeSideFiles(file: string): void {
  if (sizeOf(`${file}-wal`) !== 0) return;
  try {
    using sqlite = connect(file, { fileMustExist: true });
    sqlite.prepare('select 1 from sqlite_schema').get();
  } catch {
    // They are of no harm, and whoever may not write here could not remove them.
  }
}

/** @returns -1 where there is no such file */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? -1;
}
