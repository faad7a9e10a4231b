import { fileURLToPath } from 'node:url';

/** A4 in points, and where text stands on it. */
export const PAGE = { left: 48, right: 547, top: 48, bottom: 778, footer: 800 } as const;

export const INK = '#1b2430';
export const QUIET = '#5b6675';
export const RULE = '#c9d1da';
export const SHADE = '#eef2f6';
export const ALARM = '#8a3b12';

type Weight = 'regular' | 'bold';

export interface TextStyle {
  readonly size?: number;
  readonly weight?: Weight;
  readonly color?: string;
  readonly align?: 'left' | 'right';
}

export type Page = PDFKit.PDFDocument;

/** An element of the tree that a screen reader walks. */
export type Structure = ReturnType<Page['struct']>;

export interface PageInfo {
  readonly title: string;
  readonly author: string;
  readonly createdAt: number;
}

/**
 * An empty document. Streams are left uncompressed: deflate may pack the same text differently on another processor, and
 * a statement must be the same bytes anywhere.
 */
export async function openDocument({ title, author, createdAt }: PageInfo): Promise<Page> {
  const { default: PDFDocument } = await import('pdfkit');
  const doc = new PDFDocument({
    size: 'A4',
    margin: PAGE.left,
    bufferPages: true,
    compress: false,
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    lang: 'en',
    // No font before ours are registered: the library opens a font anew each time when it knows it by its file too.
    font: '',
    info: {
      Title: metadata(title),
      Author: metadata(author),
      Creator: 'Rollbook',
      Producer: 'Rollbook',
      CreationDate: new Date(createdAt),
    },
  });
  // What is drawn stays above the footer: pages are broken here, not by the library.
  doc.page.margins.bottom = 0;
  doc.registerFont('regular', fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')));
  doc.registerFont('bold', fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')));
  return doc;
}

/** The library writes metadata into XML as it is. */
function metadata(value: string): string {
  return printable(value.replaceAll(/[<>&]/g, ' '));
}

/** Text on one line, without what has no shape: control characters and halves of pairs. */
export function printable(value: string, longest = 400): string {
  const clean = value
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest).toWellFormed()}…` : clean;
}

const DRAWN = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Hebrew', 'Arabic'];
const NOT_DRAWN = new RegExp(
  String.raw`[^${DRAWN.map((script) => String.raw`\p{Script=${script}}`).join('')}\p{M}\p{Nd}\p{P}\p{Z}\p{Sm}\p{Sc}\p{Sk}]|[\u{ff00}-\u{ffef}]`,
  'u',
);

/** Whether the font has the letters of a text. */
export function legible(value: string): boolean {
  return !NOT_DRAWN.test(value);
}

function style(doc: Page, { size = 9, weight = 'regular', color = INK }: TextStyle): void {
  doc.font(weight).fontSize(size).fillColor(color);
}

/** Where a text begins, how wide it may be, and how it looks. */
export interface TextBox extends TextStyle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/**
 * Draws text into a box.
 *
 * @param tag what it is to a screen reader; null inside an artifact
 * @returns its height
 */
export function write(
  doc: Page,
  value: string,
  { x, y, width, ...look }: TextBox,
  tag: { readonly parent: Structure; readonly type: string } | null,
): number {
  style(doc, look);
  const options = { width, align: look.align ?? 'left', lineGap: 1.5 } as const;
  const height = doc.heightOfString(value, options);
  doc.text(value, x, y, tag === null ? options : { ...options, structParent: tag.parent, structType: tag.type });
  return height;
}

export function heightOf(doc: Page, value: string, width: number, look: TextStyle = {}): number {
  style(doc, look);
  return doc.heightOfString(value, { width, lineGap: 1.5 });
}

export function rule(doc: Page, y: number, color: string = RULE, thickness = 0.6): void {
  artifact(doc, () => {
    doc.moveTo(PAGE.left, y).lineTo(PAGE.right, y).lineWidth(thickness).strokeColor(color).stroke();
  });
}

/** Draws what a screen reader passes over. */
export function artifact(doc: Page, draw: () => void): void {
  doc.markContent('Artifact', { type: 'Layout' });
  draw();
  doc.endMarkedContent();
}

export function nextPage(doc: Page): void {
  doc.addPage();
  doc.page.margins.bottom = 0;
}

/** @returns where something as high as that may stand: at `y`, or at the top of a new page when it would not fit */
export function roomFor(doc: Page, height: number, y: number): number {
  if (y + height <= PAGE.bottom) return y;
  nextPage(doc);
  return PAGE.top;
}

/** All bytes of an ended document. */
export async function bytesOf(doc: Page): Promise<Uint8Array> {
  doc.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of doc as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
