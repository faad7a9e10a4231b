import type { StatementChanges } from '../../core/billing/period/changes.ts';
import type { FamilyBill, TeacherPay } from '../../core/reports/report.ts';
import type { WaitingParty } from '../../core/reports/waiting.ts';
import { periodWords } from '../../core/time/date-words.ts';
import { drawable, familyContent, teacherContent, waitingContent, type Content } from './content.ts';
import { drawCover, drawPayment, type Cover } from './cover.ts';
import {
  PAGE,
  QUIET,
  artifact,
  bytesOf,
  heightOf,
  nextPage,
  openDocument,
  printable,
  roomFor,
  rule,
  write,
  type Page,
  type Structure,
} from './page.ts';
import { drawSection, drawTable } from './table.ts';
import { countedInThousands } from './words.ts';

/** A statement to be printed, with what its first page says. */
export type StatementToPrint = Cover & {
  /** What the version that it replaces said otherwise; null: it is the first, or was issued without. */
  readonly changes: StatementChanges | null;
  readonly statement: FamilyBill | TeacherPay | WaitingParty;
  /**
   * Whether a line with a make-up credit says "A make-up lesson is credited." No account of credits is kept, so new
   * statements do not promise one; a statement that was issued with the sentence is printed with it again.
   */
  readonly creditsNamed: boolean;
};

/**
 * Statements as one tagged PDF on A4, each on pages of its own. The same values give the same bytes, on any machine.
 * Names are drawn in the scripts of `scripts.ts`: whose name is in another one is named by e-mail.
 *
 * @param statements at least one
 */
export async function statementsPdf(
  statements: readonly [StatementToPrint, ...StatementToPrint[]],
): Promise<Uint8Array> {
  const [first] = statements;
  const title =
    statements.length === 1
      ? `${contentOf(first).title}, ${periodWords(first.period)}, ${contentOf(first).party}`
      : `${contentOf(first).title}s, ${periodWords(first.period)}`;
  const doc = await openDocument({ title, author: first.organisation, createdAt: first.createdAt });
  const root = doc.struct('Document');
  doc.addStructure(root);
  const begun: { readonly page: number; readonly cover: Cover }[] = [];
  for (const printed of statements) {
    if (printed !== first) nextPage(doc);
    const { start, count } = doc.bufferedPageRange();
    begun.push({ page: start + count - 1, cover: printed });
    const content = contentOf(printed);
    const below = drawCover(doc, root, printed, content);
    const end = drawTable(doc, root, content, below);
    const totalled = drawChanges(doc, root, content, drawTotals(doc, root, content.totals, end));
    const paid = isOwed(printed) ? drawPayment(doc, root, printed, totalled) : totalled;
    drawNotes(doc, root, notesOf(content, printed), paid);
  }
  root.end();
  const { start, count } = doc.bufferedPageRange();
  for (const [i, { page, cover }] of begun.entries())
    drawFooters(doc, cover, page, begun[i + 1]?.page ?? start + count);
  return bytesOf(doc);
}

/** Whether a family is to pay something. */
function isOwed({ statement }: StatementToPrint): boolean {
  return 'familyId' in statement && 'totalMinor' in statement && statement.totalMinor > 0;
}

function contentOf(printed: StatementToPrint): Content {
  const { statement, timezone } = printed;
  if ('kind' in statement) return drawable(waitingContent(statement, timezone));
  return drawable('teacherId' in statement ? teacherContent(statement, printed) : familyContent(statement, printed));
}

const WIDTH = PAGE.right - PAGE.left;
const TOTALS_WIDTH = 260;

/** What a statement that replaces another says otherwise. */
function drawChanges(doc: Page, parent: Structure, { columns, changes }: Content, top: number): number {
  if (changes === null) return top;
  if (changes.rows.length === 0) {
    const y = roomFor(doc, 20, top + 12);
    const look = { x: PAGE.left, y, width: WIDTH, size: 9, weight: 'bold' } as const;
    return y + write(doc, `${changes.heading}.`, look, { parent, type: 'P' });
  }
  const below = drawSection(doc, parent, columns, changes, top + 16);
  return drawTotals(doc, parent, changes.totals, below);
}

function drawTotals(doc: Page, parent: Structure, totals: Content['totals'], top: number): number {
  const x = PAGE.right - TOTALS_WIDTH;
  let y = roomFor(doc, totals.length * 20, top + 8);
  for (const { label, amount, strong } of totals) {
    const look = strong ? ({ size: 11, weight: 'bold' } as const) : ({ size: 9 } as const);
    const height = write(doc, label, { x, y, width: TOTALS_WIDTH - 84, ...look }, { parent, type: 'P' });
    write(doc, amount, { x: PAGE.right - 84, y, width: 80, ...look, align: 'right' }, { parent, type: 'P' });
    y += height + 5;
  }
  return y;
}

function notesOf({ notes }: Content, { audit, draft, version, wording }: Cover): string[] {
  if (!draft && wording > 1) {
    const replaced = version > 1 ? ` It replaces version ${version - 1} of this statement.` : '';
    return [...notes, `What turns out later is corrected on a later statement, which names the lesson.${replaced}`];
  }
  const proof =
    audit === null
      ? []
      : [`Audit log at the close: ${countedInThousands(audit.count, 'entry', 'entries')}, head ${audit.head}.`];
  const standing = draft
    ? 'This is a draft. What is issued may differ.'
    : 'This statement does not change. What turns out later is corrected in a later period, with a reference to the line.';
  return [...notes, standing, ...proof];
}

function drawNotes(doc: Page, parent: Structure, notes: readonly string[], top: number): void {
  const look = { size: 7.5, color: QUIET } as const;
  const height = notes.reduce((sum, note) => sum + heightOf(doc, note, WIDTH, look) + 2, 0);
  let y = roomFor(doc, height, top + 14);
  rule(doc, y - 6);
  for (const note of notes)
    y += write(doc, note, { x: PAGE.left, y, width: WIDTH, ...look }, { parent, type: 'P' }) + 2;
}

function drawFooters(doc: Page, { statementId, version }: Cover, from: number, to: number): void {
  const look = { y: PAGE.footer, size: 7, color: QUIET } as const;
  for (let i = from; i < to; i += 1) {
    doc.switchToPage(i);
    artifact(doc, () => {
      const id = `Statement ${printable(statementId)}, version ${version}`;
      write(doc, id, { x: PAGE.left, width: WIDTH - 90, ...look }, null);
      const page = `Page ${i - from + 1} of ${to - from}`;
      write(doc, page, { x: PAGE.right - 90, width: 90, ...look, align: 'right' }, null);
    });
  }
}
