import type { Database as Sqlite } from 'better-sqlite3';
import { z } from 'zod';

import { startOfDay } from '../core/time/calendar.ts';

/** What a column of JSON holds: `any` is not looked into. */
type Form = 'any' | 'an object' | 'a line' | 'a list of exceptions' | 'a list of texts' | 'a list of objects';

interface JsonTable {
  readonly table: string;
  readonly key: string;
  /** SQL that gives the class or the period of a row, for the sentence; null: the row alone says enough. */
  readonly place: string | null;
  readonly columns: Readonly<Record<string, Form>>;
}

const CLASS_OF_SESSION = `(select 'class ' || s.class_id from sessions s where s.id = t.session_id)`;
const OF_CLASS = `'class ' || t.class_id`;

/** Columns that hold JSON, of the tables that `verify` reads. */
const JSON_TABLES: readonly JsonTable[] = [
  { table: 'settings', key: 'name', place: null, columns: { value: 'any' } },
  { table: 'settings_versions', key: 'id', place: null, columns: { changes: 'an object' } },
  { table: 'policy_versions', key: 'id', place: null, columns: { policy: 'an object' } },
  { table: 'sessions', key: 'id', place: OF_CLASS, columns: { flags: 'a list of texts' } },
  {
    table: 'attendance_logs',
    key: 'id',
    place: CLASS_OF_SESSION,
    columns: { intervals: 'a list of objects', evidence: 'a list of texts', flags: 'a list of texts' },
  },
  { table: 'review_items', key: 'id', place: CLASS_OF_SESSION, columns: { participants: 'a list of texts' } },
  { table: 'decisions', key: 'id', place: OF_CLASS, columns: { payload: 'an object' } },
  { table: 'adjustments', key: 'id', place: 't.adjustment_id', columns: { adjustment: 'an object' } },
  {
    table: 'period_closes',
    key: 'id',
    place: `t.period || ' version ' || t.version`,
    columns: { document: 'an object', exceptions: 'a list of exceptions', carries: 'a list of objects' },
  },
  {
    table: 'closed_lines',
    key: 'line_id',
    place: `(select c.period || ' version ' || c.version from period_closes c where c.id = t.close_id)`,
    columns: { line: 'a line' },
  },
  { table: 'audit_log', key: 'id', place: null, columns: { before: 'any', after: 'any', rows: 'any' } },
];

/** SQL that is true where JSON has another form. */
const HAS_OTHER_FORM: Readonly<Record<Form, (column: string) => string>> = {
  any: () => '0',
  'an object': (column) => `json_type(${column}) <> 'object'`,
  'a line': (column) =>
    `(json_type(${column}) <> 'object' or json_type(${column}, '$.lineId') is not 'text'
      or json_type(${column}, '$.amountMinor') is not 'integer')`,
  'a list of exceptions': (column) =>
    `(json_type(${column}) <> 'array' or exists (select 1 from json_each(${column}) e
      where e.type not in ('text', 'object') or (e.type = 'object' and json_type(e.value, '$.invariant') is not 'text')))`,
  'a list of texts': (column) => otherEntries(column, 'text'),
  'a list of objects': (column) => otherEntries(column, 'object'),
};

function otherEntries(column: string, type: string): string {
  return `(json_type(${column}) <> 'array' or exists (select 1 from json_each(${column}) e where e.type <> '${type}'))`;
}

/** Columns that hold the name of a time zone. */
const ZONES = [
  `select 'period_closes ' || id as "row", 'zone' as "column", zone as value from period_closes`,
  `select 'settings ' || name as "row", 'value' as "column", json_extract(value, '$') as value from settings
   where name = 'zone' and json_valid(value)`,
];

/** So many rows of a column are named. */
const NAMED = 3;

/** Errors by which readers of stored values refuse one. */
const REFUSALS: readonly string[] = ['SyntaxError', 'RangeError', 'ZodError', 'LedgerRefusedError'];

/**
 * What a reader of the ledger did not get over, in words: the cells that nothing can be made of, where some can be named.
 *
 * @returns null where no stored value is at fault
 */
export function unreadable(sqlite: Sqlite, err: unknown): string | null {
  if (!(err instanceof Error) || !(err instanceof TypeError || REFUSALS.includes(err.name))) return null;
  const cells = unreadableCells(sqlite);
  // A reader that expected another form fails by a `TypeError`, which says nothing of the value.
  if (cells.length === 0 && err instanceof TypeError) return null;
  const what = cells.length > 0 ? cells.join('; ') : plain(err);
  return `a value cannot be read, so somebody changed it by hand: ${what}`;
}

function plain(err: Error): string {
  const text =
    err instanceof z.ZodError
      ? err.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
      : err.message;
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}

/**
 * Which cells hold something that nothing can be made of, for whoever could not read them: text that is no JSON or JSON of
 * another form, a zone that there is not, a number that is not exact.
 *
 * @returns a sentence a cell, with the row, and the class or the period that it is of
 */
function unreadableCells(sqlite: Sqlite): string[] {
  return [...badJson(sqlite), ...badZones(sqlite), ...badNumbers(sqlite)];
}

function badJson(sqlite: Sqlite): string[] {
  const columnsOf = sqlite.prepare<[string], string>('select name from pragma_table_info(?)').pluck();
  return JSON_TABLES.flatMap(({ table, key, place, columns }) => {
    const there = columnsOf.all(table);
    const row = `'${table} ' || t."${key}" ${place === null ? '' : `|| coalesce(' (' || ${place} || ')', '')`}`;
    return Object.entries(columns)
      .filter(([column]) => there.includes(column))
      .flatMap(([column, form]) => {
        const cell = `t."${column}"`;
        const fault = `case when not json_valid(${cell}) then 'no JSON' when ${HAS_OTHER_FORM[form](cell)} then 'not ${form}' end`;
        return sqlite
          .prepare<[], string>(
            `select row || ': ${column} is ' || fault from (select ${row} as row, ${fault} as fault
             from main."${table}" t where ${cell} is not null) where fault is not null limit ${NAMED}`,
          )
          .pluck()
          .all();
      });
  });
}

function badZones(sqlite: Sqlite): string[] {
  return ZONES.flatMap((sql) =>
    sqlite
      .prepare<[], { readonly row: string; readonly column: string; readonly value: string }>(sql)
      .all()
      .filter(({ value }) => !isZone(value))
      .map(({ row, column, value }) => `${row}: ${column} ${JSON.stringify(value)} is no time zone`),
  );
}

function isZone(name: string): boolean {
  try {
    startOfDay('2026-01-01', name);
    return true;
  } catch {
    return false;
  }
}

function badNumbers(sqlite: Sqlite): string[] {
  return sqlite
    .prepare<[], string>(
      `select 'rates ' || id || ': amount_minor is too large to be exact' from rates
       where abs(amount_minor) > ${Number.MAX_SAFE_INTEGER} limit ${NAMED}`,
    )
    .pluck()
    .all();
}
