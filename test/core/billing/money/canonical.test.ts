import fc from 'fast-check';
import { expect, test } from 'vitest';

import { canonicalJson, sha256 } from '../../../../src/core/billing/money/canonical.ts';

test('equal data is equal text, in whatever order it was built', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'é"' }], a: true, z: undefined })).toBe(
    '{"a":true,"b":[1,{"c":"é\\"","d":null}]}',
  );
  expect(canonicalJson(-0)).toBe('0');
});

test('the text reads back as the same data', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.maxSafeInteger(), fc.string(), fc.boolean())), (data) => {
      const plain = { ...data };
      const expected: unknown = JSON.parse(JSON.stringify(plain));
      expect(JSON.parse(canonicalJson(plain))).toEqual(expected);
      expect(canonicalJson(Object.fromEntries(Object.entries(plain).reverse()))).toBe(canonicalJson(plain));
    }),
  );
});

test('numbers that are not whole, and what is no JSON, are refused', () => {
  for (const value of [0.5, Number.NaN, 2 ** 53, undefined, 1n, new Date(0), new Map()]) {
    expect(() => canonicalJson({ value: [value] })).toThrow(TypeError);
  }
});

test('the hash is that of the published test vector', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
