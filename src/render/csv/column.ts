/** One column of a CSV. */
export type Column<Row> = TextColumn<Row> | NumberColumn<Row>;

interface TextColumn<Row> {
  readonly header: string;
  /** Anybody's text: it is neutralised. Null is an empty cell. */
  readonly text: (row: Row) => string | null;
}

interface NumberColumn<Row> {
  readonly header: string;
  /** A number or decimal text of our own. */
  readonly number: (row: Row) => number | `${number}` | null;
}

/** Decimal text of money as a number cell. */
export function decimal(amount: string): `${number}` {
  return amount as `${number}`;
}
