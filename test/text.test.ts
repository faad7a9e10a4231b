import fc from 'fast-check';
import { expect, test } from 'vitest';

import { faultyTexts, isUnreadable, mended, textFault } from '../src/text.ts';

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
