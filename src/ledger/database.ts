import { chmodSync, closeSync, existsSync, openSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import SqliteDatabase, { SqliteError, type Database as Sqlite } from 'better-sqlite3';
import { sql, type Column, type SQL } from 'drizzle-orm';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { Logger } from 'pino';

import type { Now } from '../core/time/clock.ts';
import { LedgerRefusedError, LedgerUnavailableError } from '../errors.ts';
import { connect } from './durable.ts';
import { makeFolder, requireLedger } from './folder.ts';
import { migrate, pendingMigrations, readMigrations, type Migration } from './migrations.ts';

/** An open ledger. Foreign keys are on, and what was committed survives a power cut. */
export interface Database extends Disposable {
  /** Absolute, or `:memory:`. */
  readonly path: string;
  /** For hot statements: prepare them once. */
  readonly sqlite: Sqlite;
  /** For everything else. */
  readonly orm: BetterSQLite3Database;
  /**
   * Runs `work` in one `begin immediate` transaction and returns what it returned; a throw undoes all of it. A nested
   * call joins the outer transaction, and when it throws only its own part is undone, should the outer one go on.
   *
   * @throws {LedgerUnavailableError} when the disk is full, the file is busy or damaged
   * @throws {TypeError} when `work` returns a promise: a transaction never waits
   */
  readonly write: <T>(work: () => T) => T;
  /** Runs `work`, which only reads, on the ledger as it is at one instant, whatever others write meanwhile. */
  readonly snapshot: <T>(work: () => T) => T;
  /** Cheap enough to ask at every health check. */
  health(): LedgerHealth;
}

export interface LedgerHealth {
  /** A write would begin now; when not, why. */
  readonly writable: boolean;
  readonly problem: string | null;
  readonly ledgerBytes: number;
  /** Size of the write-ahead log, which grows while something reads for long. Bytes. */
  readonly walBytes: number;
  /** Left on the disk of the data folder for this user; null in memory. */
  readonly freeDiskBytes: number | null;
}

export interface OpenOptions {
  readonly clock: Now;
  readonly log?: Logger | undefined;
  /** Reads beside a running daemon. Migrates nothing and makes no file. */
  readonly readonly?: boolean | undefined;
  readonly migrationsFolder?: string | undefined;
}

/** The operating system gives the lock to the process, so what this one holds is known to all of it. */
const heldHere = new Set<string>();

/** The right to be the only daemon of a data folder, until disposed of. */
export interface LedgerLock extends Disposable {
  /** Absolute. */
  readonly dataDir: string;
}

/** The file whose lock says that a process works on the folder. */
export function lockFile(folder: string): string {
  return join(folder, 'rollbook.lock');
}

/**
 * Claims the data folder for this process, making the folder when it is absent. The claim is a lock of the operating
 * system on `rollbook.lock`, so it ends with the process however that ends; the file stays and means nothing.
 *
 * @throws {LedgerUnavailableError} `in_use` when another process, or another part of this one, holds it; `refused` when
 *   the folder cannot be made or written
 */
export function lockLedger(dataDir: string): LedgerLock {
  const folder = resolve(dataDir);
  const file = lockFile(folder);
  makePrivateFile(file);
  // Versions before left it readable by all.
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  const sqlite = new SqliteDatabase(file, { timeout: 0 });
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
  heldHere.add(folder);
  return {
    dataDir: folder,
    [Symbol.dispose]() {
      heldHere.delete(folder);
      sqlite.close();
    },
  };
}

/** The SQL that is shipped with this program. */
export const shippedMigrations = fileURLToPath(new URL('../../drizzle', import.meta.url));

/** A foreign writer (a command beside the daemon) holds the file for milliseconds; waiting longer would stop the loops. */
const busyTimeoutMs = 100;
/** The write-ahead log is cut back to this size after a backup or a long reader let it grow. */
const walLimitBytes = 64 * 1024 * 1024;

/**
 * Opens the ledger, making and migrating it when needed.
 *
 * @param path of the file, or `:memory:`
 * @throws {LedgerUnavailableError} when there is no such file to read, or it is busy, damaged or not a database
 * @throws {LedgerRefusedError} when it belongs to another version; it is not touched then
 */
export function openDatabase(path: string, options: OpenOptions): Database {
  const { clock, log, readonly = false } = options;
  const known = readMigrations(options.migrationsFolder ?? shippedMigrations);
  const file = path === ':memory:' ? path : resolve(path);
  return explained(file, () => {
    const pending = file === ':memory:' ? known : inspect(file, known, readonly);
    if (readonly) {
      if (pending.length > 0) {
        throw new LedgerRefusedError(
          `${file} was written by an older Rollbook (it lacks migration ${pending[0]?.name}): start "rollbook serve" once, which brings it up to date.`,
        );
      }
      return opened(file, new SqliteDatabase(file, { readonly, timeout: busyTimeoutMs }));
    }
    // A daemon of an older version must not find the tables changed under it.
    const alone = pending.length === 0 || file === ':memory:' || heldHere.has(dirname(file));
    using _lock = alone ? undefined : lockLedger(dirname(file));
    if (file !== ':memory:') makePrivateFile(file);
    const sqlite = new SqliteDatabase(file, { timeout: busyTimeoutMs });
    try {
      configure(sqlite);
      if (pending.length > 0) migrate(sqlite, known, { clock, log });
      return opened(file, sqlite);
    } catch (err) {
      sqlite.close();
      throw err;
    }
  });
}

/** Checks the version before anything is written: a ledger of a newer version is not changed. */
function inspect(file: string, known: readonly Migration[], readonly: boolean): readonly Migration[] {
  if (readonly) requireLedger(file);
  else if (!existsSync(file) || statSync(file).size === 0) return known;
  using sqlite = connect(file, { readonly: true, timeout: busyTimeoutMs });
  return pendingMigrations(sqlite, known);
}

/**
 * Makes an empty file that only its owner may read, unless it is there. SQLite gives its side files the same permissions.
 * A file that is there is never opened: closing it would drop the locks that another connection of this process holds.
 */
function makePrivateFile(file: string): void {
  makeFolder(dirname(file));
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

function configure(sqlite: Sqlite): void {
  const journal = sqlite.pragma('journal_mode = WAL', { simple: true });
  // better-sqlite3 is built to open WAL files with synchronous=NORMAL, which loses commits in a power cut.
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma(`journal_size_limit = ${walLimitBytes}`);
  const synchronous = sqlite.pragma('synchronous', { simple: true });
  const hasReferences = sqlite.pragma('foreign_keys', { simple: true }) === 1;
  if ((journal !== 'wal' && !sqlite.memory) || synchronous !== 2 || !hasReferences) {
    throw new LedgerUnavailableError(
      'refused',
      `${sqlite.name} cannot be kept safe here (journal ${String(journal)}, synchronous ${String(synchronous)}): the data folder must be on a local disk.`,
    );
  }
}

/** Whether the column has one of the values that a prepared statement gets as JSON under this name. */
export function oneOf(column: Column, name: string): SQL {
  return sql`${column} in (select value from json_each(${sql.placeholder(name)}))`;
}

function opened(path: string, sqlite: Sqlite): Database {
  // Inside a transaction better-sqlite3 turns this into a savepoint; it also refuses promises.
  const transaction = sqlite.transaction((work: () => unknown) => work());
  return {
    path,
    sqlite,
    orm: drizzle(sqlite, { casing: 'snake_case' }),
    write: <T>(work: () => T) => explained(path, () => transaction.immediate(work) as T),
    snapshot: <T>(work: () => T) => transaction(work) as T,
    health: () => healthOf(path, sqlite),
    [Symbol.dispose]: () => sqlite.close(),
  };
}

function healthOf(path: string, sqlite: Sqlite): LedgerHealth {
  const ledgerBytes = Number(
    sqlite.prepare('select page_count * page_size from pragma_page_count, pragma_page_size').pluck().get(),
  );
  const problem = whyNotWritable(path, sqlite);
  const found = { writable: problem === null, problem, ledgerBytes };
  if (sqlite.memory) return { ...found, walBytes: 0, freeDiskBytes: null };
  const { bavail, bsize } = statfsSync(dirname(path));
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return { ...found, walBytes, freeDiskBytes: bavail * bsize };
}

function whyNotWritable(path: string, sqlite: Sqlite): string | null {
  if (sqlite.inTransaction) return null;
  try {
    sqlite.exec('begin immediate; rollback');
    return null;
  } catch (err) {
    return (unavailable(path, err) ?? (err instanceof Error ? err : new Error(String(err)))).message;
  }
}

function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (err) {
    throw unavailable(path, err) ?? err;
  }
}

/** Why the ledger cannot be used, by the family of SQLite's error code. */
const REASONS: Readonly<Record<string, 'busy' | 'full' | 'damaged' | 'refused'>> = {
  BUSY: 'busy',
  LOCKED: 'busy',
  FULL: 'full',
  CORRUPT: 'damaged',
  NOTADB: 'damaged',
  IOERR: 'refused',
  CANTOPEN: 'refused',
  READONLY: 'refused',
  PERM: 'refused',
};

/** The error for a fault of the file or the disk; null for a fault of a statement. */
export function unavailable(path: string, err: unknown): LedgerUnavailableError | null {
  if (!(err instanceof SqliteError)) return null;
  const reason = REASONS[/^SQLITE_([A-Z]+)/.exec(err.code)?.[1] ?? ''];
  if (reason === undefined) return null;
  const messages = {
    busy: `${path} is being written by another program: try again in a moment.`,
    full: `The disk of ${path} is full: free some space. Nothing recorded is lost, and work goes on by itself.`,
    damaged: `${path} is damaged or is no SQLite file: stop the daemon and restore a backup (rollbook restore FILE).`,
    refused: `${path} cannot be read or written (${err.code}): check the disk and the permissions of the data folder.`,
  };
  return new LedgerUnavailableError(reason, messages[reason], { cause: err });
}
