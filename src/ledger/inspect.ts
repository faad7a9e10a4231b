import type { Now } from '../core/time/clock.ts';
import { integrity, type Integrity } from './backup.ts';
import { openDatabase, shippedMigrations, type Database } from './database.ts';
import { shapeProblems } from './files/shape.ts';
import { pendingMigrations, readMigrations } from './migrations.ts';
import { unreadable } from './unreadable-cells.ts';

/** Whether the file of an open ledger is whole. */
export interface Inspection {
  integrity(): Promise<Integrity>;
  /** What of its tables, indexes, triggers and views is not as its migrations make it, in words. */
  shapeProblems(): string[];
  /** Which stored values a reader failed at, in words; null: that is not why it failed. */
  unreadable(err: unknown): string | null;
}

export function createInspection(database: Database): Inspection {
  return {
    integrity: () => integrity(database),
    shapeProblems() {
      const known = readMigrations(shippedMigrations);
      const pending = pendingMigrations(database.sqlite, known).length;
      return shapeProblems(database.sqlite, known.slice(0, known.length - pending));
    },
    unreadable: (err) => unreadable(database.sqlite, err),
  };
}

/**
 * Looks at a ledger without writing into it.
 *
 * @returns what is damaged, or null; and how many tokens of admins are valid now
 * @throws {LedgerUnavailableError} when it cannot be opened
 * @throws {LedgerRefusedError} when it is of another version
 */
export function inspectLedger(
  file: string,
  clock: Now,
): { readonly damage: string | null; readonly adminTokens: number } {
  using database = openDatabase(file, { clock, readonly: true });
  const problems = String(database.sqlite.pragma('quick_check', { simple: true }));
  const valid = database.sqlite
    .prepare<[number], number>(
      "select count(*) from api_tokens where role = 'admin' and revoked_at is null and (expires_at is null or expires_at > ?)",
    )
    .pluck();
  return { damage: problems === 'ok' ? null : problems, adminTokens: valid.get(clock.now()) ?? 0 };
}
