import { copyFileSync, existsSync, renameSync, rmSync, truncateSync } from 'node:fs';

import type { Database as Sqlite } from 'better-sqlite3';

import { createPrivateFile, problemsOf, syncFile, syncFolderOf } from '../durable.ts';
import type { FileWatch } from './watch.ts';

/**
 * Ends the work on a ledger whose files were taken away: saves what it held where that is possible, and closes it unless
 * that would spoil what is there now.
 *
 * @param at epoch ms, for the name of a copy
 * @returns what became of the content, in sentences
 */
export function leaveLedger(path: string, sqlite: Sqlite, watch: FileWatch, at: number): string {
  const { wal, shm } = watch.sideFiles();
  if (watch.ledger() === 'overwritten') return leaveOverwritten(path, at);
  const othersWork = wal === 'other' || shm === 'other';
  if (watch.ledger() === 'same') {
    // Closing would write our entries over those of whoever made the new side files, and delete them.
    if (othersWork)
      return 'The entries since the last checkpoint are lost: verify the ledger before you go on with it.';
    checkpoint(sqlite);
    sqlite.close();
    return 'Its newest entries have been written into the ledger: nothing is lost.';
  }
  const saved = savedCopy(path, sqlite, at);
  // The log lies beside a file that it does not belong to: left full, SQLite would apply it to that file.
  if (wal === 'same') checkpoint(sqlite);
  sqlite.close();
  return saved === null
    ? 'What it held could not be saved: restore a backup (rollbook restore FILE).'
    : `What it held was saved to ${saved}: to go on with that, "rollbook restore --force ${saved}".`;
}

/**
 * What was written over the ledger stays as it is: closing would bring the newest entries into it, and so would the next
 * start, as far as the log holds them. So the log is put aside and emptied, and the ledger is not closed.
 */
function leaveOverwritten(path: string, at: number): string {
  const log = `${path}-wal`;
  const rest = `Go on with what is in ${path} now, or restore a backup (rollbook restore FILE).`;
  try {
    const kept = freeName(`${log}.overwritten-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`);
    copyFileSync(log, kept);
    truncateSync(log);
    return `What it held is gone, but for the entries since the last checkpoint, which are kept in ${kept}. ${rest}`;
  } catch {
    return `What it held is gone. Remove ${log} before the next start. ${rest}`;
  }
}

function checkpoint(sqlite: Sqlite): void {
  try {
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // The disk may be full, or the file gone for good. What was written so far stays as it is.
  }
}

/** @returns the copy, or null when none could be made */
function savedCopy(path: string, sqlite: Sqlite, at: number): string | null {
  const copy = freeName(`${path}.saved-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`);
  const part = `${copy}.part`;
  try {
    createPrivateFile(part);
    sqlite.prepare('vacuum into ?').run(part);
    if (problemsOf(part).length > 0) return null;
    syncFile(part);
    renameSync(part, copy);
    syncFolderOf(copy);
    return copy;
  } catch {
    return null;
  } finally {
    rmSync(part, { force: true });
  }
}

function freeName(wanted: string): string {
  let name = wanted;
  for (let n = 2; existsSync(name); n += 1) name = `${wanted}-${n}`;
  return name;
}
