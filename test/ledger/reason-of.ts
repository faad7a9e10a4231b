import { LedgerUnavailableError } from '../../src/errors.ts';

/** Why the ledger was unavailable to some work; `done` where it was not. */
export function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (err) {
    if (err instanceof LedgerUnavailableError) return err.reason;
    throw err;
  }
  return 'done';
}
