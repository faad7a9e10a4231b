import { printable } from '../../text.ts';
import { fitted, widthOf, wrapped } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null;
  /** Numbers stand right. */
  readonly align?: 'right';
  /** On a screen longer text is cut, in columns of the terminal. The last column of a table is never cut. */
  readonly widest?: number;
}

const GAP = '  ';
/** On a narrow screen the last column keeps so much, and its lines are wider than the screen. */
const NARROWEST = 24;

/**
 * Rows under a line of titles. Empty values print as a dash. On a screen the last column goes on in further lines.
 *
 * @param width of the screen; null where there is none, and nothing is cut or wrapped then
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number | null): string {
  const last = columns.length - 1;
  const cells = rows.map((row) =>
    columns.map(({ value, widest = 60 }, i) => {
      const text = printable(String(value(row) ?? '')) || '-';
      return width === null || i === last ? text : fitted(text, widest);
    }),
  );
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((line) => widthOf(line[i] ?? ''))));
  const before = widths.slice(0, last).reduce((sum, column) => sum + column + GAP.length, 0);
  const room = width === null ? Infinity : Math.max(NARROWEST, width - before);
  widths[last] = Math.min(widths[last] ?? 0, room);
  const lineOf = (line: readonly string[]) =>
    line
      .map((text, i) => {
        const padding = ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(text)));
        return columns[i]?.align === 'right' ? padding + text : text + padding;
      })
      .join(GAP)
      .trimEnd();
  const lines = cells.flatMap((line) => {
    const [first = '', ...more] = wrapped(line[last] ?? '', room);
    return [lineOf(line.with(last, first)), ...more.map((text) => ' '.repeat(before) + text)];
  });
  return [lineOf(columns.map(({ title }) => title.toUpperCase())), ...lines].join('\n');
}
