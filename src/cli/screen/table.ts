import { fitted, printable, widthOf } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null;
  /** Numbers stand right. */
  readonly align?: 'right';
  /** Longer text is cut, in columns of the terminal. */
  readonly widest?: number;
}

/** Rows under a line of titles, columns two spaces apart. Empty values print as a dash. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map(({ value, widest }) => cut(value(row), widest)));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((line) => widthOf(line[i] ?? ''))));
  const lineOf = (line: readonly string[]) =>
    line
      .map((text, i) => {
        const padding = ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(text)));
        return columns[i]?.align === 'right' ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd();
  return [columns.map(({ title }) => title.toUpperCase()), ...cells].map(lineOf).join('\n');
}

function cut(value: string | number | null, widest = 60): string {
  return value === null || value === '' ? '-' : fitted(printable(String(value)), widest);
}
