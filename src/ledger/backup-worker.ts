/** Reads whole ledgers on a thread of its own, so that the loops and the server go on meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';

import { SqliteError } from 'better-sqlite3';

import { connect, problemsOf } from './durable.ts';

export type BackupTask =
  | { readonly kind: 'copy'; readonly from: string; readonly to: string }
  | { readonly kind: 'check'; readonly file: string };

export type BackupReport =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'problems'; readonly problems: readonly string[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Pages of 4 KiB: copying so many takes a few milliseconds. */
const pagesAStep = 1_000;

const report = (message: BackupReport) => parentPort?.postMessage(message);

async function copy(from: string, to: string): Promise<void> {
  using ledger = connect(from, { readonly: true });
  // A transaction that has read holds one state of the ledger; without it each write beside us would start the copy anew.
  ledger.exec('begin');
  ledger.prepare('select count(*) from sqlite_schema').get();
  await ledger.backup(to, {
    progress({ totalPages, remainingPages }) {
      report({ kind: 'progress', done: totalPages - remainingPages, total: totalPages });
      return pagesAStep;
    },
  });
  // The copy shall be one file: in the mode of the ledger, opening it would make a write-ahead log beside it.
  using copied = connect(to);
  copied.pragma('journal_mode = DELETE');
}

const task = workerData as BackupTask;
try {
  if (task.kind === 'copy') await copy(task.from, task.to);
  report({ kind: 'problems', problems: problemsOf(task.kind === 'copy' ? task.to : task.file) });
} catch (err) {
  // An error that crosses threads loses its class and its code.
  if (!(err instanceof SqliteError)) throw err;
  report({ kind: 'failed', code: err.code, message: err.message });
}
