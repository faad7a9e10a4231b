import type { Column, Content, Row } from './content.ts';
import {
  INK,
  PAGE,
  QUIET,
  RULE,
  SHADE,
  artifact,
  heightOf,
  nextPage,
  roomFor,
  rule,
  write,
  type Page,
  type Structure,
  type TextStyle,
} from './page.ts';

const PADDING = { x: 4, y: 5 } as const;
const MAIN: TextStyle = { size: 9, color: INK };
const SMALL: TextStyle = { size: 7.5, color: QUIET };
const HEADER: TextStyle = { size: 8, weight: 'bold', color: INK };
const HEADER_HEIGHT = 22;

/**
 * Draws the lines of a statement over as many pages as they need, the header on each of them. A row is never parted.
 *
 * @returns where the next thing may be drawn
 */
export function drawTable(doc: Page, parent: Structure, content: Content, top: number): number {
  const { columns, rows, waiting, corrections } = content;
  const table = openTable(doc, parent, columns, top);
  rows.forEach(table.row);
  if (rows.length + waiting.length + corrections.length === 0) table.band('No lessons in this period.');
  for (const [heading, some] of [
    ['Without an amount yet', waiting],
    ['Corrections of earlier periods', corrections],
  ] as const) {
    if (some.length > 0) table.section(heading, some);
  }
  return table.close();
}

/** Draws rows under a heading, as a table of their own. @returns where the next thing may be drawn */
export function drawSection(
  doc: Page,
  parent: Structure,
  columns: readonly Column[],
  { heading, rows }: { readonly heading: string; readonly rows: readonly Row[] },
  top: number,
): number {
  const table = openTable(doc, parent, columns, top);
  table.section(heading, rows);
  return table.close();
}

function openTable(doc: Page, parent: Structure, columns: readonly Column[], top: number) {
  const table = doc.struct('Table');
  parent.add(table);
  let y = drawHeader(doc, columns, roomFor(doc, HEADER_HEIGHT + 60, top), table);
  const nextPageWithHeader = (): void => {
    nextPage(doc);
    y = drawHeader(doc, columns, PAGE.top, null);
  };
  const row = (cells: Row): void => {
    const height = rowHeight(doc, columns, cells);
    if (y + height > PAGE.bottom) nextPageWithHeader();
    drawRow(doc, table, columns, { row: cells, y });
    y += height;
    rule(doc, y);
  };
  const band = (text: string): void => {
    y = drawBand(doc, text, y, table);
  };
  return {
    row,
    band,
    section: (heading: string, rows: readonly Row[]): void => {
      if (y + 80 > PAGE.bottom) nextPageWithHeader();
      band(heading);
      rows.forEach(row);
    },
    close: (): number => {
      table.end();
      return y;
    },
  };
}

/** A screen reader reads the header once, as part of the table; on later pages it is drawn beside the table. */
function drawHeader(doc: Page, columns: readonly Column[], y: number, table: Structure | null): number {
  artifact(doc, () => {
    doc.rect(PAGE.left, y, PAGE.right - PAGE.left, HEADER_HEIGHT).fill(SHADE);
  });
  const row = table === null ? null : doc.struct('TR');
  if (row !== null) table?.add(row);
  const cells = (): void => {
    eachCell(columns, (column, x) => {
      const box = { x, y: y + 6, width: column.width - 2 * PADDING.x, ...HEADER, align: column.align };
      write(doc, column.header, box, row === null ? null : { parent: row, type: 'TH' });
    });
  };
  if (row === null) artifact(doc, cells);
  else cells();
  row?.end();
  return y + HEADER_HEIGHT;
}

function drawRow(
  doc: Page,
  table: Structure,
  columns: readonly Column[],
  { row, y }: { readonly row: Row; readonly y: number },
): void {
  const tr = doc.struct('TR');
  table.add(tr);
  eachCell(columns, (column, x, index) => {
    const td = doc.struct('TD');
    tr.add(td);
    let at = y + PADDING.y;
    for (const [i, text] of (row[index] ?? []).entries()) {
      const box = { x, y: at, width: column.width - 2 * PADDING.x, ...styleOf(index, i), align: column.align };
      at += write(doc, text, box, { parent: td, type: 'P' });
    }
    td.end();
  });
  tr.end();
}

function drawBand(doc: Page, text: string, y: number, table: Structure): number {
  const tr = doc.struct('TR');
  table.add(tr);
  const place = { x: PAGE.left + PADDING.x, y: y + 9, width: PAGE.right - PAGE.left };
  write(doc, text, { ...place, ...MAIN, weight: 'bold' }, { parent: tr, type: 'TD' });
  tr.end();
  rule(doc, y + 28, RULE);
  return y + 28;
}

function rowHeight(doc: Page, columns: readonly Column[], row: Row): number {
  const heights = row.map((cell, index) =>
    cell.reduce(
      (sum, text, i) => sum + heightOf(doc, text, columns[index]!.width - 2 * PADDING.x, styleOf(index, i)),
      0,
    ),
  );
  return Math.max(...heights) + 2 * PADDING.y;
}

/** The first line of a cell is its main one, and bold in the column of the lesson; the others are small print. */
function styleOf(column: number, line: number): TextStyle {
  if (line > 0) return SMALL;
  return column === 1 ? { ...MAIN, weight: 'bold' } : MAIN;
}

function eachCell(columns: readonly Column[], draw: (column: Column, x: number, index: number) => void): void {
  let x: number = PAGE.left;
  for (const [index, column] of columns.entries()) {
    draw(column, x + PADDING.x, index);
    x += column.width;
  }
}
