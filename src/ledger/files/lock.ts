import { spawnSync } from 'node:child_process';
import { chmodSync, openSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import SqliteDatabase, { SqliteError } from 'better-sqlite3';

import { LedgerUnavailableError } from '../../errors.ts';
import { belongsTo, makePrivateFile, thisUser } from './folder.ts';

/** The right to be the only daemon of a data folder, until disposed of. */
export interface LedgerLock extends Disposable {
  /** Absolute. */
  readonly dataDir: string;
}

/** The operating system gives a lock to the process, so what this one holds is known to all of it. */
const heldHere = new Set<string>();

/**
 * The ledgers that were opened for a lock, by device and inode. They stay open until the process ends: closing one would
 * drop the locks that SQLite holds on the same file in this process.
 */
const opened = new Map<string, number>();

/** The file whose lock says that a process works on the folder, before there is a ledger and where no other lock can be had. */
export function lockFile(folder: string): string {
  return join(folder, 'rollbook.lock');
}

/** Whether this process works on the folder. */
export function isHeldHere(folder: string): boolean {
  return heldHere.has(folder);
}

/**
 * Claims the data folder for this process, making the folder when it is absent. The claim is two locks of the operating
 * system, which end with the process however that ends: one on `rollbook.lock`, and one on the ledger itself, which holds
 * also when somebody deletes `rollbook.lock`.
 *
 * @throws {LedgerUnavailableError} `in_use` when another process, or another part of this one, holds it; `refused` when
 *   the folder cannot be made or written
 */
export function lockLedger(dataDir: string): LedgerLock {
  const folder = resolve(dataDir);
  const name = lockFile(folder);
  makePrivateFile(name);
  const sqlite = openLock(name);
  try {
    sqlite.pragma('journal_mode = MEMORY');
    sqlite.exec('begin exclusive');
    lockOpenedLedger(folder);
  } catch (err) {
    sqlite.close();
    if (!(err instanceof SqliteError) || !err.code.startsWith('SQLITE_BUSY')) throw err;
    throw inUse(folder, err);
  }
  heldHere.add(folder);
  return {
    dataDir: folder,
    [Symbol.dispose]() {
      heldHere.delete(folder);
      const ledger = openedLedger(folder);
      if (ledger !== null) flock('-u', ledger);
      sqlite.close();
    },
  };
}

function openLock(name: string): SqliteDatabase.Database {
  try {
    // Versions before left it readable by all.
    if ((statSync(name).mode & 0o077) !== 0) chmodSync(name, 0o600);
    return new SqliteDatabase(name, { timeout: 0 });
  } catch (err) {
    throw new LedgerUnavailableError(
      'refused',
      `${name} cannot be used by ${thisUser()}${belongsTo(name)}. Run the command as the user of the daemon.`,
      { cause: err },
    );
  }
}

/**
 * Locks the ledger of a folder that this process holds, where there is one. Called again once the ledger was made.
 *
 * @throws {LedgerUnavailableError} `in_use` when another process has locked it
 */
export function lockOpenedLedger(folder: string): void {
  const ledger = openedLedger(folder);
  if (ledger !== null && flock('-n', ledger) === 'taken') throw inUse(folder);
}

/** @returns null where there is no ledger, or this user may not open it, which whoever works on it will be told */
function openedLedger(folder: string): number | null {
  const file = join(folder, 'rollbook.db');
  try {
    const found = statSync(file, { bigint: true });
    if (!found.isFile()) return null;
    const key = `${found.dev}:${found.ino}`;
    const descriptor = opened.get(key) ?? openSync(file, 'r');
    opened.set(key, descriptor);
    return descriptor;
  } catch {
    return null;
  }
}

/**
 * Locks (`-n`) or unlocks (`-u`) an open file with flock(2), which Node does not have: the program of that name does it on
 * the file that it inherits, and the lock stays with this process. It is in no way of the locks of SQLite.
 *
 * @returns `unknown` where there is no such program, or the file system has no such locks
 */
function flock(how: '-n' | '-u', descriptor: number): 'done' | 'taken' | 'unknown' {
  const { status } = spawnSync('flock', [how, '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  if (status === 0) return 'done';
  return status === 1 ? 'taken' : 'unknown';
}

function inUse(folder: string, cause?: unknown): LedgerUnavailableError {
  return new LedgerUnavailableError(
    'in_use',
    `Another Rollbook works on ${folder}: stop it first (systemctl stop rollbook), or set ROLLBOOK_DATA_DIR to a folder of its own.`,
    { cause },
  );
}
