import { copyFileSync, existsSync, linkSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';

import { SqliteError } from 'better-sqlite3';

import type { Now } from '../core/time/clock.ts';
import { LedgerRefusedError } from '../errors.ts';
import type { BackupReport, BackupTask } from './backup-worker.ts';
import { shippedMigrations, type Database } from './database.ts';
import { connect, createPrivateFile, integrityProblems, syncFile, syncFolderOf } from './durable.ts';
import { isFolder } from './files/folder.ts';
import { lockFile, lockLedger } from './files/lock.ts';
import { markLedger } from './files/marker.ts';
import { shapeProblems } from './files/shape.ts';
import { pendingMigrations, readMigrations } from './migrations.ts';
import { unavailable } from './unavailable.ts';

/** Pages copied so far, and all pages. */
export type OnProgress = (done: number, total: number) => void;

export interface BackupOptions {
  /** Replaces a file of that name. */
  readonly force?: boolean | undefined;
}

export interface Backup {
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
}

export type Integrity = { readonly ok: true } | { readonly ok: false; readonly problems: readonly string[] };

/** Checks every page, index and reference of the ledger, beside a running daemon. */
export async function integrity(database: Database): Promise<Integrity> {
  const { path, sqlite } = database;
  const problems = sqlite.memory ? integrityProblems(sqlite) : await inWorker({ kind: 'check', file: path });
  return problems.length === 0 ? { ok: true } : { ok: false, problems };
}

/** Whether two paths lead to the same file, through links too. */
function isSame(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other);
}

/** @throws {LedgerRefusedError} when something of that name is there that is no file: a device, a pipe, a socket */
function refuseSpecial(path: string): void {
  if (!existsSync(path) || statSync(path).isFile()) return;
  throw new LedgerRefusedError(`${path} is no file that can be replaced: name another one.`);
}

/**
 * Copies the ledger as it is at this instant, while the daemon goes on writing. The file appears only once it is whole,
 * checked and on the disk, and only its owner may read it.
 *
 * @throws {LedgerRefusedError} when the file exists and `force` is not given, or when the copy is damaged
 * @throws {LedgerUnavailableError} when the ledger is damaged or the disk of the copy is full
 */
export async function backupTo(
  { path, sqlite }: Database,
  file: string,
  onProgress: OnProgress = () => {},
  { force = false }: BackupOptions = {},
): Promise<Backup> {
  const target = resolve(file);
  if (sqlite.memory) throw new LedgerRefusedError('A ledger in memory has no file to back up.');
  if (target === resolve(path)) throw new LedgerRefusedError(`${target} is the ledger itself: name another file.`);
  if (isFolder(target)) throw new LedgerRefusedError(`${target} is a folder: name a file in it.`);
  if ([path, `${path}-wal`, `${path}-shm`, lockFile(dirname(resolve(path)))].some((own) => isSame(own, target))) {
    throw new LedgerRefusedError(`${target} belongs to the ledger itself: name another file.`);
  }
  refuseSpecial(target);
  if (!existsSync(dirname(target)))
    throw new LedgerRefusedError(`There is no folder ${dirname(target)}: make it first.`);
  const taken = () => new LedgerRefusedError(`${target} exists: name another file, or use --force to replace it.`);
  if (!force && existsSync(target)) throw taken();

  const part = `${target}.part`;
  createPrivateFile(part);
  try {
    const problems = await inWorker({ kind: 'copy', from: path, to: part }, onProgress);
    if (problems.length > 0) {
      throw new LedgerRefusedError(
        `The copy of ${path} is damaged and was not kept: ${problems.slice(0, 3).join('; ')}.`,
      );
    }
    syncFile(part);
    if (!force && existsSync(target)) throw taken();
    refuseSpecial(target);
    renameSync(part, target);
    syncFolderOf(target);
  } finally {
    rmSync(part, { force: true });
  }
  return { file: target, bytes: statSync(target).size };
}

export interface RestoreOptions {
  readonly clock: Now;
  /** Replaces the ledger that is there; a copy of that is kept. */
  readonly force?: boolean | undefined;
  readonly migrationsFolder?: string | undefined;
}

export interface Restored {
  /** Where the ledger that was there is kept; null when there was none. */
  readonly replaced: string | null;
  /** Migrations that the next start of the daemon applies. */
  readonly pending: readonly string[];
}

/**
 * Puts a backup in the place of the ledger. The backup is copied, checked and compared with the version of this program
 * before anything is replaced, and the exchange is one rename: whenever the process is killed, one of the two is there.
 *
 * @param ledger the file that is replaced, absolute
 * @throws {LedgerUnavailableError} `in_use` while a daemon works on its folder
 * @throws {LedgerRefusedError} when a ledger is there and `force` is not given, or the backup is damaged or too new
 */
export function restoreFrom(file: string, ledger: string, options: RestoreOptions): Restored {
  const { clock, force = false, migrationsFolder = shippedMigrations } = options;
  const source = resolve(file);
  if (!existsSync(source)) throw new LedgerRefusedError(`There is no file ${source} to restore.`);
  if (isSame(source, ledger)) throw new LedgerRefusedError(`${source} is the ledger itself: name a backup.`);
  if (isFolder(source)) throw new LedgerRefusedError(`${source} is a folder: name the backup in it.`);
  if (!statSync(source).isFile()) throw new LedgerRefusedError(`${source} is no file: name a backup.`);
  refuseSpecial(ledger);
  if ((statSync(`${source}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new LedgerRefusedError(
      `${source} is a ledger in use, part of which is in ${source}-wal: make a backup of it with "rollbook backup".`,
    );
  }
  using _lock = lockLedger(dirname(ledger));
  if (existsSync(ledger) && !force) {
    throw new LedgerRefusedError(`${ledger} exists: use --force to replace it. It is kept beside the restored one.`);
  }
  const part = `${ledger}.restoring`;
  createPrivateFile(part);
  try {
    copyFileSync(source, part);
    const pending = checkRestorable(source, part, migrationsFolder);
    syncFile(part);
    const replaced = existsSync(ledger) ? keepReplaced(ledger, clock) : null;
    renameSync(part, ledger);
    syncFolderOf(ledger);
    markLedger(ledger);
    return { replaced, pending };
  } finally {
    rmSync(part, { force: true });
  }
}

/** @returns the names of the migrations that it lacks */
function checkRestorable(source: string, copy: string, migrationsFolder: string): string[] {
  using sqlite = connect(copy);
  const problems = integrityProblems(sqlite);
  if (problems.length > 0) {
    throw new LedgerRefusedError(`${source} is damaged and was not restored: ${problems.slice(0, 3).join('; ')}.`);
  }
  sqlite.pragma('journal_mode = DELETE');
  const known = readMigrations(migrationsFolder);
  const pending = pendingMigrations(sqlite, known, source);
  if (pending.length === known.length) throw new LedgerRefusedError(`${source} is empty.`);
  const strange = shapeProblems(sqlite, known.slice(0, known.length - pending.length));
  if (strange.length > 0) {
    throw new LedgerRefusedError(
      `${source} was not restored, because it is not as Rollbook makes it: ${strange.slice(0, 3).join('; ')}. Restore another backup.`,
    );
  }
  return pending.map(({ name }) => name);
}

/** Keeps the ledger under a second name; the first one is still there, to be replaced in one step. */
function keepReplaced(ledger: string, clock: Now): string {
  const instant = new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  let kept = `${ledger}.replaced-${instant}`;
  // Two restores within one second keep a ledger each.
  for (let n = 2; existsSync(kept); n += 1) kept = `${ledger}.replaced-${instant}-${n}`;
  foldLog(ledger);
  for (const side of ['-wal', '-shm']) {
    // Files of a ledger that is too damaged to be opened. SQLite must not apply them to the restored one.
    if (existsSync(`${ledger}${side}`)) renameSync(`${ledger}${side}`, `${kept}${side}`);
  }
  try {
    linkSync(ledger, kept);
  } catch {
    // Some file systems have no hard links.
    copyFileSync(ledger, kept);
    syncFile(kept);
  }
  return kept;
}

/** Brings what is in the write-ahead log into the file; closing the last connection removes the log. */
function foldLog(ledger: string): void {
  try {
    using sqlite = connect(ledger);
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } catch (err) {
    if (!(err instanceof SqliteError)) throw err;
  }
}

function inWorker(task: BackupTask, onProgress: OnProgress = () => {}): Promise<readonly string[]> {
  const { promise, resolve: found, reject } = Promise.withResolvers<readonly string[]>();
  // The flags of this process are not handed on: the thread needs none, and some are valid for a main program only.
  const worker = new Worker(new URL('./backup-worker.ts', import.meta.url), { workerData: task, execArgv: [] });
  worker.on('message', (report: BackupReport) => {
    switch (report.kind) {
      case 'progress':
        return onProgress(report.done, report.total);
      case 'problems':
        return found(report.problems);
      case 'failed':
        return reject(explain(task, report.code, report.message));
      default:
        return report satisfies never;
    }
  });
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the backup thread ended early (${code})`)));
  return promise;
}

/** When the disk is full, it is the disk of the copy; any other error comes from the ledger. */
function explain(task: BackupTask, code: string, message: string): Error {
  const err: Error = new SqliteError(message, code);
  if (task.kind === 'check') return unavailable(task.file, err) ?? err;
  return unavailable(code === 'SQLITE_FULL' ? task.to : task.from, err) ?? err;
}
