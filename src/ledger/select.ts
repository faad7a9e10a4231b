import { eq, getTableColumns, sql, type Column, type GetColumnData, type SQL, type Table } from 'drizzle-orm';

/** For `limit`: all rows. */
export const ALL = -1;

/** The condition that a column has this value; none when the value is left out. */
export function matches<C extends Column>(column: C, value: GetColumnData<C, 'raw'> | undefined): SQL | undefined {
  return value === undefined ? undefined : eq(column, value);
}

/** Whether the column has one of the values that a prepared statement gets as JSON under this name. */
export function oneOf(column: Column, name: string): SQL {
  return sql`${column} in (select value from json_each(${sql.placeholder(name)}))`;
}

/** The columns of a table without those named. */
export function columnsBut<T extends Table, K extends keyof T['_']['columns'] & string>(
  table: T,
  ...names: readonly K[]
): Omit<T['_']['columns'], K> {
  const left: readonly string[] = names;
  const kept = Object.entries(getTableColumns(table)).filter(([name]) => !left.includes(name));
  return Object.fromEntries(kept) as Omit<T['_']['columns'], K>;
}

/** For a held insert or update: each column of a table but those named, by a placeholder of the name of the column. */
export function placeholdersBut<T extends Table, K extends keyof T['_']['columns'] & string = never>(
  table: T,
  ...names: readonly K[]
): { readonly [Name in Exclude<keyof T['_']['columns'] & string, K>]: SQL } {
  const filled = Object.entries<Column>(columnsBut(table, ...names)).map(([name, column]) => {
    // The null of a JSON column would be stored as text otherwise.
    const mapToDriverValue = (value: unknown) => (value === null ? null : column.mapToDriverValue(value));
    return [name, sql`${sql.param(sql.placeholder(name), { mapToDriverValue })}`] as const;
  });
  return Object.fromEntries(filled) as ReturnType<typeof placeholdersBut<T, K>>;
}

/**
 * A statement of a store: built and prepared when it is first used, then held as long as the store, which is of one open
 * ledger. To build and prepare it takes longer than to run it.
 */
export function held<Statement>(build: () => Statement): () => Statement {
  let statement: Statement | undefined;
  return () => (statement ??= build());
}
