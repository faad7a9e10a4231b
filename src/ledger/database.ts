import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import SqliteDatabase, { SqliteError, type Database as Sqlite } from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { Logger } from 'pino';

import type { Clock, Now } from '../core/time/clock.ts';
import { isBusy, LedgerRefusedError, LedgerUnavailableError } from '../errors.ts';
import { connect } from './durable.ts';
import { makePrivateFile, requireLedger } from './files/folder.ts';
import { leaveLedger } from './files/leave.ts';
import { isHeldHere, lockLedger, lockOpenedLedger, type LedgerLock } from './files/lock.ts';
import { markLedger, requireNeverMade } from './files/marker.ts';
import { watchFiles, type FileWatch } from './files/watch.ts';
import { createHealth, createProbe, walBytesOf, type LedgerHealth } from './health.ts';
import { pendingMigrations, readMigrations, type Migration } from './migrations.ts';
import { atOnce, busyTimeout, isFreeOf, patiently, type Patience } from './patience.ts';
import type { Replay } from './replay/replay.ts';
import { upgrade } from './replay/upgrade.ts';
import type { AuditedLedger, AuditLogOptions } from './school/audit-log.ts';
import { unavailable } from './unavailable.ts';

/** An open ledger. Foreign keys are on, and what was committed survives a power cut. */
export interface Database extends AuditedLedger, Disposable {
  /** Absolute, or `:memory:`. */
  readonly path: string;
  /** For statements that are written as SQL. */
  readonly sqlite: Sqlite;
  /** For everything else. */
  readonly orm: BetterSQLite3Database;
  /**
   * Runs `work` in one `begin immediate` transaction and returns what it returned; a throw undoes all of it. A nested
   * call joins the outer transaction, and when it throws only its own part is undone, should the outer one go on.
   *
   * @throws {LedgerUnavailableError} when the disk is full, the file is busy, damaged or no longer where it was
   * @throws {TypeError} when `work` returns a promise: a transaction never waits
   */
  readonly write: <T>(work: () => T) => T;
  /** Runs `work`, which only reads, on the ledger as it is at one instant, whatever others write meanwhile. */
  readonly snapshot: <T>(work: () => T) => T;
  /** Whether no other program or thread writes it at this moment. */
  isFree(): boolean;
  /**
   * Waits while somebody else writes, such as a long import, and other work goes on meanwhile. What is written in the same
   * turn of the event loop then finds the ledger free. A command does not wait here: its writes do.
   *
   * @param ms the longest wait; by default until the ledger is free
   * @returns whether it is free
   * @throws the reason of `signal` as soon as it aborts
   */
  whenFree(clock: Pick<Clock, 'monotonic' | 'sleep'>, signal?: AbortSignal, ms?: number): Promise<boolean>;
  /** Cheap enough to ask at every health check. */
  health(): LedgerHealth;
  /** Whether the files of the ledger are still where they were opened. Asked before each pass; `write` asks by itself. */
  isInPlace(): boolean;
  /** Aborted, with a {@link LedgerUnavailableError}, as soon as they are seen not to be: whoever works on it has to end. */
  readonly lost: AbortSignal;
  /** Called every few seconds: brings the write-ahead log into the file, so that it stays small. */
  rest(): void;
}

export interface OpenOptions {
  readonly clock: Now;
  readonly log?: Logger | undefined;
  /** Reads beside a running daemon. Migrates nothing and makes no file. */
  readonly readonly?: boolean | undefined;
  /** Makes a new ledger also where a mark says that there was one. */
  readonly newLedger?: boolean | undefined;
  readonly patience?: Patience | undefined;
  readonly migrationsFolder?: string | undefined;
  /** How the entry behind a migration is sealed. */
  readonly seal?: AuditLogOptions | undefined;
  /** A copy that is only looked at: its audit log stays that of the ledger, without the entry behind a migration. */
  readonly isCopy?: boolean | undefined;
  /** What a ledger in memory begins with, as `sqlite.serialize()` gives it; by default with nothing. */
  readonly image?: Buffer | undefined;
}

/** The SQL that is shipped with this program. */
export const shippedMigrations = fileURLToPath(new URL('../../drizzle', import.meta.url));

/** How often somebody who waits for another writer looks whether it is done. */
const LOOK_AGAIN_MS = 25;

/** The write-ahead log is cut back to this size after a backup or a long reader let it grow. */
const walLimitBytes = 64 * 1024 * 1024;

/**
 * Opens the ledger, making and migrating it when needed.
 *
 * @param path of the file, or `:memory:`
 * @throws {LedgerUnavailableError} when there is no such file to read, there was one and it is gone, or it is busy, damaged
 *   or not a database
 * @throws {LedgerRefusedError} when it belongs to another version; it is not touched then
 */
export function openDatabase(path: string, options: OpenOptions): Database {
  const { clock, log, readonly = false, patience, seal = {}, isCopy = false } = options;
  const known = readMigrations(options.migrationsFolder ?? shippedMigrations);
  const file = path === ':memory:' ? path : resolve(path);
  return explained(file, () => {
    const pending = file === ':memory:' ? known : inspect(file, known, options);
    if (readonly) {
      if (pending.length > 0) {
        throw new LedgerRefusedError(
          `${file} was written by an older Rollbook (it lacks migration ${pending[0]?.name}): start "rollbook serve" once, which brings it up to date.`,
        );
      }
      return opened(file, new SqliteDatabase(file, { readonly, timeout: busyTimeout(patience) }), options);
    }
    // A daemon of an older version must not find the tables changed under it.
    const held = file !== ':memory:' && isHeldHere(dirname(file));
    using _lock = pending.length === 0 || file === ':memory:' || held ? undefined : lockForUpgrade(file);
    if (file !== ':memory:') makePrivateFile(file);
    if (held) lockOpenedLedger(dirname(file));
    const sqlite = new SqliteDatabase(options.image ?? file, { timeout: busyTimeout(patience) });
    try {
      configure(sqlite);
      let before: Replay | null = null;
      if (pending.length > 0) {
        before = upgrade(sqlite, known, { clock, log, seal, isCopy });
        // Whoever copies the file alone has all of it. A reader that is in the way leaves it to the next checkpoint.
        sqlite.pragma('wal_checkpoint(TRUNCATE)');
      }
      if (file !== ':memory:') markLedger(file);
      return opened(file, sqlite, options, isCopy ? before : null);
    } catch (err) {
      sqlite.close();
      throw err;
    }
  });
}

/** @throws {LedgerUnavailableError} `in_use` while a daemon works on it, which is then of the older version */
function lockForUpgrade(file: string): LedgerLock {
  try {
    return lockLedger(dirname(file));
  } catch (err) {
    if (!(err instanceof LedgerUnavailableError) || err.reason !== 'in_use' || !existsSync(file)) throw err;
    throw new LedgerUnavailableError(
      'in_use',
      `${file} is of an older version of Rollbook than this program, and the daemon of that version still works on it: restart the daemon (systemctl restart rollbook), which brings the ledger up to date.`,
      { cause: err },
    );
  }
}

/** Checks the version before anything is written: a ledger of a newer version is not changed. */
function inspect(
  file: string,
  known: readonly Migration[],
  { readonly, newLedger, patience }: OpenOptions,
): readonly Migration[] {
  if (readonly) requireLedger(file);
  else if (!existsSync(file) || statSync(file).size === 0) {
    if (newLedger !== true) requireNeverMade(file);
    return known;
  }
  using sqlite = connect(file, { readonly: true, timeout: busyTimeout(patience) });
  return pendingMigrations(sqlite, known);
}

function configure(sqlite: Sqlite): void {
  const journal = sqlite.pragma('journal_mode = WAL', { simple: true });
  // better-sqlite3 is built to open WAL files with synchronous=NORMAL, which loses commits in a power cut.
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  // What a connection notes about its own changes stays in memory.
  sqlite.pragma('temp_store = MEMORY');
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

function opened(path: string, sqlite: Sqlite, options: OpenOptions, recordsBefore: Replay | null = null): Database {
  const { clock, log, readonly, patience } = options;
  // Inside a transaction better-sqlite3 turns this into a savepoint; it also refuses promises.
  const transaction = sqlite.transaction((work: () => unknown) => work());
  const probe = createProbe(path, sqlite, clock);
  const health = createHealth(path, sqlite, probe);
  const isFree = () => readonly === true || sqlite.memory || isFreeOf(sqlite);
  const lost = new AbortController();
  // A reader makes no entries that could be lost, and its side files may come and go with a daemon.
  const watch = sqlite.memory || readonly === true ? null : watchOpened(path, sqlite);
  const fault = () => {
    const found = watch?.fault() ?? null;
    if (found !== null && !lost.signal.aborted) lost.abort(takenAway(found));
    return found;
  };
  const requireInPlace = () => {
    const found = fault();
    if (found !== null) throw takenAway(found);
  };
  let isHeld = false;
  // A daemon that found another writer once does not stand still at each further write until one succeeds.
  const begin = <T>(work: () => T): T => {
    const beginNow = () => patiently(sqlite, patience, (begun) => transaction.immediate(begun) as T, work);
    try {
      const answer = isHeld && patience === undefined ? atOnce(sqlite, beginNow) : beginNow();
      isHeld = false;
      return answer;
    } catch (err) {
      isHeld = isBusy(err);
      throw err;
    }
  };
  const outermost = <T>(work: () => T): T => {
    requireInPlace();
    const answer = begin(work);
    // Taken away in the meantime, what was stored just now would be lost although it was acknowledged.
    requireInPlace();
    return answer;
  };
  return {
    path,
    isReadonly: sqlite.readonly,
    recordsBefore,
    sqlite,
    orm: drizzle(sqlite, { casing: 'snake_case' }),
    write: <T>(work: () => T) =>
      explained(path, () => (sqlite.inTransaction ? (transaction.immediate(work) as T) : outermost(work))),
    snapshot: <T>(work: () => T) => transaction(work) as T,
    isFree,
    async whenFree({ monotonic, sleep }, signal, ms = Infinity) {
      const since = monotonic();
      while (patience === undefined && !isFree()) {
        if (monotonic() - since >= ms) return false;
        await sleep(LOOK_AGAIN_MS, signal);
      }
      return true;
    },
    health() {
      const found = fault();
      return health(found === null ? null : takenAway(found).message);
    },
    isInPlace: () => fault() === null,
    lost: lost.signal,
    rest() {
      if (watch === null || fault() !== null || walBytesOf(path) === 0) return;
      if (probe() === null) emptyLog(sqlite);
    },
    [Symbol.dispose]() {
      if (watch === null || fault() === null) {
        sqlite.close();
        watch?.close();
        return;
      }
      const outcome = leaveLedger(path, sqlite, watch, clock.now());
      log?.warn({ ledger: path, outcome }, 'ledger left');
    },
  };
}

function watchOpened(path: string, sqlite: Sqlite): FileWatch {
  // The first read makes the side files.
  sqlite.prepare('select 1 from sqlite_schema').get();
  return watchFiles(path);
}

function takenAway(fault: string): LedgerUnavailableError {
  return new LedgerUnavailableError('gone', `${fault}: nothing is written any more, and Rollbook ends.`);
}

/**
 * The write-ahead log is emptied and gives its room back, so that a full disk is noticed at the next write, and the log by
 * itself fills none. While a full disk is told, it is left as it is: the room of the log would seem free for a moment.
 */
function emptyLog(sqlite: Sqlite): void {
  try {
    // What a reader still needs stays for the next time.
    atOnce(sqlite, () => sqlite.pragma('wal_checkpoint(TRUNCATE)'));
  } catch (err) {
    // A disk that is full by now is told by the health of the ledger; the entries stay in the log.
    if (!(err instanceof SqliteError)) throw err;
  }
}

function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (err) {
    throw unavailable(path, err) ?? err;
  }
}
