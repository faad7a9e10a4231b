import type { Database as Sqlite } from 'better-sqlite3';

import { startOfDay } from '../core/time/calendar.ts';

/** Columns that hold JSON, of the tables that `verify` reads. */
const JSON_COLUMNS: readonly (readonly [table: string, key: string, columns: readonly string[]])[] = [
  ['settings', 'name', ['value']],
  ['settings_versions', 'id', ['changes']],
  ['policy_versions', 'id', ['policy']],
  ['sessions', 'id', ['flags']],
  ['attendance_logs', 'id', ['intervals', 'evidence', 'flags']],
  ['review_items', 'id', ['participants']],
  ['decisions', 'id', ['payload']],
  ['adjustments', 'id', ['adjustment']],
  ['period_closes', 'id', ['document', 'exceptions', 'carries']],
  ['closed_lines', 'line_id', ['line']],
  ['audit_log', 'id', ['before', 'after', 'rows']],
];

/** Columns that hold the name of a time zone. */
const ZONES = [
  `select 'period_closes ' || id as "row", 'zone' as "column", zone as value from period_closes`,
  `select 'settings ' || name as "row", 'value' as "column", json_extract(value, '$') as value from settings
   where name = 'zone' and json_valid(value)`,
];

/** So many rows of a column are named. */
const NAMED = 3;

/**
 * Which cells hold something that nothing can be made of, for whoever could not read them: text that is no JSON, a zone
 * that there is not, a number that is not exact.
 *
 * @returns a sentence a cell
 */
export function unreadableCells(sqlite: Sqlite): string[] {
  return [...badJson(sqlite), ...badZones(sqlite), ...badNumbers(sqlite)];
}

function badJson(sqlite: Sqlite): string[] {
  const columnsOf = sqlite.prepare<[string], string>('select name from pragma_table_info(?)').pluck();
  return JSON_COLUMNS.flatMap(([table, key, columns]) => {
    const there = columnsOf.all(table);
    return columns
      .filter((column) => there.includes(column))
      .flatMap((column) =>
        sqlite
          .prepare<[], string>(
            `select '${table} ' || "${key}" || ': ${column} is no JSON' from main."${table}"
             where "${column}" is not null and not json_valid("${column}") limit ${NAMED}`,
          )
          .pluck()
          .all(),
      );
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
