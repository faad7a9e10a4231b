import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

import { LedgerUnavailableError } from '../../errors.ts';
import { requireNeverMade } from './marker.ts';

const FAULTS: Readonly<Record<string, string>> = {
  EPERM: 'the system allows no folder there',
  ENOENT: 'the system allows no folder there',
  EEXIST: 'there is something of that name that is no folder',
  ENOTDIR: 'there is something of that name that is no folder',
  ELOOP: 'its links lead in a circle',
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
  explained(path, setting, () => {
    makeMissing(path);
    accessSync(path, constants.W_OK | constants.X_OK);
  });
}

/**
 * Makes an empty file that only its owner may read, unless it is there. SQLite gives its side files the same permissions.
 * A file that is there is never opened: closing it would drop the locks that another connection of this process holds.
 */
export function makePrivateFile(file: string): void {
  makeFolder(dirname(file));
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

/**
 * @param file absolute
 * @throws {LedgerUnavailableError} `missing` when it is not there or empty, `gone` when it was there once, `refused` when this user may not look for it
 */
export function requireLedger(file: string): void {
  const folder = dirname(file);
  const found = explained(folder, 'ROLLBOOK_DATA_DIR', () => {
    if (existsSync(folder) && !isFolder(folder)) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
    return statSync(file, { throwIfNoEntry: false });
  });
  if (found !== undefined && found.size > 0) return;
  requireNeverMade(file);
  throw new LedgerUnavailableError(
    'missing',
    `There is no ledger in ${folder}: name its folder in ROLLBOOK_DATA_DIR, or make one there with "rollbook serve", "rollbook import" or "rollbook token create".`,
  );
}

function explained<T>(path: string, setting: string, work: () => T): T {
  try {
    return work();
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? String(err.code) : '';
    const known = code === 'EACCES' ? `${thisUser()} may not read and write there${belongsTo(path)}` : FAULTS[code];
    const fault = known ?? (err instanceof Error ? err.message : String(err));
    const message = `The folder ${path} cannot be used: ${fault}. Give a folder that this user may write to with ${setting}.`;
    throw new LedgerUnavailableError('refused', message, { cause: err });
  }
}

/** `this user (anna)`, or without a name where the system's list has none. */
export function thisUser(): string {
  const name = userName();
  return name === null ? 'this user' : `this user (${name})`;
}

/** Who runs this process on this machine; null for a user without an entry in the system's list. */
export function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

/** `; it belongs to root`, or `user 1001` of whom Node knows the number only; nothing for what cannot be looked at. */
export function belongsTo(path: string): string {
  try {
    const { uid } = statSync(path);
    return `; it belongs to ${uid === 0 ? 'root' : `user ${uid}`}`;
  } catch {
    return '';
  }
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Not with the option `recursive` of Node: that call never returns for a folder below /proc. */
function makeMissing(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makeMissing(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (err) {
    // Another process may have made it in the meantime.
    if (!isFolder(path)) throw err;
  }
}
