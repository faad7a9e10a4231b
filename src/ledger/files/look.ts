import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SqliteError } from 'better-sqlite3';

import { LedgerRefusedError, UnfitLedgerError } from '../../errors.ts';
import { openDatabase, shippedMigrations, type Database, type OpenOptions } from '../database.ts';
import { connect } from '../durable.ts';
import { pendingMigrations, readMigrations } from '../migrations.ts';
import { unavailable } from '../unavailable.ts';
import { requireLedger } from './folder.ts';
import { copyStill } from './still-copy.ts';

/** A ledger that is only looked at. */
export interface LookedAt {
  readonly database: Database;
  /** Why a copy of it is looked at: it is of an older version and was migrated, or its folder cannot be written. Null: it is itself. */
  readonly copied: 'older' | 'unwritable' | null;
}

/**
 * Opens a ledger so that looking at it changes nothing: no row, no byte of the file, and no file beside it where that can
 * be avoided. One of an older version, or in a folder that this user may not write to, is copied for it to a folder that is
 * removed afterwards.
 *
 * @param file absolute
 * @throws {LedgerUnavailableError} when it is not there, empty, damaged or no database
 * @throws {LedgerRefusedError} when it is a database of another program, has no tables, or is of a newer version
 */
export async function openToLook(file: string, options: Omit<OpenOptions, 'readonly'>): Promise<LookedAt> {
  requireLedger(file);
  try {
    return await openInPlace(file, options);
  } catch (err) {
    if (!wantsSideFiles(err) || !isReadable(file)) throw unavailable(file, err) ?? err;
    const copyOf = (copy: string) => {
      copyStill(file, copy);
      isCurrent(copy, file, options.migrationsFolder);
    };
    return { copied: 'unwritable', database: await openCopied(file, options, copyOf) };
  }
}

async function openInPlace(file: string, options: Omit<OpenOptions, 'readonly'>): Promise<LookedAt> {
  const hadLog = sizeOf(`${file}-wal`) > 0;
  try {
    const current = isCurrent(file, file, options.migrationsFolder);
    const database = current
      ? openDatabase(file, { ...options, readonly: true })
      : await openCopied(file, options, (copy) => backUp(file, copy));
    return {
      copied: current ? null : 'older',
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
    throw err;
  }
}

/** Whether SQLite could not make the files that it wants beside a ledger. */
function wantsSideFiles(err: unknown): boolean {
  return causesOf(err).some((cause) => cause instanceof SqliteError && /^SQLITE_(READONLY|CANTOPEN)/.test(cause.code));
}

function causesOf(err: unknown): unknown[] {
  return err instanceof Error ? [err, ...causesOf(err.cause)] : [];
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether nothing of the ledger waits to be brought up to date.
 *
 * @param path of the ledger, or of a copy of it
 */
function isCurrent(path: string, file: string, migrationsFolder = shippedMigrations): boolean {
  const known = readMigrations(migrationsFolder);
  using sqlite = connect(path, { readonly: true });
  const pending = pendingMigrations(sqlite, known);
  if (pending.length === known.length) {
    throw new LedgerRefusedError(
      `${file} is a database without tables: name the folder of a ledger in ROLLBOOK_DATA_DIR.`,
    );
  }
  return pending.length === 0 && sqlite.prepare('select 1 from rebuilds').get() === undefined;
}

async function backUp(file: string, copy: string): Promise<void> {
  using source = connect(file, { readonly: true });
  await source.backup(copy);
}

async function openCopied(
  file: string,
  options: OpenOptions,
  copyTo: (copy: string) => Promise<void> | void,
): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'rollbook-look-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'rollbook.db');
    await copyTo(copy);
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
