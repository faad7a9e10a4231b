import fc from 'fast-check';
import { expect, test } from 'vitest';

import { priceOfQuantity, priceText, taxOn, taxText } from '../../../../src/core/billing/lesson/pricing.ts';
import { formatAmount, round } from '../../../../src/core/billing/money/money.ts';
import type { Tax } from '../../../../src/core/billing/policy/policy.ts';
import { rate } from '../../../support/billing.ts';

const MINUTE = 60_000;
const hourly = (amount: string, currency = 'EUR') => rate(1, { kind: 'charge', amount, currency });
const flat = rate(2, { kind: 'charge', amount: '45.00', unit: 'lesson' });
const quantity = (minutes: number, lessonPercent = 100) => ({ billedMs: minutes * MINUTE, lessonPercent, steps: [] });
const tax = (changed: Partial<Tax> = {}): Tax => ({
  code: 'VAT',
  basisPoints: 2000,
  inclusive: false,
  per: 'line',
  ...changed,
});
const euro = (minor: number) => `${formatAmount(minor, 'EUR')} EUR`;

test.each([
  [48, '42.00', 'EUR', '33.60'],
  [50, '3500', 'JPY', '2917'],
  [50, '12.500', 'KWD', '10.417'],
  [14, '22.00', 'EUR', '5.13'],
  [0, '42.00', 'EUR', '0.00'],
])('%i minutes at %s %s an hour are %s', (minutes, amount, currency, wanted) => {
  expect(formatAmount(round(priceOfQuantity(hourly(amount, currency), quantity(minutes))), currency)).toBe(wanted);
});

test('a price per lesson ignores minutes and follows the percentage', () => {
  expect(round(priceOfQuantity(flat, quantity(12)))).toBe(4500);
  expect(round(priceOfQuantity(flat, quantity(60, 50)))).toBe(2250);
  expect(round(priceOfQuantity(flat, quantity(60, 0)))).toBe(0);
});

test('another minute never costs less, and the hour costs the rate', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(600), fc.nat(600), (amountMinor, minutes, more) => {
      const of = (count: number) => round(priceOfQuantity({ ...hourly('1'), amountMinor }, quantity(count)));
      expect(of(60)).toBe(amountMinor);
      expect(of(minutes + more)).toBeGreaterThanOrEqual(of(minutes));
    }),
  );
});

test('7.5 % on top of 10.03 are 0.75; 60.00 with 20 % inside contain 10.00', () => {
  expect(taxOn(1003, tax({ basisPoints: 750 }))).toBe(75);
  expect(taxOn(6000, tax({ inclusive: true }))).toBe(1000);
});

test('an inclusive tax is the tax on what is left of the amount', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), fc.nat(10_000), (minor, basisPoints) => {
      const contained = taxOn(minor, tax({ basisPoints, inclusive: true }));
      expect(contained).toBeGreaterThanOrEqual(0);
      expect(contained).toBeLessThanOrEqual(minor);
      expect(Math.abs(taxOn(minor - contained, tax({ basisPoints })) - contained)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a credit takes back the tax of its charge', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), fc.nat(10_000), fc.boolean(), (minor, basisPoints, inclusive) => {
      const kind = tax({ basisPoints, inclusive });
      expect(taxOn(minor, kind) + taxOn(-minor, kind)).toBe(0);
    }),
  );
});

test('price and tax are printed with their numbers', () => {
  expect(priceText(hourly('42.00'), quantity(48), euro)).toBe('48:00 min at 42.00 EUR an hour (rate 1).');
  expect(priceText(flat, quantity(48, 50), euro, 3)).toBe('50 % of 45.00 EUR a lesson, split over 3 (rate 2).');
  expect(taxText(null, '0.00 EUR')).toBe('No tax.');
  expect(taxText(tax({ basisPoints: 705 }), '0.71 EUR')).toBe('VAT 7.05 %: 0.71 EUR on top.');
  expect(taxText(tax({ inclusive: true }), '10.00 EUR')).toBe('VAT 20.00 %: the amount contains 10.00 EUR.');
  expect(taxText(tax({ per: 'statement' }), '0.00 EUR')).toBe('VAT 20.00 %, reckoned on the statement.');
});
