import { pieces, widthOf, wrapped } from './text.ts';

const GAP = '  ';
const INDENT = '  ';

/**
 * Rows that are too wide for the screen: each begins at the left edge with its first value, and goes on indented. Every
 * value stands behind its title; those that a row does not have are left out.
 *
 * @param cells of each row, `-` for none
 * @returns lines that are not wider than the screen
 */
export function blocks(titles: readonly string[], cells: readonly (readonly string[])[], width: number): string[] {
  return cells.flatMap((row) => {
    const fields = row.flatMap((text, i) => (text === '-' && i > 0 ? [] : [titled(titles[i] ?? '', text)]));
    const lines: string[] = [];
    let isOpen = false;
    for (const field of fields) {
      const longer = `${lines.at(-1)}${GAP}${field}`;
      if (isOpen && widthOf(longer) <= width) lines[lines.length - 1] = longer;
      else {
        const indent = lines.length === 0 ? '' : INDENT;
        const room = width - 2 * INDENT.length;
        const [first = '', ...more] = wrapped(field, room).flatMap((line) => pieces(line, room));
        lines.push(indent + first, ...more.map((line) => INDENT + INDENT + line));
        // Behind a value of several lines the next one would be overlooked.
        isOpen = more.length === 0;
      }
    }
    return lines;
  });
}

function titled(title: string, text: string): string {
  return title === '' ? text : `${title}: ${text}`;
}
