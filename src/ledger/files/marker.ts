import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { LedgerUnavailableError } from '../../errors.ts';

const TEXT = `There is a ledger in this folder: rollbook.db. While this file is here, Rollbook makes no new one in its place when it is
gone, unless it is told to: rollbook serve --new-ledger
`;

function markerFile(ledger: string): string {
  return join(dirname(ledger), 'rollbook.marker');
}

/** Leaves a mark beside a ledger that is in use, so that its loss is noticed at the next start. */
export function markLedger(ledger: string): void {
  if (!existsSync(markerFile(ledger))) writeFileSync(markerFile(ledger), TEXT, { mode: 0o600 });
}

/**
 * @param ledger that is not there, or empty; absolute
 * @throws {LedgerUnavailableError} `gone` when a mark says that it was there
 */
export function requireNeverMade(ledger: string): void {
  if (!existsSync(markerFile(ledger))) return;
  throw new LedgerUnavailableError(
    'gone',
    `The ledger ${ledger} is gone or empty, and ${markerFile(ledger)} says that there was one: put it back, or restore a backup ` +
      '(rollbook restore FILE). Only to begin with a new, empty one in its place: rollbook serve --new-ledger.',
  );
}
