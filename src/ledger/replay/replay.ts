import type { Database as Sqlite } from 'better-sqlite3';
import { z } from 'zod';

import { entryRows, hashOfRow, imageOf, rowSources, type RowImage } from './kept-tables.ts';
import { allRows } from './row-notes.ts';

/** What came of replaying the audit log. */
export interface Replay {
  /** Rows of the kept tables. */
  readonly rows: number;
  /** The entry from which on rows are known; null: no entry tells of rows yet. */
  readonly since: number | null;
  /** What was changed by hand, a sentence a row. */
  readonly problems: readonly string[];
}

/** Of the entry that holds all rows as they stand behind a migration. */
export const BASELINE_ACTION = 'audit.baseline';
/** What that entry says besides: what was changed by hand before, a sentence a row. */
const baselineState = z.object({
  changed_by_hand: z.array(z.string()).default([]),
  /** The same in entries of versions before, whose migrations changed no such row. */
  changed_by_hand_or_migrated: z.array(z.string()).default([]),
});
export interface BaselineState {
  readonly changed_by_hand: readonly string[];
}

/** A row as the audit log left it. */
interface Left {
  readonly hash: string;
  /** Null where only the hash is known. */
  readonly row: RowImage | null;
  readonly by: string;
}

interface RowsOfEntry {
  readonly id: number;
  readonly actor: string;
  readonly action: string;
  readonly after: string | null;
  readonly rows: string;
}

/**
 * Replays what the audit log says about the rows of the kept tables, and compares it with what stands: one pass over the
 * log and one over each table.
 */
export function replayRows(sqlite: Sqlite): Replay {
  const { left, since, problems } = replayed(sqlite);
  if (since === null) return { rows: 0, since, problems };
  let rows = 0;
  const told = new Set(Array.from(left.keys(), (name) => name.split(' ')[0]));
  for (const source of rowSources(sqlite)) {
    if (source.mayBeUntold && !told.has(source.table)) continue;
    for (const { key, row } of allRows(sqlite, source)) {
      if (!source.mayBeUntold) rows += 1;
      const name = `${source.table} ${key}`;
      const problem = differenceOf(name, imageOf(row), left.get(name));
      left.delete(name);
      if (problem !== null) problems.push(problem);
    }
  }
  problems.push(...displacedCloses(sqlite));
  for (const [name, { by }] of left) problems.push(`${name} was deleted by hand: ${by} left it`);
  return { rows, since, problems };
}

/** Closes that name another end of the audit log than there was. */
function displacedCloses(sqlite: Sqlite): string[] {
  return sqlite
    .prepare<[], string>(
      `select 'period_closes ' || c.id || ' was changed by hand: entry ' || c.audit_count || ' does not end in its audit_head'
       from period_closes c left join audit_log a on a.id = c.audit_count where a.hash is not c.audit_head`,
    )
    .pluck()
    .all() as string[];
}

function replayed(sqlite: Sqlite) {
  const left = new Map<string, Left>();
  const problems: string[] = [];
  let since: number | null = null;
  const entries = sqlite.prepare<[], RowsOfEntry>(
    'select id, actor, action, after, rows from audit_log where rows is not null order by id',
  );
  for (const { id, actor, action, after, rows } of entries.iterate()) {
    const by = `entry ${id} (${action} by ${actor})`;
    const noted = readAs(entryRows, rows);
    if (noted === null) {
      problems.push(`the rows of ${by} cannot be read: they were changed by hand`);
      continue;
    }
    const { baseline, changed } = noted;
    if (baseline !== undefined) {
      left.clear();
      since = id;
      if (action === BASELINE_ACTION) problems.push(...editedBefore(after, by));
      for (const [table, found] of Object.entries(baseline)) {
        for (const [key, hash] of Object.entries(found)) left.set(`${table} ${key}`, { hash, row: null, by });
      }
    }
    for (const [table, found] of Object.entries(changed ?? {})) {
      for (const [key, { was, is }] of Object.entries(found)) {
        const name = `${table} ${key}`;
        if ((left.get(name)?.hash ?? null) !== was) problems.push(`${name} was changed by hand before ${by}`);
        if (is === null) left.delete(name);
        else left.set(name, { hash: hashOfRow(is), row: is, by });
      }
    }
  }
  return { left, since, problems };
}

/** An upgrade makes nothing right that was wrong before it. */
function editedBefore(after: string | null, by: string): string[] {
  const state = readAs(baselineState, after ?? '{}');
  if (state === null) return [`what ${by} tells cannot be read: it was changed by hand`];
  const found = [...state.changed_by_hand, ...state.changed_by_hand_or_migrated];
  return found.map((problem) => `${problem} (${by} tells of it)`);
}

function readAs<T extends z.ZodType>(shape: T, json: string): z.output<T> | null {
  try {
    return shape.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

function differenceOf(name: string, row: RowImage, left: Left | undefined): string | null {
  if (left === undefined) return `${name} was made by hand: it stands in no entry of the audit log`;
  if (hashOfRow(row) === left.hash) return null;
  if (left.row === null) return `${name} was changed by hand: it is not as ${left.by} found it`;
  const before = left.row;
  const column = Object.keys(row).find((key) => row[key] !== before[key]) ?? 'a column';
  // What opens a door is not printed.
  if (column === 'hash') return `${name} was changed by hand: hash is not what ${left.by} left`;
  return `${name} was changed by hand: ${column} is ${shown(row[column])}, but ${left.by} left ${shown(before[column])}`;
}

/** A value in a sentence; long ones are cut off. */
function shown(value: string | number | null | undefined): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value ?? null);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
