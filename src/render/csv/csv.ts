import { stringify } from 'csv-stringify/sync';

import { inFile } from '../../text.ts';
import type { Column } from './column.ts';

const ROWS_A_CHUNK = 500;

/**
 * CSV as RFC 4180 has it: CRLF after every record, a header, quotes where they are needed. Text is neutralised; numbers
 * are plain decimals.
 *
 * @param rows read as they are asked for; no more than a chunk of them is held
 */
export function* csvChunks<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Generator<string> {
  yield records([columns.map(({ header }) => header)]);
  let batch: string[][] = [];
  for (const row of rows) {
    batch.push(columns.map((column) => cell(column, row)));
    if (batch.length < ROWS_A_CHUNK) continue;
    yield records(batch);
    batch = [];
  }
  if (batch.length > 0) yield records(batch);
}

function cell<Row>(column: Column<Row>, row: Row): string {
  return 'number' in column ? String(column.number(row) ?? '') : neutral(inFile(column.text(row) ?? ''));
}

/**
 * Text that no spreadsheet takes for a formula: an apostrophe goes before what would start one, also where white space or
 * invisible characters stand before it.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function neutral(text: string): string {
  return /^(?:[\t\r\n]|[\s\p{C}]*[=+\-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}])/u.test(text) ? `'${text}` : text;
}

function records(rows: readonly (readonly string[])[]): string {
  return stringify(rows as string[][], { record_delimiter: 'windows' });
}
