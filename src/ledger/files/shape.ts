import SqliteDatabase, { type Database as Sqlite } from 'better-sqlite3';

import { migrate, type Migration } from '../migrations.ts';

/** In these Litestream notes how far it is; they hold nothing of the school. */
const OF_LITESTREAM: readonly string[] = ['_litestream_seq', '_litestream_lock'];
/** SQLite makes these when it likes. */
const OF_SQLITE: readonly string[] = ['sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4'];

/** A table, an index, a trigger or a view. */
interface Part {
  readonly type: string;
  readonly name: string;
  readonly on: string;
  readonly sql: string | null;
}

/**
 * Compares what a ledger is made of with a fresh one that got the same migrations: a trigger that was added would change
 * rows behind our back, and an index that is gone would let twins in.
 *
 * @param applied the migrations that the ledger has
 * @returns what does not belong, is missing or is another one, in words
 */
export function shapeProblems(sqlite: Sqlite, applied: readonly Migration[]): string[] {
  const found = partsOf(sqlite);
  const wanted = freshParts(applied);
  const strange = [...found].flatMap(([key, part]) => {
    const ours = wanted.get(key);
    if (ours === undefined) return isKnown(part) ? [] : [`${named(part)} does not belong to a ledger`];
    return textOf(ours) === textOf(part) ? [] : [`${named(part)} is another one than Rollbook makes`];
  });
  const missing = [...wanted].flatMap(([key, part]) => (found.has(key) ? [] : [`${named(part)} is missing`]));
  return [...strange, ...missing];
}

function freshParts(applied: readonly Migration[]): Map<string, Part> {
  const fresh = new SqliteDatabase(':memory:');
  try {
    migrate(fresh, applied, { clock: { now: () => 0 } });
    return partsOf(fresh);
  } finally {
    fresh.close();
  }
}

function partsOf(sqlite: Sqlite): Map<string, Part> {
  const parts = sqlite
    .prepare<[], Part>('select type, name, tbl_name as "on", sql from sqlite_schema order by type, name')
    .all();
  return new Map(parts.map((part) => [`${part.type} ${part.name}`, part]));
}

function isKnown({ type, name, on }: Part): boolean {
  return type === 'table' && name === on && (OF_LITESTREAM.includes(name) || OF_SQLITE.includes(name));
}

/** A table that was renamed has its name in quotes; which ones depends on the version of SQLite. */
function textOf({ on, sql }: Part): string {
  return `${on} ${(sql ?? '').replaceAll(/["`\s]/g, '')}`;
}

function named({ type, name, on }: Part): string {
  return name === on ? `the ${type} ${name}` : `the ${type} ${name} on ${on}`;
}
