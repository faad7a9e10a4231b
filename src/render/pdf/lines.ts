import bidiFactory, { type Bidi } from 'bidi-js';

import { WIDE_SIGNS, asDrawn, spansOf, type Typeface } from './scripts.ts';

/** A piece of a line that is drawn at once: one word of one typeface and one direction. */
export interface Run {
  readonly face: Typeface;
  readonly text: string;
}

// The types of the package describe a module; its code is the function itself.
const bidi = (bidiFactory as unknown as () => Bidi)();
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;
const OTHER_TYPEFACE =
  /[^\p{Script=Common}\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}]/u;
const WIDE_SIGN = new RegExp(`[${WIDE_SIGNS}]`, 'u');
const WIDE = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`;
/** What is not broken: a word with the spaces behind it, or one wide letter with its punctuation. */
const UNBROKEN = new RegExp(String.raw`[${WIDE}][\p{M}\p{P}\u{30fc}]*\s*|[^\s${WIDE}]+\s*|\s+`, 'gu');
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Whether the library draws a text right by itself: from left to right, with the one typeface that it was given. */
export function isSimple(value: string): boolean {
  return !OTHER_TYPEFACE.test(value) && !WIDE_SIGN.test(value);
}

/** A text whose direction is its own: what stands beside it is not put into its order. */
export function isolated(value: string): string {
  return RIGHT_TO_LEFT.test(value) ? `\u{2068}${value}\u{2069}` : value;
}

/** The text without the marks of `isolated`. */
export function withoutMarks(value: string): string {
  return value.replaceAll(/[\u{2068}\u{2069}]/gu, '');
}

/**
 * Breaks a text into lines, and orders each as it is seen: the algorithm of Unicode for texts of both directions, in a
 * document that reads from left to right.
 *
 * @param marked may hold the marks of `isolated`
 * @param widthOf of a text in logical order
 * @returns the runs of each line from left to right; a run of Hebrew or Arabic letters is in logical order, since the
 *   typeface turns it
 */
export function linesOf(marked: string, width: number, widthOf: (run: Run) => number): readonly (readonly Run[])[] {
  const levels = bidi.getEmbeddingLevels(marked, 'ltr').levels.filter((_, at) => withoutMarks(marked[at]!) !== '');
  const value = asDrawn(withoutMarks(marked));
  const measured = (text: string): number => spansOf(text).reduce((sum, span) => sum + widthOf(span), 0);
  const lines: { start: number; end: number }[] = [];
  let line = { start: 0, end: 0 };
  let used = 0;
  for (const piece of piecesOf(value, (text) => measured(text) <= width)) {
    const wide = measured(piece.trimEnd());
    if (used > 0 && used + wide > width) {
      lines.push(line);
      line = { start: line.end, end: line.end };
      used = 0;
    }
    line.end += piece.length;
    used += measured(piece);
  }
  lines.push(line);
  return lines.map(({ start, end }) => visual(runsOf(value.slice(start, end).trimEnd(), levels.subarray(start, end))));
}

function piecesOf(value: string, fits: (text: string) => boolean): readonly string[] {
  return (value.match(UNBROKEN) ?? []).flatMap((piece) =>
    fits(piece.trimEnd()) ? [piece] : Array.from(GRAPHEMES.segment(piece), ({ segment }) => segment),
  );
}

interface LevelRun extends Run {
  readonly level: number;
}

/** Runs in logical order. Words from right to left are parted, so that they can be put into their order. */
function runsOf(text: string, levels: Uint8Array): readonly LevelRun[] {
  const runs: { face: Typeface; text: string; level: number }[] = [];
  let at = 0;
  for (const span of spansOf(text)) {
    for (const letter of span.text) {
      const level = levels[at] ?? 0;
      const last = runs.at(-1);
      const parted = level % 2 === 1 && (letter === ' ' || last?.text === ' ');
      if (last?.face === span.face && last.level === level && !parted) last.text += letter;
      else runs.push({ face: span.face, text: letter, level });
      at += letter.length;
    }
  }
  return runs.map((run) => ({ ...run, text: asTurned(run) }));
}

/**
 * A typeface turns about every run that has a letter of a script from right to left, and no other; the digits of such a
 * script are read from left to right. Brackets from right to left are drawn as their mirror image.
 */
function asTurned({ text, level }: LevelRun): string {
  const backwards = level % 2 === 1;
  const letters = Array.from(text, (letter) => (backwards ? (bidi.getMirroredCharacter(letter) ?? letter) : letter));
  return (RIGHT_TO_LEFT.test(text) === backwards ? letters : letters.toReversed()).join('');
}

/** From the highest level down to the lowest odd one, runs of at least that level are turned about (rule L2). */
function visual(runs: readonly LevelRun[]): readonly Run[] {
  let ordered = [...runs];
  for (let level = Math.max(0, ...runs.map((run) => run.level)); level > 0; level -= 1) {
    const turned: LevelRun[] = [];
    let group: LevelRun[] = [];
    for (const run of ordered) {
      if (run.level >= level) group = [run, ...group];
      else {
        turned.push(...group, run);
        group = [];
      }
    }
    ordered = [...turned, ...group];
  }
  return ordered;
}
