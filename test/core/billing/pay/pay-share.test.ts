import fc from 'fast-check';
import { expect, test } from 'vitest';

import { assessClass } from '../../../../src/core/billing/charge/assess.ts';
import { chargeClass } from '../../../../src/core/billing/charge/charge.ts';
import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import { chargedMs, shareOfCharges } from '../../../../src/core/billing/pay/pay-share.ts';
import { at, classToBill, lesson, person, rate, rates } from '../../../support/billing.ts';

const MINUTE = 60_000;

/** Each teacher's part of the charges, or why there is none, and of the minutes charged. */
function parts(
  c: BilledClass,
  percent: number,
  settings: Readonly<Record<string, unknown>> = {},
  inputs: Parameters<typeof classToBill>[2] = {},
) {
  const toBill = classToBill(c, settings, inputs);
  const { sliced } = toBill;
  const charges = chargeClass(assessClass(toBill), new Map());
  const shares = sliced.teachers.map((teacher) => shareOfCharges(sliced, charges, teacher, percent));
  return {
    minor: shares.map((share) => (share.kind === 'share' ? share.minor : share.reason)),
    minutes: sliced.teachers.map((teacher) => chargedMs(sliced, charges, teacher) / MINUTE),
  };
}

const whole = person('tess', ['16:00-17:00']);
const taughtBy = (...teachers: (typeof whole)[]) => lesson([], ['16:00-17:00'], { coverage: 'complete', teachers });
const group = {
  ...taughtBy(whole),
  students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-16:30'])],
};

test('half of 42.00 for the only teacher, by time for co-teachers', () => {
  expect(parts(taughtBy(whole), 50)).toEqual({ minor: [2100], minutes: [60] });
  const relay = taughtBy(person('tess', ['16:00-16:45']), person('theo', ['16:45-17:00']));
  expect(parts(relay, 50)).toEqual({ minor: [1575, 525], minutes: [45, 15] });
});

test('where no teacher was, those of the roster share alike and a substitute has no part', () => {
  const canceled = { status: 'canceled' as const, canceledAt: at('15:00'), canceledBy: 'family' as const };
  const shares = (...teachers: (typeof whole)[]) => parts(lesson([], [], { ...canceled, teachers }), 50).minor;
  // Half of the lesson is charged, and half of that is paid.
  expect(shares(person('tess', []), person('theo', []))).toEqual([525, 525]);
  expect(shares(person('tess', []), person('theo', [], { substitute: true }))).toEqual([1050, 0]);
});

test('the share is of the charge less discount and without tax', () => {
  expect(parts(taughtBy(whole), 50, { discount: [{ basis_points: 1000 }] }).minor).toEqual([1890]);
  expect(parts(taughtBy(whole), 50, { tax: { basis_points: 2000 } }).minor).toEqual([2100]);
  expect(parts(taughtBy(whole), 50, { tax: { basis_points: 2000, inclusive: true } }).minor).toEqual([1750]);
});

test('a minute of a group is taught once, however many pay for it; the money is that of all', () => {
  expect(parts(group, 50)).toEqual({ minor: [3150], minutes: [60] });
});

test('the parts of co-teachers add up to the share, whatever the times and the percentage', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 59 }), fc.integer({ min: 0, max: 100 }), (minute, percent) => {
      const until = at('16:00') + minute * MINUTE;
      const { minor } = parts(
        taughtBy(
          person('tess', [], { intervals: [{ start: at('16:00'), end: until }] }),
          person('theo', [], { intervals: [{ start: until, end: at('17:00') }] }),
        ),
        percent,
      );
      expect(Number(minor[0]) + Number(minor[1])).toBe(42 * percent);
    }),
  );
});

test('there is no share while a charge is blocked, or of two currencies', () => {
  const scope = { student_email: 'ana@example.com' };
  const pounds = rate(8, { kind: 'charge', amount: '40.00', currency: 'GBP', scope: { ...scope, subject: 'Algebra' } });
  expect(parts(group, 50, {}, { rates: [pounds, rates[1]!] }).minor).toEqual([
    'The pay is a share of the charge, and a charge of this class is blocked.',
  ]);
  expect(parts(group, 50, {}, { rates: [pounds, ...rates] }).minor).toEqual([
    'The pay is a share of the charge, and the class is charged in two currencies.',
  ]);
});
