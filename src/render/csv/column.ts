/** One column of a CSV. Null is an empty cell. */
export type Column<Row> = { readonly header: string } & (
  | {
      /** Anybody's text: it is neutralised. */
      readonly text: (row: Row) => string | null;
    }
  | {
      /** A number or decimal text of our own. */
      readonly number: (row: Row) => number | `${number}` | null;
    }
);

/** Decimal text of money as a number cell. */
export function decimal(amount: string): `${number}` {
  return amount as `${number}`;
}
