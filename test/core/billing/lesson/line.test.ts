import fc from 'fast-check';
import { expect, test } from 'vitest';

import { inOrder, rateUsed } from '../../../../src/core/billing/lesson/line.ts';
import { rate } from '../../../support/billing.ts';

test('steps come in the order of the policy, however they were found', () => {
  const fixed = 'collect union slice bridge basis clip forgive classify round minimum cap price discount tax'.split(
    ' ',
  );
  const names = fixed as Parameters<typeof inOrder>[0][number]['name'][];
  fc.assert(
    fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (found) => {
      expect(inOrder(found.map((name) => ({ name, text: '' }))).map(({ name }) => name)).toEqual(fixed);
    }),
  );
});

test('steps of one name stay as they were found', () => {
  const [first, second] = [
    { name: 'price', text: 'what it costs' },
    { name: 'price', text: 'not charged' },
  ] as const;
  expect(inOrder([first, second])).toEqual([first, second]);
});

test('a line names its rate with the amount in words and in minor units', () => {
  expect(rateUsed(rate(7, { kind: 'charge', amount: '3500', currency: 'JPY', unit: 'lesson' }))).toEqual({
    rateId: 7,
    amount: '3500',
    amountMinor: 3500,
    unit: 'lesson',
  });
});
