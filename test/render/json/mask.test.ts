import fc from 'fast-check';
import { expect, test } from 'vitest';

import { maskedNames, openNames } from '../../../src/render/json/mask.ts';

test.each([
  ['Ana Reis', 'a•••'],
  ['  ana@school.example ', 'a•••'],
  ['Åsa', 'å•••'],
  // A letter that takes two units of text stays whole.
  ['𝒜da', '𝒜•••'],
  ['', '•••'],
])('%j is seen as %s', (name, masked) => {
  expect(maskedNames.who(name)).toBe(masked);
});

test.each([
  ['no token for ana@school.example: look at it', 'no token for a•••: look at it'],
  ['<Ben.Brown+maths@home.example>, cleo@home.example.', '<b•••>, c•••.'],
  ["o'neil@school.example has no scope", 'o••• has no scope'],
  ['the API is not enabled', 'the API is not enabled'],
])('of a message only the addresses are masked: %j', (message, masked) => {
  expect(maskedNames.message(message)).toBe(masked);
});

test('of a message the account that reads the class is shown, whatever its letters', () => {
  const message = 'Ana@school.example has no token for ben@home.example';
  expect(maskedNames.message(message, 'ana@school.example')).toBe('Ana@school.example has no token for b•••');
});

test('what people wrote and what Google names is shown whole or not at all', () => {
  expect([maskedNames.text('Algebra'), openNames.text('Algebra')]).toEqual([null, 'Algebra']);
  const names = ['conferenceRecords/r/participants/1'];
  expect([maskedNames.evidence(names), openNames.evidence(names)]).toEqual([[], names]);
});

test('nothing stays nothing, for both readers', () => {
  for (const mask of [maskedNames, openNames]) expect([mask.who(null), mask.message(null)]).toEqual([null, null]);
});

test('who may see names gets them as they are', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect([openNames.who(text), openNames.message(text)]).toEqual([text, text]);
    }),
  );
});

test('no address goes through, and the same one is always masked alike', () => {
  fc.assert(
    fc.property(fc.emailAddress({ size: 'small' }), (email) => {
      expect(maskedNames.who(email)).not.toContain('@');
      expect(maskedNames.who(email)).toBe(maskedNames.who(email.toUpperCase()));
    }),
  );
});
