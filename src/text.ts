import { stripVTControlCharacters } from 'node:util';

/** Half of a letter, a null character, and what stands for a text that could not be read. */
const REPLACEMENT = '�';

/** Two that JSON and URLs can carry, and that no ledger keeps as they came: it would hold another text than the one hashed. */
const FAULTS = {
  half: 'holds half a character (a lone surrogate, as of an emoji that was cut); take it out',
  nothing: 'holds the character U+0000, which is no text; take it out',
} as const;

/** What is wrong with a text from outside, and what to do; null when it is kept as it is. */
export function textFault(text: string): string | null {
  if (!text.isWellFormed()) return FAULTS.half;
  return text.includes('\0') ? FAULTS.nothing : null;
}

/** Whether an argument or a variable of the environment was no UTF-8: the system then hands over U+FFFD for its bytes. */
export function isUnreadable(text: string): boolean {
  return text.includes(REPLACEMENT) || textFault(text) !== null;
}

/** What is wrong with a text, and where it stands. */
export interface FaultyText {
  readonly path: string;
  readonly message: string;
}

/** The texts of a value that JSON gave, names of fields included, that would not be kept as they are. */
export function faultyTexts(value: unknown): FaultyText[] {
  const found: FaultyText[] = [];
  // Not by recursion: a body may be nested a hundred thousand times.
  const waiting: { readonly path: string; readonly value: unknown }[] = [{ path: '', value }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value === 'string') {
      const message = textFault(next.value);
      if (message !== null) found.push({ path: next.path, message });
    } else if (typeof next.value === 'object' && next.value !== null) {
      for (const [key, inner] of Object.entries(next.value).toReversed()) {
        const path = `${next.path}${next.path === '' ? '' : '.'}${mended(key)}`;
        const message = textFault(key);
        if (message !== null) found.push({ path, message: `has a name that ${message}` });
        waiting.push({ path, value: inner });
      }
    }
  }
  return found;
}

/** The text with U+FFFD in place of what could not be kept. */
export function mended(text: string): string {
  return text.toWellFormed().replaceAll('\0', REPLACEMENT);
}

/** Characters that turn the direction of what follows, and one that is invisible. */
const TURNING = /[\p{Bidi_Control}\uFEFF]+/gu;
/** Characters that move the cursor, and ends of lines. */
const MOVING = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * Text from outside on one line, as it may be printed: without escape sequences, control characters and characters of
 * direction, which would move the cursor, colour the screen or show a text in another order than it has.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text.toWellFormed()).replaceAll(TURNING, '').replaceAll(MOVING, ' ');
}

/** The same for a text of several lines, which stay. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n');
}

/** The same for a cell of a file, in which tabs and ends of lines stay; a return alone would take the cursor of a screen back. */
export function inFile(text: string): string {
  return stripVTControlCharacters(text.toWellFormed())
    .replaceAll(TURNING, '')
    .replaceAll(/[^\P{Cc}\t\r\n]+/gu, '')
    .replaceAll(/\r(?!\n)|[\u2028\u2029]/g, ' ');
}

/** JSON for a screen: the same value, with such characters escaped, so that the screen does not act on them. */
export function printableJson(json: string): string {
  return json.replaceAll(
    /[\u007F-\u009F\p{Bidi_Control}\uFEFF\u2028\u2029]/gu,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}
