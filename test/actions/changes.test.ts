import { expect, test } from 'vitest';

import { given, same } from '../../src/actions/changes.ts';

test('a field that is left out or undefined stays, one that is null is emptied', () => {
  expect(given<{ name: string; family: number | null }>({ name: undefined, family: null })).toEqual({ family: null });
  expect(Object.keys(given<{ name: string }>({ name: undefined }))).toEqual([]);
});

test('two readings are the same when every field of them is', () => {
  const person = { id: 2, name: 'Ben', families: [1, 2] };
  expect(same(person, structuredClone(person))).toBe(true);
  expect(same(person, { ...person, families: [2, 1] })).toBe(false);
  expect(same(person, { ...person, name: null })).toBe(false);
});
