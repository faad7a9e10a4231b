import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { LedgerUnavailableError } from '../errors.ts';

const FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'the system allows no folder there',
  ENOENT: 'the system allows no folder there',
  EEXIST: 'there is something of that name that is no folder',
  ENOTDIR: 'there is something of that name that is no folder',
  EROFS: 'the disk can only be read',
  ENOSPC: 'the disk is full',
};

/**
 * Makes a folder that only its owner may look into, and those above it that are missing.
 *
 * @param path absolute
 * @param setting where the user gave the folder, for the message
 * @throws {LedgerUnavailableError} when it cannot be made or this user may not write in it
 */
export function makeFolder(path: string, setting = 'ROLLBOOK_DATA_DIR'): void {
  try {
    makeMissing(path);
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? String(err.code) : '';
    const fault = FAULTS[code] ?? (err instanceof Error ? err.message : String(err));
    const message = `The folder ${path} cannot be used: ${fault}. Give a folder that this user may write to with ${setting}.`;
    throw new LedgerUnavailableError('refused', message, { cause: err });
  }
}

/** Not with the option `recursive` of Node: that call never returns for a folder below /proc. */
function makeMissing(path: string): void {
  const isFolder = () => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder()) return;
  if (dirname(path) !== path) makeMissing(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (err) {
    // Another process may have made it in the meantime.
    if (!isFolder()) throw err;
  }
}
