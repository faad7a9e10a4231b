import { describe, expect, test } from 'vitest';

import { at, bill, lesson, person, rate, rates } from '../../support/billing.ts';

// Standard tutoring, 42.00 charged and 22.00 paid an hour, slot 16:00 to 17:00, unless a test says otherwise.

describe('X1 two devices, slightly late', () => {
  const class1 = lesson(['15:58:30-17:01:10'], ['16:03:20-16:41:05', '16:40:10-17:00:30']);

  test('time together, grace of five minutes: 60 minutes', () => {
    const { charge, charges } = bill(class1);
    expect(charge).toBe('60 min 42.00');
    expect(charges[0]?.presentMs).toBe((56 * 60 + 40) * 1000);
    expect(charges[0]?.steps.find(({ name }) => name === 'forgive')?.text).toBe('Forgiven to the student: 3:20.');
  });

  test('no grace: 57 minutes', () => {
    expect(bill(class1, { 'charge.forgive': { late: 0, early: 0 } }).charge).toBe('57 min 39.90');
  });

  test.each(['held', 'scheduled'])('basis %s: 60 minutes', (basis) => {
    expect(bill(class1, { 'charge.basis': basis }).charge).toBe('60 min 42.00');
  });
});

test.each([
  ['overlap', '48 min 33.60'],
  ['held', '48 min 33.60'],
  ['actual', '60 min 42.00'],
])('X2 teacher 12 minutes late, student waiting: basis %s is %s, pay 17.60', (basis, charge) => {
  const billed = bill(lesson(['16:12-17:00'], ['15:59-17:00']), { 'charge.basis': basis });
  expect([billed.charge, billed.paid]).toEqual([charge, '48 min 17.60']);
});

test('X3 student 12 minutes late pays for time together, or for the slot that was held', () => {
  const late = lesson(['15:58-17:00'], ['16:12-17:00']);
  expect(bill(late)).toMatchObject({ charge: '48 min 33.60', paid: '60 min 22.00' });
  expect(bill(late, { preset: 'slot_held' })).toMatchObject({ charge: '60 min 42.00', paid: '60 min 22.00' });
});

test.each([
  ['46:30', { increment: 15 }, 45],
  ['46:30', { increment: 15, mode: 'up' }, 60],
  ['46:30', { increment: 15, mode: 'up', tolerance: 2 }, 45],
  ['47:01', { increment: 15, mode: 'up', tolerance: 2 }, 60],
])('X4 %s rounded by %o is %i', (length, round, minutes) => {
  const billed = bill(lesson([`16:00-16:${length}`], [`16:00-16:${length}`]), { round });
  expect(billed.charges[0]?.billedMs).toBe(minutes * 60_000);
});

test('X5 a short lesson costs the minimum, unless the teacher failed', () => {
  expect(bill(lesson(['16:00-17:00'], ['16:00-16:12']), { min: 30 }).charge).toBe('30 min 21.00');
  expect(bill(lesson(['16:48-17:00'], ['16:00-17:00']), { min: 30 }).charge).toBe('12 min 8.40');
  expect(bill(lesson(['16:00-16:12'], ['16:00-17:00']), { min: 30 }).charge).toBe('12 min 8.40');
});

test('X6 no-show with the wait served: the whole lesson', () => {
  expect(bill(lesson(['15:58-16:20'], []))).toMatchObject({ charge: '60 min 42.00', paid: '60 min 22.00' });
});

test('X7 canceled 5 hours before: half', () => {
  const canceled = lesson([], [], { status: 'canceled', canceledAt: at('11:00'), canceledBy: 'family' });
  expect(bill(canceled)).toMatchObject({ charge: '30 min 21.00', paid: '30 min 11.00' });
});

test('X8 group pay: three heads for half an hour, two for the next, are 26.50', () => {
  const group = lesson(['16:00-17:00'], [], {
    students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-17:00']), person('cleo', ['16:00-16:30'])],
  });
  const { paid, pay } = bill(group, { 'pay.tiers': { extra_head: '3.00' } });
  expect(paid).toBe('60 min 26.50');
  expect(pay[0]?.steps.find(({ name }) => name === 'price')?.text).toBe(
    '60:00 min at 22.00 EUR an hour (rate 2), and 90:00 min of further students at 3.00 EUR an hour. There were 30:00 min with 2 students, 30:00 min with 3 students.',
  );
});

test('X9 100.00 split over three: 33.34, 33.33, 33.33 in enrolment order', () => {
  const group = lesson(['16:00-17:00'], [], {
    students: [person('ben', ['16:00-17:00']), person('ana', ['16:00-17:00']), person('cleo', ['16:00-17:00'])],
  });
  const { charges } = bill(group, { 'group.charge': 'split' }, { rates: [rate(1, { kind: 'charge', amount: '100' })] });
  expect(charges.map(({ studentName, amount }) => [studentName, amount])).toEqual([
    ['ben', '33.34'],
    ['ana', '33.33'],
    ['cleo', '33.33'],
  ]);
});

test('X10 a class that starts on the 14th at 23:30 has the rate of the 14th', () => {
  const night = lesson([], [], {
    start: at('23:30', '2026-03-14'),
    end: at('00:30', '2026-03-15'),
    coverage: 'complete',
    teachers: [
      person('tess', [], { intervals: [{ start: at('23:30', '2026-03-14'), end: at('00:30', '2026-03-15') }] }),
    ],
    students: [
      person('ana', [], { intervals: [{ start: at('23:30', '2026-03-14'), end: at('00:30', '2026-03-15') }] }),
    ],
  });
  const changing = [
    rate(1, { kind: 'charge', amount: '40.00', valid_to: '2026-03-14' }),
    rate(2, { kind: 'charge', amount: '44.00', valid_from: '2026-03-15' }),
  ];
  expect(bill(night, {}, { rates: changing }).charge).toBe('60 min 40.00');
});

test('X14 50 minutes in yen and in dinar', () => {
  const fifty = lesson(['16:00-16:50'], ['16:00-16:50'], { end: at('16:50') });
  const priced = (amount: string, currency: string) =>
    bill(fifty, {}, { rates: [rate(1, { kind: 'charge', amount, currency })] }).charge;
  expect(priced('3500', 'JPY')).toBe('50 min 2917');
  expect(priced('12.500', 'KWD')).toBe('50 min 10.417');
});

test('every line prints the steps in the fixed order', () => {
  const { charges } = bill(lesson(['16:00-17:00'], ['16:00-17:00']), {}, { rates });
  expect(charges[0]?.steps.map(({ name }) => name)).toEqual([
    'collect',
    'union',
    'slice',
    'bridge',
    'basis',
    'clip',
    'forgive',
    'classify',
    'round',
    'minimum',
    'cap',
    'price',
    'discount',
    'tax',
  ]);
});
