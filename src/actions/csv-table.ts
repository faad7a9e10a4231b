import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';

/** A row that cannot be used, or that deserves a look. Lines count from 1, the line of titles included. */
export interface RowProblem {
  readonly line: number;
  readonly column: string | null;
  /** What is wrong and what to do. */
  readonly message: string;
}

export interface CsvRow {
  readonly line: number;
  /** The text of a cell without spaces around it; empty when the cell or the column is absent. */
  cell(column: string): string;
}

export interface CsvTable {
  readonly rows: readonly CsvRow[];
  readonly errors: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
}

const LONGEST_ROW = 64 * 1024;

/**
 * Reads a CSV file with a line of titles. Comma, semicolon or tab; a byte order mark and quotes are understood; titles
 * compare without case, with spaces and dashes as underscores. The apostrophe that spreadsheets put before a formula
 * (`'=1+1`, `'+49 30`) is taken off.
 */
export function readTable(
  text: string,
  columns: { readonly required: readonly string[]; readonly optional: readonly string[] },
): CsvTable {
  const parsed = parseRecords(text);
  if ('error' in parsed) return { rows: [], errors: [parsed.error], warnings: [] };
  const [head, ...body] = parsed.records;
  if (head === undefined) {
    const message = `the file is empty; its first line names the columns ${columns.required.join(', ')}`;
    return { rows: [], errors: [{ line: 1, column: null, message }], warnings: [] };
  }
  const titles = head.cells.map(normaliseTitle);
  const named = titles.filter((title) => title !== '');
  const known = new Set([...columns.required, ...columns.optional]);
  const ofTitles = (wrong: Iterable<string>, message: string): RowProblem[] =>
    [...wrong].map((column) => ({ line: head.line, column, message }));
  const missing = columns.required.filter((title) => !titles.includes(title));
  const twice = new Set(named.filter((title, i) => named.indexOf(title) !== i));
  const tooLong = body.filter(({ cells }) => cells.slice(titles.length).some((cell) => cell !== ''));
  const message = 'has more cells than there are columns; put cells that hold the separator in quotes';
  return {
    rows: body.map(({ line, cells }) => ({
      line,
      cell: (column) => unescape(cells[titles.indexOf(column)] ?? ''),
    })),
    errors: [
      ...ofTitles(missing, 'this column is missing; add it to the first line'),
      ...ofTitles(twice, 'this column is there twice; leave one out'),
      ...tooLong.map(({ line }) => ({ line, column: null, message })),
    ],
    warnings: ofTitles(
      named.filter((title) => !known.has(title)),
      'this column is not known and was not read',
    ),
  };
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

function parseRecords(text: string): { records: CsvRecord[] } | { error: RowProblem } {
  try {
    const records = parse(text, {
      bom: true,
      columns: false,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
      max_record_size: LONGEST_ROW,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return { records: records.map(({ record, info }) => ({ line: info.lines, cells: record })) };
  } catch (err) {
    if (!(err instanceof CsvError)) throw err;
    const line = typeof err.lines === 'number' ? err.lines : 1;
    return { error: { line, column: null, message: `the file cannot be read as CSV from here on: ${err.message}` } };
  }
}

/** What separates the titles separates the cells. Cells may hold the others. */
function delimiterOf(text: string): string {
  const titles =
    text
      .replace(/^\uFEFF/, '')
      .trimStart()
      .split(/\r\n|\r|\n/, 1)[0] ?? '';
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: titles.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

function normaliseTitle(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

function unescape(cell: string): string {
  return cell.replace(/^'(?=[-+=@])/, '').trim();
}
