import type { Now } from '../core/time/clock.ts';
import { integrity, type Integrity } from './backup.ts';
import { openDatabase, type Database } from './database.ts';

/** Whether the file of an open ledger is whole. */
export interface Inspection {
  integrity(): Promise<Integrity>;
  /** Tables whose columns take values of any type. */
  looseTables(): string[];
}

export function createInspection(database: Database): Inspection {
  return {
    integrity: () => integrity(database),
    looseTables: () =>
      database.sqlite
        .prepare<[], string>(
          "select name from pragma_table_list where schema = 'main' and type = 'table' and strict = 0 and name not like 'sqlite_%'",
        )
        .pluck()
        .all() as string[],
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
