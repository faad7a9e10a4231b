import { expect, test } from 'vitest';
import { ZodError } from 'zod';

import { periodDocument } from '../../../../src/core/billing/period/document.ts';
import { lineTotals } from '../../../../src/core/billing/period/line-totals.ts';
import { charge, minutes, pay } from '../../../support/statements.ts';

const charges = [charge(), charge({ lineId: 'c5-4', studentEmail: 'ben@example.com', amountMinor: 2100 })];
const lines = { charges, pay: [pay()] };

test('a document has the totals of the lines that it was made from', () => {
  const issued = { period: '2026-01', version: 1, zone: 'Europe/London', policies: [], blocked: [] };
  const rest = { adjustments: [], carries: [], exceptions: [] };
  const document = periodDocument({ ...issued, ...rest, ...lines }, { family: (id) => `Family ${id}` });
  expect(lineTotals(document)).toBe(lineTotals(lines));
});

test('the order of lines and what they say besides are nothing', () => {
  const told = { ...lines, charges: charges.toReversed().map((line) => ({ ...line, reason: 'Said otherwise.' })) };
  expect(lineTotals(told)).toBe(lineTotals(lines));
});

test.each([
  ['an amount', { ...lines, charges: [charge({ amountMinor: 4201 }), charges[1]!] }],
  ['minutes', { ...lines, pay: [pay({ paidMs: minutes(59) })] }],
  ['a person', { ...lines, pay: [pay({ teacherEmail: 'theo@example.com' })] }],
  ['a currency', { ...lines, pay: [pay({ currency: 'GBP' })] }],
  ['a line less', { ...lines, charges: [charges[0]!] }],
])('%s makes other totals', (_, changed) => {
  expect(lineTotals(changed)).not.toBe(lineTotals(lines));
});

test('what is neither lines nor a document is refused', () => {
  expect(() => lineTotals({ charges: [{}], pay: [] })).toThrow(ZodError);
  expect(() => lineTotals(null)).toThrow(ZodError);
});
