import { createHash } from 'node:crypto';

import type { Database as Sqlite } from 'better-sqlite3';
import { z } from 'zod';

/** A table that people change, or an upgrade, so that all of it follows from the audit log. */
interface KeptTable {
  readonly key: readonly string[];
  /** Columns that the machine writes too, or that something else proves. */
  readonly aside?: readonly string[];
  /** Entries of versions before do not tell of it: it is compared where one does. */
  readonly mayBeUntold?: true;
  /** Columns and rows that people decide, in a table that is the machine's otherwise. */
  readonly only?: { readonly columns: readonly string[]; readonly rows: (row: string) => string };
}

export const KEPT_TABLES: Readonly<Record<string, KeptTable>> = {
  people: { key: ['id'] },
  families: { key: ['id'] },
  family_members: { key: ['person_id'] },
  api_tokens: { key: ['id'], aside: ['last_used_at'] },
  settings: { key: ['name'], aside: ['updated_at'] },
  settings_versions: { key: ['id'] },
  policy_versions: { key: ['id'] },
  rates: { key: ['id'], aside: ['updated_at'] },
  enrolments: { key: ['id'], aside: ['updated_at'] },
  // The document has its hash beside it. The end of the audit log is that behind the entry of the close itself.
  period_closes: { key: ['id'], aside: ['document', 'audit_head', 'audit_count'] },
  adjustments: { key: ['id'] },
  period_acceptances: { key: ['id'] },
  disputes: { key: ['id'] },
  decisions: { key: ['id'] },
  identities: { key: ['id'] },
  ignored: { key: ['id'] },
  review_items: {
    key: ['id'],
    only: {
      columns: ['state', 'decided_at', 'decided_by', 'decision_reason'],
      rows: (row) =>
        `(${row}state in ('accepted', 'refused', 'ignored') or coalesce(${row}decided_at, ${row}decided_by, ${row}decision_reason) is not null)`,
    },
  },
  // Rooms are joined by the machine when two codes turn out to open one; logs of the wrong room do not fit the evidence.
  classes: { key: ['id'], aside: ['room_id', 'updated_at'] },
  class_people: { key: ['class_id', 'person_id'] },
  __migrations: { key: ['position'], aside: ['applied_at'], mayBeUntold: true },
};

/** How the rows of a kept table are read in SQL. */
export interface RowSource {
  readonly table: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  readonly mayBeUntold: boolean;
  /** An SQL condition for the rows that are kept; the name of the row, with its dot, or nothing. */
  readonly rows: (row: string) => string;
}

/** @returns those tables that this ledger has */
export function rowSources(sqlite: Sqlite): RowSource[] {
  const columnsOf = sqlite.prepare<[string], string>('select name from pragma_table_info(?) order by cid').pluck();
  return Object.entries(KEPT_TABLES).flatMap(([table, { key, aside = [], mayBeUntold = false, only }]) => {
    const all = columnsOf.all(table) as string[];
    const columns = only === undefined ? all.filter((name) => !aside.includes(name)) : [...key, ...only.columns];
    return all.length === 0 ? [] : [{ table, key, columns, mayBeUntold, rows: only?.rows ?? (() => 'true') }];
  });
}

/** An SQL expression for the columns of a row as a JSON object. */
export function asJson({ columns }: RowSource, row = ''): string {
  return `json_object(${columns.map((name) => `'${name}', ${row}"${name}"`).join(', ')})`;
}

/** An SQL expression for the key of a row, as text. */
export function keyText({ key }: RowSource, row = ''): string {
  return key.map((name) => `${row}"${name}"`).join(` || ',' || `);
}

/** A row as an entry holds it: its columns by name. */
export type RowImage = Record<string, string | number | null>;
/** Checked as a whole: `verify` reads every row of the ledger. */
const image = z.custom<RowImage>(
  (row) =>
    typeof row === 'object' &&
    row !== null &&
    Object.values(row).every((value) => value === null || typeof value === 'string' || typeof value === 'number'),
);

const table = <T extends z.ZodType>(row: T) => z.record(z.string(), z.record(z.string(), row));

/** What an entry of the audit log says about rows, by table and key. */
export const entryRows = z.object({
  /** All rows as they stand behind this entry, by their hash. What was before does not count any more. */
  baseline: table(z.string()).optional(),
  /** Those that the change left: by hash what they were, null for nothing, and what they are. */
  changed: table(z.object({ was: z.string().nullable(), is: image.nullable() })).optional(),
});
export type EntryRows = z.infer<typeof entryRows>;

/** Tells two rows apart. Of the columns in the order of the table. */
export function hashOfRow(row: RowImage): string {
  return createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 32);
}

/** A row as SQLite writes it down. */
export function imageOf(json: string): RowImage {
  return image.parse(JSON.parse(json));
}
