import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

import { SqliteError } from 'better-sqlite3';

import { LedgerUnavailableError } from '../errors.ts';
import { belongsTo, isFolder, thisUser } from './files/folder.ts';

/** Why the ledger cannot be used, by the family of SQLite's error code. */
const REASONS: Readonly<Record<string, 'busy' | 'full' | 'damaged' | 'failing' | 'refused'>> = {
  BUSY: 'busy',
  LOCKED: 'busy',
  FULL: 'full',
  CORRUPT: 'damaged',
  NOTADB: 'damaged',
  IOERR: 'failing',
  CANTOPEN: 'refused',
  READONLY: 'refused',
  PERM: 'refused',
};

/** Below this SQLite cannot even begin: one page of shared memory is 32 KiB. */
const LEAST_SPACE_BYTES = 64 * 1024;

/** The error for a fault of the file or the disk; null for a fault of a statement. */
export function unavailable(path: string, err: unknown): LedgerUnavailableError | null {
  if (!(err instanceof SqliteError)) return null;
  const found = REASONS[/^SQLITE_([A-Z]+)/.exec(err.code)?.[1] ?? ''];
  if (found === undefined) return null;
  const reason = found === 'failing' ? whyFailing(path) : found;
  const messages = {
    busy: `${path} is being written by another program: try again in a moment.`,
    full: `The disk of ${path} is full: free some space.`,
    damaged: `${path} is damaged or is no SQLite file: stop the daemon and restore a backup (rollbook restore FILE).`,
    failing: `The disk of ${path} fails (${err.code}): look at it and at the log of the system.`,
    refused: `${path} cannot be read or written by ${thisUser()}${belongsTo(path)} (${err.code}). Run the command as the user of the daemon, and look at its disk and rights.`,
  };
  return new LedgerUnavailableError(reason, messages[reason], { cause: err });
}

/** SQLite speaks of a failing disk also without room for its shared memory, and when the path is a folder. */
function whyFailing(path: string): 'full' | 'refused' | 'failing' {
  if (isFolder(path)) return 'refused';
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < LEAST_SPACE_BYTES ? 'full' : 'failing';
  } catch {
    return 'failing';
  }
}
