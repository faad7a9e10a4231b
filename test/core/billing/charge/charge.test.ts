import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { assessClass } from '../../../../src/core/billing/charge/assess.ts';
import { chargeClass } from '../../../../src/core/billing/charge/charge.ts';
import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import type { ChargeLine } from '../../../../src/core/billing/lesson/line.ts';
import { at, bill, classToBill, lesson, person, rate, spans } from '../../../support/billing.ts';

type Changed = Readonly<Record<string, unknown>>;

function charge(
  c: BilledClass,
  changed: Changed = {},
  inputs: Parameters<typeof classToBill>[2] = {},
  withheld: Parameters<typeof chargeClass>[1] = new Map(),
): ChargeLine[] {
  const { lines } = chargeClass(assessClass(classToBill(c, changed, inputs)), withheld);
  return lines.filter((line) => 'amountMinor' in line);
}

const together = lesson(['16:00-17:00'], ['16:00-17:00']);

test('price, discount and tax, in that order, each rounded to the cent', () => {
  const [line] = charge(together, {
    discount: [{ basis_points: 333 }],
    tax: { code: 'VAT', basis_points: 750 },
  });
  // 3.33 % of 42.00 are 1.3986; 7.5 % of 40.60 are 3.045.
  expect(line).toMatchObject({
    priceMinor: 4200,
    discountMinor: 140,
    amountMinor: 4060,
    amount: '40.60',
    taxMinor: 305,
  });
  expect(line?.steps.slice(-3)).toMatchObject([
    { name: 'price', text: '60:00 min at 42.00 EUR an hour (rate 1).', minor: 4200 },
    { name: 'discount', text: 'Less 1.40 EUR.', minor: 4060 },
    { name: 'tax', text: 'VAT 7.50 %: 3.05 EUR on top.', minor: 305 },
  ]);
});

test('a tax per statement is not reckoned on the line', () => {
  expect(charge(together, { tax: { basis_points: 750, per: 'statement' } })[0]?.taxMinor).toBe(0);
});

test('the discount of the student goes before that of the family, and that before everybody’s', () => {
  const everybody = { basis_points: 100 };
  const family = { basis_points: 500, family_id: 1 };
  const student = { basis_points: 1000, student_email: 'ana@example.com' };
  const discount = (...list: object[]) => charge(together, { discount: list })[0]?.discountMinor;
  expect([
    discount(everybody),
    discount(everybody, family),
    discount(everybody, family, student),
    discount({ ...family, family_id: 2 }),
  ]).toEqual([42, 210, 420, 0]);
});

test('the parts of a split price add up to the price, earlier students get the odd cents', () => {
  const group = lesson(['16:00-17:00'], [], {
    students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-17:00']), person('cleo', ['16:00-17:00'])],
  });
  fc.assert(
    fc.property(fc.nat(50_000), (cents) => {
      const amount = (cents / 100).toFixed(2);
      const parts = charge(group, { 'group.charge': 'split' }, { rates: [rate(1, { kind: 'charge', amount })] }).map(
        ({ amountMinor }) => amountMinor,
      );
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(cents);
      expect(parts).toEqual(parts.toSorted((a, b) => b - a));
      expect(parts[0]! - parts[2]!).toBeLessThanOrEqual(1);
    }),
  );
});

test('a withheld line shows what would be charged and charges nothing', () => {
  const withheld = new Map([
    ['c5-3', { causes: ['The student is not enrolled on this day'], flags: ['not_enrolled' as const] }],
  ]);
  const [line] = charge(together, { tax: { basis_points: 2000 } }, {}, withheld);
  expect(line).toMatchObject({ billedMs: 0, priceMinor: 0, amountMinor: 0, amount: '0.00', taxMinor: 0 });
  expect(line?.flags).toContain('not_enrolled');
  expect(line?.reason).toBe(
    'The student attended. The student is not enrolled on this day: not charged until a person decides.',
  );
  expect(line?.steps.find(({ name }) => name === 'price')?.minor).toBe(4200);
});

/** So many stays in the hour, one minute of absence between two. */
function dropping(stays: number): string[] {
  const minute = (at: number): string => `16:${String(at).padStart(2, '0')}`;
  return Array.from({ length: stays }, (_, i) => `${minute(5 * i)}-${i === stays - 1 ? '16:59' : minute(5 * i + 4)}`);
}

test('short drops that were filled are shown', () => {
  const line = charge(lesson(['16:00-17:00'], ['16:00-16:20', '16:21:30-17:00']))[0];
  expect(line).toMatchObject({ bridgedMs: 90_000, presentMs: 58.5 * 60_000, billedMs: 3_600_000 });
});

test('a line names the sessions of the student and of the teachers: time together needs both', () => {
  const line = charge(lesson(['16:00-17:00'], ['16:00-17:00']))[0];
  expect(line?.evidence).toEqual([
    'conferenceRecords/r/participants/ana/participantSessions/16:00-17:00',
    'conferenceRecords/r/participants/tess/participantSessions/16:00-17:00',
  ]);
});

describe('a line is flagged', () => {
  test.each([
    ['nothing to say', together, {}, []],
    ['the teacher was late', lesson(['16:06-17:00'], ['16:00-17:00']), {}, ['teacher_late']],
    [
      'the basis fell',
      lesson(['16:06-17:00'], ['16:00-17:00']),
      { preset: 'slot_held' },
      ['basis_fell_to_overlap', 'teacher_late'],
    ],
    ['never together', lesson(['16:00-16:30'], ['16:30-17:00']), {}, ['never_together', 'short']],
    ['less than half of the slot together', lesson(['16:00-17:00'], ['16:00-16:29:59']), {}, ['short']],
    ['half of the slot together', lesson(['16:00-17:00'], ['16:00-16:30']), {}, []],
    ['ten drops', lesson(['16:00-17:00'], dropping(11)), {}, ['unstable']],
    ['nine drops', lesson(['16:00-17:00'], dropping(10)), {}, []],
    ['drops that are not bridged', lesson(['16:00-17:00'], dropping(11)), { bridge: 0 }, []],
    [
      'an overrun about which somebody decided',
      lesson(['16:00-17:10'], ['16:00-17:10'], { overrunDecided: true }),
      {},
      [],
    ],
    ['an overrun nobody approved', lesson(['16:00-17:10'], ['16:00-17:10']), {}, ['unapproved_overrun']],
    ['a credit for a no-show', lesson(['16:00-16:20'], []), { 'no_show.credit': true }, ['credit_issued']],
  ])('%s', (_, c, changed, flags) => {
    expect(charge(c, changed)[0]?.flags).toEqual(flags);
  });

  test('a rate that is not in the currency of the family', () => {
    const currencyOf = new Map([[1, 'CHF']]);
    expect(charge(together, {}, { currencyOf })).toMatchObject([{ familyId: 1, flags: ['other_currency'] }]);
    expect(charge(together, {}, { currencyOf: new Map([[1, 'EUR']]) })).toMatchObject([{ flags: [] }]);
  });

  test('a student without a family', () => {
    expect(charge(together, {}, { familyOf: new Map() })).toMatchObject([{ familyId: null, flags: ['no_family'] }]);
  });
});

test('a line names who taught, or the teacher of the roster where nobody did', () => {
  const two = (tess: readonly string[], theo: readonly string[]) =>
    charge(lesson([], [], { coverage: 'complete', teachers: [person('tess', tess), person('theo', theo)] }))[0]
      ?.teacherEmail;
  expect([two([], ['16:00-17:00']), two([], [])]).toEqual(['theo@example.com', 'tess@example.com']);
});

test('the minutes of a canceled class that was held are shown, also where they belong to the class beside it', () => {
  const canceled = lesson([], [], {
    status: 'canceled',
    coverage: 'complete',
    canceledAt: at('12:00'),
    canceledBy: 'family',
    teachers: [person('tess', [], { beside: spans('16:00-17:00') })],
    students: [person('ana', [], { beside: spans('16:05-16:45') })],
  });
  const { charges, pay } = bill(canceled);
  expect(charges).toMatchObject([
    { outcome: 'held_although_canceled', amountMinor: 0, presentMs: 40 * 60_000, togetherMs: 40 * 60_000 },
  ]);
  expect(pay).toMatchObject([{ outcome: 'held_although_canceled', amountMinor: 0, heldMs: 60 * 60_000 }]);
});
