import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';

import { ConfigError } from '../../errors.ts';
import type { AuditKey } from '../school/audit-chain.ts';

/** Shorter ones could be guessed. */
const LEAST_CHARACTERS = 32;

/**
 * Reads the key that seals the audit log.
 *
 * @param dataDir the key must lie outside of it: whoever can write the ledger must not find the key beside it
 * @throws {ConfigError} when there is no such file, others may read it, or it holds too little
 */
export function readAuditKey(file: string, dataDir: string): AuditKey {
  const secret = explained(() => {
    if (!statSync(file).isFile()) refuse('is no file; name the file that holds the key');
    if ((statSync(file).mode & 0o077) !== 0) refuse(`can be read by others; chmod 600 ${file}`);
    if (isWithin(file, dataDir))
      refuse('lies in the data folder; keep it where whoever writes the ledger has no access');
    return readFileSync(file, 'utf8').trim();
  });
  if (secret.length < LEAST_CHARACTERS) {
    refuse(`holds fewer than ${LEAST_CHARACTERS} characters; make one with: openssl rand -base64 32`);
  }
  return { id: createHash('sha256').update(`rollbook audit key ${secret}`).digest('hex').slice(0, 12), secret };
}

function isWithin(file: string, folder: string): boolean {
  const parent = statSync(folder, { throwIfNoEntry: false }) === undefined ? folder : realpathSync(folder);
  return realpathSync(file).startsWith(`${parent}${sep}`);
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (err) {
    if (err instanceof ConfigError) throw err;
    return refuse(`cannot be read (${err instanceof Error ? err.message : String(err)})`);
  }
}

function refuse(what: string): never {
  throw new ConfigError(
    `These settings of the environment (or .env) need your attention:\n- ROLLBOOK_AUDIT_KEY_FILE: ${what}`,
  );
}
