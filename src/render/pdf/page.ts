import { isSimple, linesOf, withoutMarks, type Run } from './lines.ts';
import { TYPEFACES, fontFile, type Typeface, type Weight } from './scripts.ts';

/** A4 in points, and where text stands on it. */
export const PAGE = { left: 48, right: 547, top: 48, bottom: 778, footer: 800 } as const;

export const INK = '#1b2430';
export const QUIET = '#5b6675';
export const RULE = '#c9d1da';
export const SHADE = '#eef2f6';
export const ALARM = '#8a3b12';

export interface TextStyle {
  readonly size?: number;
  readonly weight?: Weight;
  readonly color?: string;
  readonly align?: 'left' | 'right';
}

export type Page = PDFKit.PDFDocument;

/** An element of the tree that a screen reader walks. */
export type Structure = ReturnType<Page['struct']>;

/** Between two lines, in points. */
const LINE_GAP = 1.5;

/** Where letters stand in the height of a line: the ascender of DejaVu Sans by its height. */
const BASELINE = 0.928 / 1.164;

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
  for (const face of TYPEFACES) {
    for (const weight of ['regular', 'bold'] as const) {
      doc.registerFont(fontName(face, weight), fontFile(face, weight));
    }
  }
  return doc;
}

/** As a document knows it; the first typeface is that of a text which names none. */
function fontName(face: Typeface, weight: Weight): string {
  return face === TYPEFACES[0] ? weight : `${face.name} ${weight}`;
}

/** The library writes metadata into XML as it is. */
function metadata(value: string): string {
  return printable(value.replaceAll(/[<>&]/g, ' '));
}

/** Pictures, and the characters that vary and join them. */
const PICTURES = /(?:[\u{1f000}-\u{1faff}\u{e0020}-\u{e007f}]|\u{fe0f})\u{200d}?/gu;

/** Spaces without a width, soft hyphens, variants of a letter; the two joiners of letters are seen. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}--[\u{200c}\u{200d}]]+/gv;

/** Text on one line, without what is not drawn: control and invisible characters, halves of pairs and pictures. */
export function printable(value: string, longest = 400): string {
  const clean = value
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(PICTURES, '')
    .replaceAll(/\p{Bidi_Control}+/gu, '')
    .replaceAll(UNSEEN, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest).toWellFormed()}…` : clean;
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
  if (!isSimple(value)) return writeLines(doc, value, { x, y, width, ...look }, tag);
  const options = { width, align: look.align ?? 'left', lineGap: LINE_GAP } as const;
  const height = doc.heightOfString(value, options);
  doc.text(value, x, y, tag === null ? options : { ...options, structParent: tag.parent, structType: tag.type });
  return height;
}

/** Lines of several typefaces or directions, which the library cannot break: each run is drawn at its place. */
function writeLines(
  doc: Page,
  value: string,
  { x, y, width, ...look }: TextBox,
  tag: { readonly parent: Structure; readonly type: string } | null,
): number {
  const lines = linesOf(value, width, (run) => widthOf(doc, run, look));
  style(doc, look);
  const lineHeight = doc.currentLineHeight(true) + LINE_GAP;
  const draw = (): void => {
    let baseline = y + doc.currentLineHeight(true) * BASELINE;
    for (const runs of lines) {
      let left = look.align === 'right' ? x + width - runs.reduce((sum, run) => sum + widthOf(doc, run, look), 0) : x;
      for (const run of runs) {
        for (const text of shapedIn(doc, run, look)) {
          doc.text(text, left, baseline, { lineBreak: false, baseline: 'alphabetic' });
          left += doc.widthOfString(text);
        }
      }
      baseline += lineHeight;
    }
  };
  if (tag === null) draw();
  else {
    // What is copied or read aloud is the text itself: the runs stand in the order in which they are seen.
    const part = doc.struct(tag.type, { actual: withoutMarks(value) }, draw);
    tag.parent.add(part);
    part.end();
  }
  style(doc, look);
  return lines.length * lineHeight;
}

/** Sets the typeface of a run. The shaper of the library fails on a few rare marks: letter by letter it does not. */
function shapedIn(doc: Page, { face, text }: Run, { weight = 'regular' }: TextStyle): readonly string[] {
  doc.font(fontName(face, weight));
  try {
    doc.widthOfString(text);
    return [text];
  } catch {
    return Array.from(text);
  }
}

function widthOf(doc: Page, run: Run, look: TextStyle): number {
  return shapedIn(doc, run, look).reduce((sum, text) => sum + doc.widthOfString(text), 0);
}

export function heightOf(doc: Page, value: string, width: number, look: TextStyle = {}): number {
  style(doc, look);
  if (isSimple(value)) return doc.heightOfString(value, { width, lineGap: LINE_GAP });
  const lines = linesOf(value, width, (run) => widthOf(doc, run, look));
  style(doc, look);
  return lines.length * (doc.currentLineHeight(true) + LINE_GAP);
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
