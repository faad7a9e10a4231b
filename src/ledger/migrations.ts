import { createHash } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import type { Database as Sqlite } from 'better-sqlite3';
import type { Logger } from 'pino';
import { z } from 'zod';

import type { Now } from '../core/time/clock.ts';
import { LedgerRefusedError } from '../errors.ts';
import {
  brokenReferences,
  createPrivateFile,
  integrityProblems,
  problemsOf,
  syncFile,
  syncFolderOf,
} from './durable.ts';

export interface Migration {
  /** `0003_families`, as in drizzle's journal. */
  readonly name: string;
  /** Of the SQL with plain line ends, hex. */
  readonly sha256: string;
  readonly sql: string;
}

/**
 * Migrations that were written anew to do the same in less time, with the hash of before. A ledger that holds it has had
 * them.
 */
const REWRITTEN: Readonly<Record<string, string>> = {
  // Looked through all earlier classes of a room for each class.
  '0015_lessons_beside': 'cbb7068c58fdcbd22860d02f17033ac005d06cd86c8f5bc852781642033ca0f6',
};

const journalFile = z.object({ entries: z.array(z.object({ idx: z.int(), tag: z.string().min(1) })) });

/**
 * Reads what drizzle-kit generated.
 *
 * @param folder holds `meta/_journal.json` and one SQL file for each of its entries
 * @throws {LedgerRefusedError} when the journal has gaps or a file is missing
 */
export function readMigrations(folder: string): Migration[] {
  const read = (file: string) => {
    try {
      return readFileSync(join(folder, file), 'utf8');
    } catch (err) {
      throw new LedgerRefusedError(`The migration file ${join(folder, file)} is missing: install Rollbook again.`, {
        cause: err,
      });
    }
  };
  const { entries } = journalFile.parse(JSON.parse(read('meta/_journal.json')));
  return entries.map(({ idx, tag }, position) => {
    if (idx !== position) {
      throw new LedgerRefusedError(`The journal of migrations in ${folder} has no entry ${position} where it belongs.`);
    }
    const sql = read(`${tag}.sql`).replaceAll('\r\n', '\n');
    return { name: tag, sha256: createHash('sha256').update(sql).digest('hex'), sql };
  });
}

/**
 * Compares what was applied to a ledger with what this program knows.
 *
 * @param known in order
 * @param file what to call it when it is a copy
 * @returns what is still to be applied, in order
 * @throws {LedgerRefusedError} when the ledger is newer than the program, is not a ledger, or history was changed
 */
export function pendingMigrations(sqlite: Sqlite, known: readonly Migration[], file = sqlite.name): Migration[] {
  const tables = sqlite.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
  if (!tables.includes('__migrations')) {
    if (tables.length === 0) return [...known];
    throw new LedgerRefusedError(`${file} is a database, but not of Rollbook: name another file or folder.`);
  }
  const applied = sqlite
    .prepare<[], { readonly name: string; readonly sha256: string }>(
      'select name, sha256 from __migrations order by position',
    )
    .all();
  for (const [position, { name, sha256 }] of applied.entries()) {
    const ours = known[position];
    if (!known.some((migration) => migration.name === name)) {
      throw new LedgerRefusedError(
        `${file} was written by a newer Rollbook (it has migration ${name}): install that version, or restore a backup made before it. Nothing was changed.`,
      );
    }
    if (ours?.name !== name) {
      throw new LedgerRefusedError(
        `Migration ${ours?.name} stands before ${name} in this Rollbook, but ${file} got ${name} without it: give the missing migration a later number.`,
      );
    }
    if (ours.sha256 !== sha256 && REWRITTEN[name] !== sha256) {
      throw new LedgerRefusedError(
        `Migration ${name} was edited after it was applied to ${file}: put its file back as it was and add another one.`,
      );
    }
  }
  return known.slice(applied.length);
}

export interface MigrateDeps {
  readonly clock: Now;
  readonly log?: Logger | undefined;
  /** Called in the transaction with what applies the migrations; says which ones there were. */
  readonly within?: ((apply: () => readonly string[]) => readonly string[]) | undefined;
}

/**
 * Applies what is pending in one transaction: whenever the process is killed, the ledger is the old one or the new one.
 * A ledger that holds rows is copied first, to `{path}.before-{first pending migration}`.
 *
 * Tables are rebuilt by dropping and renaming, which with foreign keys on would delete the rows that refer to them, and
 * `foreign_keys` cannot change inside a transaction. So it is off around the transaction, and the references are
 * checked before the commit.
 *
 * @throws {LedgerRefusedError} when a migration fails or leaves broken references; nothing is changed then
 */
export function migrate(sqlite: Sqlite, known: readonly Migration[], deps: MigrateDeps): void {
  const { clock, log, within = (apply) => apply() } = deps;
  const first = pendingMigrations(sqlite, known)[0];
  if (first === undefined) return;
  if (first !== known[0] && !sqlite.memory) {
    log?.info(
      { copy: copyLedger(sqlite, `${sqlite.name}.before-${first.name}`) },
      'ledger copied before its migration',
    );
  }
  sqlite.pragma('foreign_keys = OFF');
  try {
    const applied = sqlite.transaction(() => within(() => applyPending(sqlite, known, clock))).immediate();
    log?.info({ migrations: applied }, 'ledger migrated');
  } finally {
    sqlite.pragma('foreign_keys = ON');
  }
}

function applyPending(sqlite: Sqlite, known: readonly Migration[], clock: Now): string[] {
  sqlite.exec(`create table if not exists __migrations (
    position integer primary key, name text not null unique, sha256 text not null, applied_at integer not null
  ) strict`);
  // Asked again under the write lock: another process may have been faster.
  const pending = pendingMigrations(sqlite, known);
  const record = sqlite.prepare('insert into __migrations (position, name, sha256, applied_at) values (?, ?, ?, ?)');
  for (const migration of pending) {
    try {
      sqlite.exec(migration.sql);
    } catch (err) {
      throw refusal(sqlite, migration, err instanceof Error ? err.message : String(err), err);
    }
    const broken = brokenReferences(sqlite);
    if (broken.length > 0) throw refusal(sqlite, migration, broken.join('; '));
    record.run(known.indexOf(migration), migration.name, migration.sha256, clock.now());
  }
  const problems = integrityProblems(sqlite);
  if (problems.length > 0) throw refusal(sqlite, pending.at(-1), problems.slice(0, 3).join('; '));
  return pending.map(({ name }) => name);
}

function refusal(sqlite: Sqlite, migration: Migration | undefined, why: string, cause?: unknown): LedgerRefusedError {
  return new LedgerRefusedError(
    `Migration ${migration?.name} does not fit ${sqlite.name}: ${why}. Nothing was changed; the version of Rollbook used until now still works.`,
    { cause },
  );
}

/** Copies the ledger beside itself. The name appears only once the copy is whole, checked and on the disk. */
function copyLedger(sqlite: Sqlite, copy: string): string {
  const part = `${copy}.part`;
  createPrivateFile(part);
  sqlite.prepare('vacuum into ?').run(part);
  const problems = problemsOf(part);
  if (problems.length > 0) {
    throw new LedgerRefusedError(
      `${sqlite.name} is damaged and was not migrated (${problems.slice(0, 3).join('; ')}): restore a backup.`,
    );
  }
  syncFile(part);
  renameSync(part, copy);
  syncFolderOf(copy);
  return copy;
}
