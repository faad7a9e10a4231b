import type { Database } from '../ledger/database.ts';
import type { Refused } from '../refusal.ts';

/** Who changes something, and why. */
export interface By {
  readonly actor: string;
  readonly reason?: string | null | undefined;
}

class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refused: Refused;

  constructor(why: Refused) {
    super(why.message);
    this.refused = why;
  }
}

/** Ends a transaction of `storedOrRefused` so that nothing of it stays. */
export function refuse(why: Refused): never {
  throw new RefusedError(why);
}

/** All of the work is stored, or nothing and why. */
export function storedOrRefused<T>(write: Database['write'], work: () => T): T | Refused {
  try {
    return write(work);
  } catch (err) {
    if (err instanceof RefusedError) return err.refused;
    throw err;
  }
}
