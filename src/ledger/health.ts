import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Database as Sqlite } from 'better-sqlite3';

import type { Now } from '../core/time/clock.ts';
import { MINUTE_MS } from '../core/time/duration.ts';
import { isBusy, LedgerUnavailableError } from '../errors.ts';
import { atOnce } from './patience.ts';
import { held } from './select.ts';
import { unavailable } from './unavailable.ts';

export interface LedgerHealth {
  /** A page was written to find out, at most a second ago; when that failed, why. An import or a command that is writing is no failure for two minutes. */
  readonly writable: boolean;
  readonly problem: string | null;
  readonly ledgerBytes: number;
  /** Size of the write-ahead log, which grows while something reads for long. Bytes. */
  readonly walBytes: number;
  /** Left on the disk of the data folder for this user; null in memory. */
  readonly freeDiskBytes: number | null;
}

/** @returns the health of the ledger, asked with why it is no longer where it was opened; null: it is there */
export function createHealth(
  path: string,
  sqlite: Sqlite,
  probe: () => string | null,
): (gone: string | null) => LedgerHealth {
  const size = held(() =>
    sqlite.prepare('select page_count * page_size from pragma_page_count, pragma_page_size').pluck(),
  );
  return (gone) => {
    const problem = gone ?? probe();
    const found = { writable: problem === null, problem, ledgerBytes: Number(size().get()) };
    if (sqlite.memory) return { ...found, walBytes: 0, freeDiskBytes: null };
    const { bavail, bsize } = statfsSync(dirname(path));
    return { ...found, walBytes: walBytesOf(path), freeDiskBytes: bavail * bsize };
  };
}

export function walBytesOf(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/** A probe is a write and waits for the disk: whoever asks again sooner gets the last answer. */
const PROBE_MS = 1_000;
/** A large import holds the ledger for some seconds, which is no fault. Whoever holds it for longer than this keeps evidence out of it. */
const LONG_HELD_MS = 2 * MINUTE_MS;

/** @returns why the ledger cannot be written; null when a page was just written, or somebody else is writing and not for long */
export function createProbe(path: string, sqlite: Sqlite, clock: Now): () => string | null {
  let last: { readonly at: number; readonly problem: string | null } | null = null;
  let heldSince: number | null = null;
  const look = (at: number): string | null => {
    const problem = whyNotWritable(path, sqlite);
    heldSince = isBusy(problem) ? (heldSince ?? at) : null;
    if (heldSince !== null && Math.abs(at - heldSince) < LONG_HELD_MS) return null;
    return problem instanceof LedgerUnavailableError ? problem.messageOfDaemon : (problem?.message ?? null);
  };
  return () => {
    if (sqlite.inTransaction) return null;
    const at = clock.now();
    // The clock may have been set back.
    if (last === null || Math.abs(at - last.at) >= PROBE_MS) last = { at, problem: look(at) };
    return last.problem;
  };
}

function whyNotWritable(path: string, sqlite: Sqlite): Error | null {
  try {
    atOnce(sqlite, () => {
      // Beginning a transaction writes nothing: a full disk is noticed only by a page. This one keeps its content.
      const version = Number(sqlite.pragma('user_version', { simple: true }));
      sqlite.pragma(`user_version = ${version}`);
    });
    return null;
  } catch (err) {
    return unavailable(path, err) ?? (err instanceof Error ? err : new Error(String(err)));
  }
}
