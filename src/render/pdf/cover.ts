import type { BlockedLine } from '../../core/billing/lesson/line.ts';
import { counted } from '../../core/counted.ts';
import type { SchoolSettings } from '../../core/school/settings.ts';
import { localDate } from '../../core/time/calendar.ts';
import { longDate, periodWords } from '../../core/time/date-words.ts';
import type { Content } from './content.ts';
import { isolated } from './lines.ts';
import {
  ALARM,
  INK,
  PAGE,
  QUIET,
  SHADE,
  artifact,
  heightOf,
  printable,
  roomFor,
  rule,
  write,
  type Page,
  type Structure,
  type TextStyle,
} from './page.ts';

/** What stands on the first page beside the content. */
export interface Cover {
  /** Who sends the statement. */
  readonly organisation: string;
  /** What stands below its name, as it was when the statement was issued. */
  readonly school: Pick<SchoolSettings, 'address' | 'logo' | 'tax_number' | 'payment_details'>;
  /** Until when it is to be paid, `YYYY-MM-DD`; null: nothing is said. */
  readonly dueDate: string | null;
  readonly period: string;
  /** IANA zone of all times. */
  readonly timezone: string;
  readonly statementId: string;
  /** 1, and one more with every reopening of the period. */
  readonly version: number;
  /** Not issued: its lines may change. */
  readonly draft: boolean;
  /** Of a draft: lessons of this party that have no amount yet. */
  readonly waiting: readonly BlockedLine[];
  /** Of a draft: lessons on it that count nothing until a person has settled something. */
  readonly underReview: number;
  /** When it was issued, or drafted; epoch ms. */
  readonly createdAt: number;
  /** Head and length of the audit log when the period was closed. */
  readonly audit: { readonly head: string; readonly count: number } | null;
  /** The edition of the words, see `WORDING`. */
  readonly wording: number;
  /** What stood against the close and concerns this party, a sentence each. */
  readonly exceptions: readonly string[];
}

const WIDTH = PAGE.right - PAGE.left;
const HALF = WIDTH / 2 - 12;
const LABEL: TextStyle = { size: 7.5, color: QUIET };
const VALUE: TextStyle = { size: 9.5, color: INK };

/** @returns where the table may begin */
export function drawCover(doc: Page, parent: Structure, cover: Cover, content: Content): number {
  const title = {
    x: PAGE.left + HALF,
    y: PAGE.top,
    width: WIDTH - HALF,
    size: 20,
    weight: 'bold',
    align: 'right',
  } as const;
  write(doc, content.title, title, { parent, type: 'H1' });
  let y = Math.max(drawSender(doc, parent, cover), PAGE.top + 26) + 6;
  if (cover.draft) {
    const box = { x: PAGE.left, y, width: WIDTH, size: 9, weight: 'bold', color: ALARM, align: 'right' } as const;
    y += write(doc, standingOf(cover), box, { parent, type: 'P' });
  }
  rule(doc, y + 2, INK, 1);
  y += 14;

  const issued = longDate(localDate(cover.createdAt, cover.timezone));
  const replaces = cover.version > 1 ? `${cover.version}, replaces version ${cover.version - 1}` : `${cover.version}`;
  const left = drawFacts(doc, parent, { x: PAGE.left, y }, [
    ['For', content.party],
    ['Period', periodWords(cover.period)],
    ['Times are those of', cover.timezone],
  ]);
  const right = drawFacts(doc, parent, { x: PAGE.left + HALF + 24, y }, [
    ['Statement', cover.statementId],
    ['Version', replaces],
    [cover.draft ? 'Drafted on' : 'Issued on', issued],
    ...(cover.dueDate === null ? [] : [['Due on', longDate(cover.dueDate)] as const]),
  ]);
  y = drawHeadline(doc, parent, content, Math.max(left, right) + 6);
  return drawExceptions(doc, parent, cover, y) + 14;
}

function standingOf({ waiting, underReview }: Cover): string {
  const [are, n] = [waiting.length === 1 ? 'is' : 'are', waiting.length];
  const without =
    n === 0 ? [] : [`${counted(n, 'lesson has', 'lessons have')} no amount yet and ${are} not in the total`];
  const count = counted(underReview, 'lesson under review counts', 'lessons under review count');
  return [
    'DRAFT: not issued, lines may change',
    ...without,
    ...(underReview === 0 ? [] : [`${count} nothing until that is settled`]),
  ].join('; ');
}

const LOGO = { width: 160, height: 48 } as const;

/** Logo, name, address and tax number of the school. @returns where they end */
function drawSender(doc: Page, parent: Structure, { organisation, school }: Cover): number {
  let y = PAGE.top;
  if (school.logo !== null) {
    const { logo } = school;
    artifact(doc, () => {
      doc.image(logo, PAGE.left, y, { fit: [LOGO.width, LOGO.height] });
    });
    y += LOGO.height + 4;
  }
  const name = { x: PAGE.left, y: y + 5, width: HALF, size: 13, weight: 'bold' } as const;
  y += write(doc, printable(organisation), name, { parent, type: 'P' });
  const about = [
    ...(school.address ?? '').split('\n'),
    ...(school.tax_number === null ? [] : [`Tax number ${school.tax_number}`]),
  ].filter((text) => text !== '');
  if (about.length > 0) y += 6;
  for (const text of about) {
    y += write(doc, printable(text), { x: PAGE.left, y, width: HALF, size: 8.5, color: QUIET }, { parent, type: 'P' });
  }
  return y;
}

/** How to pay, below the totals. @returns where it ends */
export function drawPayment(doc: Page, parent: Structure, { school, dueDate, wording }: Cover, top: number): number {
  if (school.payment_details === null) return top;
  const lines = school.payment_details.split('\n').filter((text) => text !== '');
  const column = { x: PAGE.left, width: WIDTH };
  const heading = dueDate === null ? 'How to pay' : `How to pay ${wording < 3 ? 'until' : 'by'} ${longDate(dueDate)}`;
  const look = { ...column, size: 9, color: INK } as const;
  const height = lines.reduce((sum, text) => sum + heightOf(doc, printable(text), WIDTH, look), 0);
  let y = roomFor(doc, height + 20, top + 12);
  y += write(doc, heading, { ...look, y, weight: 'bold' }, { parent, type: 'H2' }) + 2;
  for (const text of lines) y += write(doc, printable(text), { ...look, y }, { parent, type: 'P' });
  return y;
}

function drawFacts(
  doc: Page,
  parent: Structure,
  corner: { readonly x: number; readonly y: number },
  facts: readonly (readonly [label: string, value: string])[],
): number {
  const { x } = corner;
  let { y } = corner;
  for (const [label, value] of facts) {
    y += write(doc, label, { x, y, width: HALF, ...LABEL }, { parent, type: 'P' });
    y += write(doc, printable(value), { x, y, width: HALF, ...VALUE }, { parent, type: 'P' }) + 6;
  }
  return y;
}

function drawHeadline(doc: Page, parent: Structure, { headline }: Content, y: number): number {
  const height = 48;
  artifact(doc, () => {
    doc.roundedRect(PAGE.left, y, WIDTH, height, 4).fill(SHADE);
  });
  const { label, note, amount } = headline;
  const left = { x: PAGE.left + 14, width: HALF };
  const right = { x: PAGE.left + HALF, width: WIDTH - HALF - 14, align: 'right' } as const;
  write(doc, label, { ...left, y: y + 10, size: 11, weight: 'bold' }, { parent, type: 'P' });
  write(doc, note, { ...left, y: y + 27, size: 8.5, color: QUIET }, { parent, type: 'P' });
  write(doc, amount, { ...right, y: y + 13, size: 18, weight: 'bold' }, { parent, type: 'P' });
  return y + height;
}

function drawExceptions(doc: Page, parent: Structure, { exceptions, wording }: Cover, top: number): number {
  if (exceptions.length === 0) return top;
  const column = { x: PAGE.left, width: WIDTH };
  const heading = { ...column, size: 9.5, weight: 'bold', color: ALARM } as const;
  const look = { ...column, size: 8.5, color: INK } as const;
  let y = top + 14;
  y +=
    write(
      doc,
      wording === 1 ? 'Closed with exceptions' : 'Not settled when this statement was made',
      { ...heading, y },
      { parent, type: 'H2' },
    ) + 3;
  for (const exception of exceptions) {
    const text = `• ${aboutLesson(printable(exception))}`;
    y = roomFor(doc, heightOf(doc, text, WIDTH, look), y);
    y += write(doc, text, { ...look, y }, { parent, type: 'P' }) + 1;
  }
  return y;
}

/** `Algebra, 14 Jan 2026: Nobody came.`: the day is not read as a part of a name from right to left. */
function aboutLesson(text: string): string {
  const [, lesson, rest] = /^(.+?)(, \d{1,2} \p{L}+ \d{4}: .+)$/u.exec(text) ?? [];
  return lesson === undefined || rest === undefined ? text : `${isolated(lesson)}${rest}`;
}
