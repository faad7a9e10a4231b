import type { Database } from '../../src/ledger/database.ts';

/**
 * Tells every row that is written from now on, in order, with its table and its values. Rows of a transaction that is
 * taken back are told as well.
 */
export function traceWrites({ sqlite }: Pick<Database, 'sqlite'>, told: (write: string) => void): void {
  sqlite.function('traced', { varargs: true }, (table: string, kind: string, ...values: readonly unknown[]) => {
    told(`${kind} ${table} ${values.join('|')}`);
    return null;
  });
  const tables = sqlite
    .prepare<[], string>("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all() as string[];
  for (const table of tables) {
    const columns = sqlite
      .prepare<[string], string>('select name from pragma_table_info(?)')
      .pluck()
      .all(table) as string[];
    for (const [kind, row] of [
      ['insert', 'new'],
      ['update', 'new'],
      ['delete', 'old'],
    ] as const) {
      const values = columns.map((column) => `${row}."${column}"`).join(', ');
      sqlite.exec(
        `create temp trigger "${kind} of ${table}" after ${kind} on main."${table}"
         begin select traced('${table}', '${kind}', ${values}); end`,
      );
    }
  }
}
