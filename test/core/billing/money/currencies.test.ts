import { expect, test } from 'vitest';

import { currencyDigits, isCurrency } from '../../../../src/core/billing/money/currencies.ts';

test.each([
  ['EUR', true],
  ['JPY', true],
  ['ZWG', true],
  ['eur', false],
  ['EURO', false],
  ['', false],
  ['XAU', false],
  ['XTS', false],
])('%s is money that people are paid in: %s', (code, wanted) => {
  expect(isCurrency(code)).toBe(wanted);
});

test.each([
  ['JPY', 0],
  ['KRW', 0],
  ['ISK', 0],
  ['EUR', 2],
  ['HUF', 2],
  ['MRU', 2],
  ['KWD', 3],
  ['TND', 3],
  ['CLF', 4],
])('%s has %i decimals', (code, digits) => {
  expect(currencyDigits(code)).toBe(digits);
});
