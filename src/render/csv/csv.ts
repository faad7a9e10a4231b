import { stringify } from 'csv-stringify/sync';

import type { MonthOfAttendance } from '../../core/reports/attendance-summary.ts';
import { accountingColumns, accountingRows } from './accounting.ts';
import type { AccountingOptions } from './accounting.ts';
import type { Column } from './column.ts';
import { attendanceColumns, billingColumns, payrollColumns } from './plain.ts';
import type { BillingReport, PayrollReport } from '../../core/reports/report.ts';
import { billingRows, payrollRows } from '../../core/reports/rows.ts';

export interface CsvOptions {
  /** Starts with the byte order mark that Excel wants before it reads UTF-8. */
  readonly bom?: boolean;
}

/** `plain`: every field of every line. `accounting`: lines to import as invoices, see `csv/accounting.ts`. */
export type CsvVariant =
  | { readonly variant?: 'plain' }
  | { readonly variant: 'accounting'; readonly accounting: AccountingOptions };

/** One row a line or correction of a family. */
export function billingCsv(report: BillingReport, options: CsvOptions & CsvVariant = {}): AsyncGenerator<string> {
  return options.variant === 'accounting'
    ? csvChunks(accountingColumns, accountingRows(report, options.accounting), options)
    : csvChunks(billingColumns, billingRows(report), options);
}

/** One row a line or correction of a teacher. */
export function payrollCsv(report: PayrollReport, options: CsvOptions & CsvVariant = {}): AsyncGenerator<string> {
  return options.variant === 'accounting'
    ? csvChunks(accountingColumns, accountingRows(report, options.accounting), options)
    : csvChunks(payrollColumns, payrollRows(report), options);
}

/** One row a person and month. */
export function attendanceCsv(
  rows: Iterable<MonthOfAttendance> | AsyncIterable<MonthOfAttendance>,
  options: CsvOptions = {},
): AsyncGenerator<string> {
  return csvChunks(attendanceColumns, rows, options);
}

const ROWS_A_CHUNK = 500;

/**
 * CSV as RFC 4180 has it: CRLF behind every record, a header, quotes where they are needed. Text is neutralised; numbers
 * are plain decimals.
 *
 * @param rows read as they are asked for; no more than a chunk of them is held
 */
export async function* csvChunks<Row>(
  columns: readonly Column<Row>[],
  rows: Iterable<Row> | AsyncIterable<Row>,
  { bom = false }: CsvOptions = {},
): AsyncGenerator<string> {
  yield (bom ? '\u{feff}' : '') + records([columns.map(({ header }) => header)]);
  let batch: string[][] = [];
  for await (const row of rows) {
    batch.push(columns.map((column) => cell(column, row)));
    if (batch.length < ROWS_A_CHUNK) continue;
    yield records(batch);
    batch = [];
  }
  if (batch.length > 0) yield records(batch);
}

function cell<Row>(column: Column<Row>, row: Row): string {
  if ('number' in column) {
    const value = column.number(row);
    return value === null ? '' : String(value);
  }
  return neutral(column.text(row) ?? '');
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
