import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  faultyTexts,
  inFile,
  isUnreadable,
  mended,
  printable,
  printableJson,
  printableLines,
  textFault,
} from '../src/text.ts';

const HALF = 'holds half a character (a lone surrogate, as of an emoji that was cut); take it out';
const NOTHING = 'holds the character U+0000, which is no text; take it out';

test.each([
  ['Ana Reis', null],
  ['Ана 🦉 é \u202e \ufffd', null],
  ['cut \ud83d', HALF],
  ['\udc00\ud800', HALF],
  ['a\0b', NOTHING],
])('%j: %s', (text, fault) => {
  expect(textFault(text)).toBe(fault);
});

test('a text that is mended has no fault, and one without a fault is not changed', () => {
  const texts = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
  fc.assert(
    fc.property(texts, (text) => {
      expect(textFault(mended(text))).toBeNull();
      expect(mended(text) === text).toBe(textFault(text) === null);
      expect(mended(text)).toHaveLength(text.length);
    }),
  );
});

test('every text of a value that has a fault is named by its path, names of fields too', () => {
  const value = { name: 'a\ud800', more: [{ deep: 'fine' }, { deep: '\0', 'k\udc00': 1 }], none: null, n: 1 };
  expect(faultyTexts(value)).toEqual([
    { path: 'name', message: HALF },
    { path: 'more.1.k\ufffd', message: `has a name that ${HALF}` },
    { path: 'more.1.deep', message: NOTHING },
  ]);
  expect(faultyTexts('\0')).toEqual([{ path: '', message: NOTHING }]);
});

test('a value may be nested as deep as it likes', () => {
  expect(faultyTexts(JSON.parse(`${'['.repeat(100_000)}"\\ud800"${']'.repeat(100_000)}`))).toHaveLength(1);
});

test('an argument of the command line that was no UTF-8 holds U+FFFD', () => {
  expect(['Ana', 'caf\ufffd', 'cut \ud800'].map(isUnreadable)).toEqual([false, true, true]);
});

test.each([
  ['\u001B[31mred\u0007\r\nx', 'red x'],
  ['\u009b31mred', 'red'],
  ['\u001B]0;title\u0007Ana', 'Ana'],
  ['Ana \u202egnp.exe', 'Ana gnp.exe'],
  ['\u2066a\u2069\u200e\u200f\u061c', 'a'],
  ['two\u2028lines\u2029', 'two lines '],
  ['cut \ud83d', 'cut \ufffd'],
  // Letters of every script, and what joins them, stay.
  ['Ана 김서연 محمد זוהר क्ष 👩‍👩‍👧', 'Ана 김서연 محمد זוהר क्ष 👩‍👩‍👧'],
])('%j is printed as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('lines of a text stay lines', () => {
  expect(printableLines('one\u001B[2J\r\ntwo\n\u202ethree')).toBe('one\ntwo\nthree');
});

test('JSON on a screen is the same value and moves nothing', () => {
  const texts = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
  fc.assert(
    fc.property(texts, (text) => {
      const shown = printableJson(JSON.stringify({ text }));
      expect(JSON.parse(shown)).toEqual({ text });
      expect(printable(shown)).toBe(shown);
    }),
  );
});

test('a cell of a file keeps tabs and ends of lines, and nothing that takes a cursor back', () => {
  expect(inFile('Ana\rSilva\r\nof\tPorto\u{2028}x\u{1b}[31m')).toBe('Ana Silva\r\nof\tPorto x');
});
