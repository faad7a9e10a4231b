import type { Database } from '../ledger/database.ts';
import type { AuditChange, AuditLog } from '../ledger/school/audit-log.ts';
import { invalid, refused, type Refused } from '../refusal.ts';
import { same } from './changes.ts';

/** Who changes something, and why. */
export interface By {
  readonly actor: string;
  readonly reason?: string | null | undefined;
}

export type ByWithReason = By & { readonly reason: string };

/** What every verb writes with. */
export interface AuditedDeps {
  readonly database: Pick<Database, 'write'>;
  readonly audit: Pick<AuditLog, 'append' | 'appendRest' | 'unnoted'>;
}

/** What a verb stored, and the thing as it is now. */
export type Saved<What> = Readonly<What & { kind: 'saved' }>;

/** Adds an entry to the audit log in the name of who acts. A change that leaves all as it was gets none. */
export type Note = (entry: Omit<AuditChange, 'actor' | 'reason'>) => void;

/**
 * The one way to write: what the work stores and its audit entries are kept together. When the work stops, nothing is
 * kept, and the answer is the refusal that says why.
 *
 * @param work stores, notes in the audit log what it stored, and calls `stop` where it finds that it may not
 */
export function audited<T>(
  { database, audit }: AuditedDeps,
  { actor, reason }: By,
  work: (note: Note) => T,
): T | Refused {
  let before = audit.unnoted();
  const note: Note = (entry) => {
    if (entry.before !== undefined && same(entry.before, entry.after)) return;
    audit.append({ ...entry, actor, reason });
    before = 0;
  };
  return storedOrRefused(database.write, () => {
    const answer = work(note);
    if (audit.unnoted() > before) audit.appendRest({ actor, reason });
    return answer;
  });
}

class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refused: Refused;

  constructor(why: Refused) {
    super(why.message);
    this.refused = why;
  }
}

/** Ends the work of a verb so that nothing of it stays. */
export function stop(why: Refused): never {
  throw new RefusedError(why);
}

/** Ends the work of a verb because of one field of its input. */
export function refuseField(path: string, message: string): never {
  stop(invalid([{ path, message }]));
}

/**
 * Does the verbs of a file, each audited by itself, in one transaction: all of them are kept or none.
 *
 * @param verbs answers whether to keep what they stored
 * @returns the refusal that ended them early, or null
 */
export function allOrNone({ write }: Pick<Database, 'write'>, verbs: () => boolean): Refused | null {
  const unwanted = refused('invalid', 'nothing of the file is kept');
  const answer = storedOrRefused(write, () => (verbs() ? null : stop(unwanted)));
  return answer === unwanted ? null : answer;
}

function storedOrRefused<T>(write: Database['write'], work: () => T): T | Refused {
  try {
    return write(work);
  } catch (err) {
    if (err instanceof RefusedError) return err.refused;
    throw err;
  }
}
