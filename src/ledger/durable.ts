import { closeSync, fsyncSync, lstatSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

import SqliteDatabase, { SqliteError, type Database as Sqlite, type Options } from 'better-sqlite3';

import { LedgerUnavailableError } from '../errors.ts';

/**
 * Makes an empty file that only its owner may read, in place of what an interrupted attempt left.
 *
 * @throws {LedgerUnavailableError} `full` when the disk is, `refused` when it cannot be made there for another reason
 */
export function createPrivateFile(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile() && !there.isSymbolicLink()) {
    throw new LedgerUnavailableError('refused', `${path} is in the way, and is no file: take it away.`);
  }
  try {
    rmSync(path, { force: true });
    closeSync(openSync(path, 'wx', 0o600));
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? String(err.code) : '';
    if (code === 'ENOSPC') {
      throw new LedgerUnavailableError('full', `The disk is full, so ${path} cannot be made: free some space.`, {
        cause: err,
      });
    }
    const fault = err instanceof Error ? err.message : String(err);
    const message = `${path} cannot be made (${fault}): choose a folder that this user may write to.`;
    throw new LedgerUnavailableError('refused', message, { cause: err });
  }
}

/** A connection for a short while: `using` closes it. */
export function connect(file: string, options?: Options): Sqlite & Disposable {
  const sqlite = new SqliteDatabase(file, options);
  return Object.assign(sqlite, { [Symbol.dispose]: () => void sqlite.close() });
}

/** Returns once the content of the file survives a power cut. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Returns once the names in the folder of `path` survive a power cut. */
export function syncFolderOf(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What SQLite finds wrong with the file: damaged pages, indexes that disagree, references to nothing. */
export function integrityProblems(sqlite: Sqlite): string[] {
  try {
    const pages = sqlite.prepare('pragma integrity_check').pluck().all().map(String);
    const damaged = pages.filter((line) => line !== 'ok');
    return damaged.length > 0 ? damaged : brokenReferences(sqlite);
  } catch (err) {
    // Some damage stops the check itself.
    if (err instanceof SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(err.code)) return [err.message];
    throw err;
  }
}

/** What SQLite finds wrong with a file, on a connection of its own. */
export function problemsOf(file: string): string[] {
  using sqlite = connect(file, { readonly: true });
  return integrityProblems(sqlite);
}

/** Rows that refer to a row that is not there, counted by table: `rows of classes that refer to missing rooms: 3`. */
export function brokenReferences(sqlite: Sqlite): string[] {
  const broken = sqlite
    .prepare<[], { readonly table: string; readonly parent: string; readonly rows: number }>(
      'select "table", "parent", count(*) as rows from pragma_foreign_key_check group by 1, 2',
    )
    .all();
  return broken.map(({ table, parent, rows }) => `rows of ${table} that refer to missing ${parent}: ${rows}`);
}
