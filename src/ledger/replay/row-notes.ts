import type { Database as Sqlite } from 'better-sqlite3';

import { held } from '../select.ts';
import { asJson, hashOfRow, imageOf, keyText, rowSources, type EntryRows, type RowSource } from './kept-tables.ts';

/** Which rows of the kept tables this connection has changed since they were noted last. */
export interface RowNotes {
  count(): number;
  /** Tells the changed rows and forgets them. Joins the transaction of the caller, and is undone with it. */
  take(): Pick<EntryRows, 'changed'>;
  /** All rows of the kept tables; forgets the changed ones. */
  takeAll(): Pick<EntryRows, 'baseline'>;
}

/**
 * Watches the kept tables by triggers of this connection, so that no verb can change a row and keep it out of its entry.
 * What somebody writes into the file from elsewhere is noticed by no trigger, and so by `verify`.
 *
 * @param sqlite that may be written
 */
export function createRowNotes(sqlite: Sqlite): RowNotes {
  sqlite.exec(
    'create temp table if not exists touched ("table" text, "key" text, was text, primary key ("table", "key"))',
  );
  const sources = new Map(rowSources(sqlite).map((source) => [source.table, source]));
  for (const source of sources.values()) sqlite.exec(triggersOf(source));

  const touched = held(() =>
    sqlite.prepare<[], { readonly table: string; readonly key: string; readonly was: string | null }>(
      'select "table", "key", was from temp.touched order by "table", rowid',
    ),
  );
  const count = held(() => sqlite.prepare<[], number>('select count(*) from temp.touched').pluck());
  const forget = held(() => sqlite.prepare('delete from temp.touched'));
  const rowOf = new Map(
    [...sources.values()].map((source) => [
      source.table,
      held(() =>
        sqlite
          .prepare<string[], string>(
            `select ${asJson(source)} from main."${source.table}"
             where ${source.key.map((name) => `"${name}" = ?`).join(' and ')} and ${source.rows('')}`,
          )
          .pluck(),
      ),
    ]),
  );

  return {
    count: () => count().get() ?? 0,
    take() {
      const changed: NonNullable<EntryRows['changed']> = {};
      for (const { table, key, was } of touched().all()) {
        const now =
          rowOf
            .get(table)?.()
            .get(...keyParts(sources.get(table)!, key)) ?? null;
        if (now === was) continue;
        const [before, is] = [was, now].map((json) => (json === null ? null : imageOf(json)));
        (changed[table] ??= {})[key] = {
          was: before === null || before === undefined ? null : hashOfRow(before),
          is: is ?? null,
        };
      }
      forget().run();
      return { changed };
    },
    takeAll() {
      const baseline: NonNullable<EntryRows['baseline']> = {};
      for (const source of sources.values()) {
        for (const { key, row } of allRows(sqlite, source))
          (baseline[source.table] ??= {})[key] = hashOfRow(imageOf(row));
      }
      forget().run();
      return { baseline };
    },
  };
}

/** The rows of a kept table, each with its key. */
export function allRows(sqlite: Sqlite, source: RowSource): Iterable<{ readonly key: string; readonly row: string }> {
  return sqlite
    .prepare<[], { readonly key: string; readonly row: string }>(
      `select cast(${keyText(source)} as text) as "key", ${asJson(source)} as "row" from main."${source.table}" where ${source.rows('')}`,
    )
    .iterate();
}

/** A key of one column may hold a comma. */
function keyParts({ key }: RowSource, text: string): string[] {
  return key.length === 1 ? [text] : text.split(',');
}

/** Notes what a row was before its first change. Writes that change none of its columns do not count. */
function triggersOf(source: RowSource): string {
  const { table, columns, rows } = source;
  const changed = columns.map((name) => `old."${name}" is not new."${name}"`).join(' or ');
  const note = (row: 'old' | 'new', was: string) => `
    insert into touched select '${table}', ${keyText(source, `${row}.`)}, ${was}
    where not exists (select 1 from touched where "table" = '${table}' and "key" = ${keyText(source, `${row}.`)});`;
  const old = `case when ${rows('old.')} then ${asJson(source, 'old.')} end`;
  return `
    create temp trigger if not exists "${table}_made" after insert on main."${table}" when ${rows('new.')}
      begin ${note('new', 'null')} end;
    create temp trigger if not exists "${table}_gone" after delete on main."${table}" when ${rows('old.')}
      begin ${note('old', old)} end;
    create temp trigger if not exists "${table}_changed" after update on main."${table}"
      when (${changed}) and (${rows('old.')} or ${rows('new.')})
      begin ${note('old', old)} end;`;
}
