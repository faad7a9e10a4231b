import type { Database as Sqlite } from 'better-sqlite3';

import { SECOND_MS } from '../core/time/duration.ts';
import { isBusy, LedgerUnavailableError } from '../errors.ts';

/** How long a command waits for another program that is writing the ledger. A daemon has none: its loops would stand still. */
export interface Patience {
  readonly ms: number;
  /** Called once the wait is longer than a second. Nothing else of the process goes on while it waits. */
  readonly onWait: () => void;
}

/**
 * A daemon waits so long for another writer, most of which are done by then; its loops and its API stand still meanwhile.
 * For a longer one, such as an import, it waits with `whenFree`, beside which other work goes on.
 */
const BUSY_MS = 100;
/** Whoever has patience waits so long without a word. */
const QUIET_MS = 1_000;

/** The `busy_timeout` of a connection: how long each statement waits for another writer. Milliseconds. */
export function busyTimeout(patience: Patience | undefined): number {
  return patience === undefined ? BUSY_MS : Math.min(QUIET_MS, patience.ms);
}

/** Runs statements that do not wait for another writer. */
export function atOnce<T>(sqlite: Sqlite, work: () => T): T {
  const timeout = Number(sqlite.pragma('busy_timeout', { simple: true }));
  sqlite.pragma('busy_timeout = 0');
  try {
    return work();
  } finally {
    sqlite.pragma(`busy_timeout = ${timeout}`);
  }
}

/** Whether a transaction could begin now. Whatever else is wrong is left to whoever begins one. */
export function isFreeOf(sqlite: Sqlite): boolean {
  if (sqlite.inTransaction) return true;
  try {
    atOnce(sqlite, () => sqlite.exec('begin immediate; rollback'));
    return true;
  } catch (err) {
    return !isBusy(err);
  }
}

/**
 * Runs a transaction. Where it could not begin because another program writes, nothing was done yet, so it is begun again
 * with all the patience there is.
 *
 * @param immediate runs work in a `begin immediate` transaction of this connection
 * @throws {LedgerUnavailableError} `busy` when the other program still writes by then
 */
export function patiently<T>(
  sqlite: Sqlite,
  patience: Patience | undefined,
  immediate: (work: () => T) => T,
  work: () => T,
): T {
  let hasBegun = false;
  const noted = () => {
    hasBegun = true;
    return work();
  };
  try {
    return immediate(noted);
  } catch (err) {
    if (patience === undefined || hasBegun || !isBusy(err)) throw err;
    patience.onWait();
  }
  sqlite.pragma(`busy_timeout = ${patience.ms}`);
  try {
    return immediate(work);
  } catch (err) {
    throw isBusy(err) ? stillBusy(sqlite.name, patience, err) : err;
  } finally {
    sqlite.pragma(`busy_timeout = ${busyTimeout(patience)}`);
  }
}

function stillBusy(path: string, { ms }: Patience, cause: unknown): LedgerUnavailableError {
  return new LedgerUnavailableError(
    'busy',
    `Another program has been writing ${path} for ${Math.ceil(ms / SECOND_MS)} s, so nothing was stored: try again when it is done. A long import is such a program.`,
    { cause },
  );
}
