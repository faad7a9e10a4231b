import { copyFileSync, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { LedgerUnavailableError } from '../../errors.ts';

const TRIES = 3;

/**
 * Copies a ledger that nobody has open, byte by byte with what waits in its write-ahead log. SQLite itself cannot read one
 * from a folder that this user may not write to, since it wants to make its side files there.
 *
 * @throws {LedgerUnavailableError} when somebody has it open, or it changed each time it was copied
 */
export function copyStill(file: string, copy: string): void {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = stampOf(file);
    if (before === null) break;
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    if (stampOf(file) === before) return;
  }
  throw new LedgerUnavailableError(
    'refused',
    `Another program may have ${file} open (its side file is there), and this user may not write to its folder, so it cannot be looked at as it is now: run the command as the user of the daemon, or on a backup.`,
  );
}

/** Of which file, how long and since when what is there is there. Null: somebody has it open, or had when the machine stopped. */
function stampOf(file: string): string | null {
  if (existsSync(`${file}-shm`)) return null;
  // A log that came and went in the meantime is told by the folder.
  return [dirname(file), file, `${file}-wal`]
    .map((path) => {
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      return found === undefined ? 'none' : [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
    })
    .join(', ');
}
