import { printable } from '../../text.ts';
import { blocks } from './blocks.ts';
import { pieces, widthOf, wrapped } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null;
  /** Numbers stand right, and are never broken. */
  readonly align?: 'right';
}

const GAP = '  ';
/** Words up to this length are whole in every table. Longer ones, such as paths and hashes, may go on in the next line. */
const WHOLE_WORD = 32;
/** `student_no_show` may go on behind an underscore. */
const CODE = /^[a-z]+(?:_[a-z]+)+$/;

/**
 * Rows under a line of titles. Empty values print as a dash. Nothing is cut: on a screen that is too narrow the cells go on
 * in further lines of their column, and where the words of the columns do not fit beside each other, or the rows would
 * become much higher than so, each row is a block.
 *
 * @param width of the screen; null where there is none: each row is one line then
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number | null): string {
  const cells = rows.map((row) => columns.map(({ value }) => printable(String(value(row) ?? '')) || '-'));
  const titles = columns.map(({ title }) => title.toUpperCase());
  const all = [titles, ...cells];
  const widest = columns.map((_, i) => Math.max(...all.map((line) => widthOf(line[i] ?? ''))));
  const laidOut = (lines: readonly (readonly string[])[], widths: readonly number[]) =>
    lines.flatMap((line) => linesOf(line, widths, columns));
  if (width === null || total(widest) <= width) return laidOut(all, widest).join('\n');

  const inBlocks = blocks(
    columns.map(({ title }) => title),
    cells,
    width,
  );
  const least = columns.map(({ align }, i) =>
    align === 'right' ? widest[i]! : Math.max(...all.map((line) => longestWord(line[i] ?? ''))),
  );
  if (total(least) > width) return inBlocks.join('\n');
  const widths = narrowed(widest, least, width);
  const body = laidOut(cells, widths);
  return (body.length > inBlocks.length * 1.5 ? inBlocks : [...laidOut([titles], widths), ...body]).join('\n');
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

function longestWord(text: string): number {
  const words = text.split(' ').flatMap((word) => (CODE.test(word) ? word.split(/(?<=_)/) : [word]));
  return Math.min(WHOLE_WORD, Math.max(...words.map(widthOf)));
}

/** Takes the missing room from the widest columns, as far as their words allow. */
function narrowed(widest: readonly number[], least: readonly number[], width: number): readonly number[] {
  const widths = [...widest];
  for (let missing = total(widths) - width; missing > 0; missing -= 1) {
    const room = widths.map((columns, i) => (columns > least[i]! ? columns : 0));
    widths[room.indexOf(Math.max(...room))]! -= 1;
  }
  return widths;
}

/** A row in as many lines as its highest cell has. */
function linesOf<Row>(
  cells: readonly string[],
  widths: readonly number[],
  columns: readonly Column<Row>[],
): readonly string[] {
  const parts = cells.map((text, i) => wrapped(text, widths[i]!).flatMap((line) => pieces(line, widths[i]!)));
  const height = Math.max(...parts.map(({ length }) => length));
  return Array.from({ length: height }, (_, n) =>
    parts
      .map((lines, i) => {
        const text = lines[n] ?? '';
        const padding = ' '.repeat(widths[i]! - widthOf(text));
        return columns[i]?.align === 'right' ? padding + text : text + padding;
      })
      .join(GAP)
      .trimEnd(),
  );
}
