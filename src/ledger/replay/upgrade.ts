import type { Database as Sqlite } from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';

import { migrate, type MigrateDeps, type Migration } from '../migrations.ts';
import { createAuditLog, type AuditLogOptions } from '../school/audit-log.ts';
import { replayRows, type Replay } from './replay.ts';

export interface UpgradeDeps extends Pick<MigrateDeps, 'clock' | 'log'> {
  /** How the entry behind the migration is sealed. */
  readonly seal: AuditLogOptions;
  /** The audit log of a copy stays that of the ledger, without the entry. */
  readonly isCopy: boolean;
}

/**
 * Migrates a ledger and begins the replay of its rows anew, in one transaction: a process that is killed leaves no ledger
 * that was migrated and has no entry of it. A migration may change columns, so what was changed by hand is looked for
 * before it, and stays named in the entry.
 *
 * @returns what the audit log said about the rows before
 */
export function upgrade(sqlite: Sqlite, known: readonly Migration[], deps: UpgradeDeps): Replay {
  const { clock, log, isCopy } = deps;
  let before: Replay = { rows: 0, since: null, problems: [] };
  const within = (apply: () => readonly string[]) => {
    if (tellsRows(sqlite)) before = replayRows(sqlite);
    const applied = apply();
    if (!isCopy && applied.length > 0) noteBaseline(sqlite, deps, before.problems);
    return applied;
  };
  migrate(sqlite, known, { clock, log, within });
  const edited = before.problems.length;
  if (edited > 0) log?.warn({ edited }, 'rows were changed by hand before the migration: rollbook verify names them');
  return before;
}

/** Whether this version of the ledger has an audit log whose entries hold rows. */
function tellsRows(sqlite: Sqlite): boolean {
  return sqlite.prepare("select 1 from pragma_table_info('audit_log') where name = 'rows'").get() !== undefined;
}

function noteBaseline(sqlite: Sqlite, { clock, seal }: UpgradeDeps, changedByHand: readonly string[]): void {
  if (!tellsRows(sqlite) || sqlite.prepare('select 1 from audit_log').get() === undefined) return;
  const joined = { sqlite, orm: drizzle(sqlite, { casing: 'snake_case' }), isReadonly: false };
  const audit = createAuditLog({ ...joined, recordsBefore: null, write: (work) => work() }, clock, seal);
  audit.appendBaseline(changedByHand);
}
