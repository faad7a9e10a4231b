import { drawCover } from './pdf/cover.ts';
import type { Cover } from './pdf/cover.ts';
import { drawable, familyContent, teacherContent } from './pdf/content.ts';
import type { Content } from './pdf/content.ts';
import {
  PAGE,
  QUIET,
  artifact,
  bytesOf,
  heightOf,
  nextPage,
  openDocument,
  printable,
  rule,
  write,
} from './pdf/page.ts';
import type { Page, Structure } from './pdf/page.ts';
import { drawTable } from './pdf/table.ts';
import { counted, periodWords } from './pdf/words.ts';
import type { FamilyBill, TeacherPay } from './report.ts';

/** A statement to be printed, with what its first page says. */
export type StatementToPrint = Cover & { readonly statement: FamilyBill | TeacherPay };

/**
 * A statement as a tagged PDF on A4. The same values give the same bytes, on any machine. Letters are those of DejaVu
 * Sans: a student whose name it cannot draw is named by e-mail.
 */
export async function statementPdf({ statement, ...cover }: StatementToPrint): Promise<Uint8Array> {
  const content = drawable(
    'teacher_id' in statement ? teacherContent(statement, cover.timezone) : familyContent(statement, cover.timezone),
  );
  const doc = await openDocument({
    title: `${content.title}, ${periodWords(cover.period)}, ${content.party}`,
    author: cover.organisation,
    createdAt: cover.createdAt,
  });
  const root = doc.struct('Document');
  doc.addStructure(root);
  const below = drawCover(doc, root, cover, content);
  const end = drawTable(doc, root, content, below);
  const totalled = drawTotals(doc, root, content, end);
  drawNotes(doc, root, notesOf(content, cover), totalled);
  root.end();
  drawFooters(doc, cover);
  return bytesOf(doc);
}

const WIDTH = PAGE.right - PAGE.left;
const TOTALS_WIDTH = 260;

function drawTotals(doc: Page, parent: Structure, { totals }: Content, top: number): number {
  const x = PAGE.right - TOTALS_WIDTH;
  let y = top + 8;
  if (y + totals.length * 20 > PAGE.bottom) {
    nextPage(doc);
    y = PAGE.top;
  }
  for (const { label, amount, strong } of totals) {
    const look = strong ? ({ size: 11, weight: 'bold' } as const) : ({ size: 9 } as const);
    const height = write(doc, label, x, y, TOTALS_WIDTH - 84, look, { parent, type: 'P' });
    write(doc, amount, PAGE.right - 84, y, 80, { ...look, align: 'right' }, { parent, type: 'P' });
    y += height + 5;
  }
  return y;
}

function notesOf({ notes }: Content, { audit, draft }: Cover): string[] {
  const proof =
    audit === null ? [] : [`Audit log at the close: ${counted(audit.count, 'entry', 'entries')}, head ${audit.head}.`];
  const standing = draft
    ? 'This is a draft. What is issued may differ.'
    : 'This statement does not change. What turns out later is corrected in a later period, with a reference to the line.';
  return [...notes, standing, ...proof];
}

function drawNotes(doc: Page, parent: Structure, notes: readonly string[], top: number): void {
  const look = { size: 7.5, color: QUIET } as const;
  const height = notes.reduce((sum, note) => sum + heightOf(doc, note, WIDTH, look) + 2, 0);
  let y = top + 14;
  if (y + height > PAGE.bottom) {
    nextPage(doc);
    y = PAGE.top;
  }
  rule(doc, y - 6);
  for (const note of notes) y += write(doc, note, PAGE.left, y, WIDTH, look, { parent, type: 'P' }) + 2;
}

function drawFooters(doc: Page, { statementId, version }: Cover): void {
  const { start, count } = doc.bufferedPageRange();
  const look = { size: 7, color: QUIET } as const;
  for (let i = start; i < start + count; i += 1) {
    doc.switchToPage(i);
    artifact(doc, () => {
      const id = `Statement ${printable(statementId)}, version ${version}`;
      write(doc, id, PAGE.left, PAGE.footer, WIDTH - 90, look, null);
      const page = `Page ${i - start + 1} of ${count}`;
      write(doc, page, PAGE.right - 90, PAGE.footer, 90, { ...look, align: 'right' }, null);
    });
  }
}
