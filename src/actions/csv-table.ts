import { Readable } from 'node:stream';

import { CsvError, parse } from 'csv-parse';

import type { Clock } from '../core/time/clock.ts';
import { textFault } from '../text.ts';

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
  /** Cells that hold what is no text. */
  readonly faults: readonly Omit<RowProblem, 'line'>[];
}

export interface CsvTable {
  readonly rows: readonly CsvRow[];
  readonly errors: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
}

const LONGEST_ROW = 64 * 1024;
/** Lines without a cell are no rows. So many for each row that is allowed are passed over; spreadsheets leave some behind the last row. */
const LINES_A_ROW = 10;
/** A file is entered in one transaction, for which everybody else who writes waits: ten seconds or, with many people in each row, half a minute. */
export const MOST_ROWS = 10_000;
/** So much is read of a file before other work gets a turn, in characters. */
const CHUNK = 64 * 1024;

/**
 * Reads a CSV file with a line of titles. Comma, semicolon or tab; a byte order mark and quotes are understood; titles
 * compare without case, with spaces and dashes as underscores. The apostrophe that spreadsheets put before a formula
 * (`'=1+1`, `'+49 30`) is taken off. A file of more rows than are wanted, or without a column, is read no further.
 *
 * @param clock lets other work have its turn while a long file is read
 */
export async function readTable(
  text: string,
  columns: { readonly required: readonly string[]; readonly optional: readonly string[] },
  clock: Pick<Clock, 'yield'>,
  most = Infinity,
): Promise<CsvTable> {
  const missingIn = (titles: readonly string[]): string[] =>
    columns.required.filter((title) => !titles.includes(title));
  const parsed = await parseRecords(text, clock, {
    most,
    goesOn: ({ cells }) => missingIn(cells.map(normaliseTitle)).length === 0,
  });
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
  const missing = missingIn(titles);
  const twice = new Set(named.filter((title, i) => named.indexOf(title) !== i));
  const tooLong = body.filter(({ cells }) => cells.slice(titles.length).some((cell) => cell !== ''));
  const message = 'has more cells than there are columns; put cells that hold the separator in quotes';
  return {
    rows: body.map(({ line, cells }) => ({
      line,
      cell: (column) => unescape(cells[titles.indexOf(column)] ?? ''),
      faults: cells.flatMap((cell, i) => {
        const fault = textFault(cell);
        return fault === null ? [] : [{ column: titles[i] ?? null, message: fault }];
      }),
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

async function parseRecords(
  text: string,
  clock: Pick<Clock, 'yield'>,
  { most, goesOn }: { readonly most: number; readonly goesOn: (head: CsvRecord) => boolean },
): Promise<{ records: CsvRecord[] } | { error: RowProblem }> {
  const records: CsvRecord[] = [];
  const tooLong = tooLongLine(text);
  if (tooLong !== null) return { error: { line: tooLong, column: null, message: TOO_LONG } };
  const parser = parse({
    bom: true,
    columns: false,
    delimiter: delimiterOf(text),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: LONGEST_ROW,
  });
  try {
    const parsed: AsyncIterable<{ record: string[]; info: { lines: number } }> = Readable.from(
      chunksOf(text, clock),
    ).pipe(parser);
    for await (const { record, info } of parsed) {
      // The line of titles is one more.
      if (info.lines > most * LINES_A_ROW + 1) return { error: tooManyRows(info.lines, most) };
      if (record.every((cell) => cell === '')) continue;
      if (records.length > most) return { error: tooManyRows(info.lines, most) };
      const next = { line: info.lines, cells: record };
      records.push(next);
      if (records.length === 1 && !goesOn(next)) break;
    }
    return { records };
  } catch (err) {
    if (!(err instanceof CsvError)) throw err;
    const line = typeof err.lines === 'number' ? err.lines : 1;
    return {
      error: {
        line,
        column: null,
        message: `the file cannot be read as CSV from here on: ${WORDS[err.code] ?? err.message}`,
      },
    };
  }
}

/** What is wrong with a quote, by the code of the reader. */
const WORDS: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'a quoted cell goes on behind its closing quote; write a quote inside such a cell twice',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that does not begin with one; put the whole cell in quotes',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE:
    'a quoted cell goes on behind its closing quote; write a quote inside such a cell twice',
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed; add the missing one',
};

const TOO_LONG = `is longer than ${LONGEST_ROW / 1024} kB: no row of people or classes is; is a quote or the end of a line missing?`;

/** The first line that is too long for a row, counted from 1; null: there is none. */
function tooLongLine(text: string): number | null {
  let line = 1;
  for (let from = 0; text.length - from > LONGEST_ROW; line += 1) {
    const end = text.indexOf('\n', from);
    const until = end === -1 ? text.length : end;
    if (until - from > LONGEST_ROW && !/[\r]/.test(text.slice(from, from + LONGEST_ROW))) return line;
    from = until + 1;
  }
  return null;
}

async function* chunksOf(text: string, clock: Pick<Clock, 'yield'>): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += CHUNK) {
    yield text.slice(from, from + CHUNK);
    await clock.yield();
  }
}

function tooManyRows(line: number, most: number): RowProblem {
  const message = `the file has more than ${most} rows; split it before this line into several files, each with the line of titles, or enter it with "rollbook import"`;
  return { line, column: null, message };
}

/** What separates the titles separates the cells. Cells may hold the others. */
function delimiterOf(text: string): string {
  const titles =
    text
      .slice(0, LONGEST_ROW)
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
