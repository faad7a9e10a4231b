import { describe, expect, test } from 'vitest';

import { at, bill, lesson, person, rate, rates } from '../../support/billing.ts';

// 42.00 charged and 22.00 paid an hour, slot 16:00 to 17:00.

describe('actual time, the default', () => {
  const actual = { preset: 'actual_time' };

  test.each([
    ['time together, nothing forgiven', ['16:00-17:00'], ['16:04-16:58'], '54 min 37.80', '60 min 22.00'],
    ['drops are not bridged', ['16:00-17:00'], ['16:00-16:30', '16:31-17:00'], '59 min 41.30', '60 min 22.00'],
    ['any presence is attended', ['16:00-17:00'], ['16:00-16:03'], '3 min 2.10', '60 min 22.00'],
    [
      'a student who stays away pays nothing, the teacher is paid for being there',
      ['16:02-16:20'],
      [],
      '0 min 0.00',
      '18 min 6.60',
    ],
    ['nearest minute, half up', ['16:00-17:00'], ['16:00-16:10:30'], '11 min 7.70', '60 min 22.00'],
    ['less than half a minute', ['16:00-17:00'], ['16:00-16:00:29.999'], '0 min 0.00', '60 min 22.00'],
  ])('%s', (_, teacher, student, charge, paid) => {
    expect(bill(lesson(teacher, student), actual)).toMatchObject({ charge, paid });
  });

  test('a late cancellation costs nothing', () => {
    const canceled = lesson([], [], { status: 'canceled', canceledAt: at('15:59'), canceledBy: 'family' });
    expect(bill(canceled, actual)).toMatchObject({ charge: '0 min 0.00', paid: '0 min 0.00' });
  });

  test('a student who stays away is a no-show, however short the teacher waited: nothing depends on it', () => {
    expect(bill(lesson(['16:02-16:20'], []), actual).charges[0]).toMatchObject({
      outcome: 'student_no_show',
      flags: [],
    });
  });

  test('pay by presence does not wait for a guest to be identified', () => {
    const { charge, pay } = bill(lesson(['16:00-17:00'], [], { openReviews: 1 }), actual);
    expect(pay.map(({ amount, flags }) => [amount, flags])).toEqual([['22.00', ['review_open']]]);
    expect(charge).toBe('0 min 0.00');
  });
});

describe('timetable', () => {
  const timetable = { preset: 'timetable' };

  test('who attended pays the timetable, and the teacher is paid it', () => {
    const c = lesson(['16:03-16:50'], ['16:20-16:40']);
    expect(bill(c, timetable)).toMatchObject({ charge: '60 min 42.00', paid: '60 min 22.00' });
  });

  test('a teacher more than 5 minutes late: the family pays for time together', () => {
    expect(bill(lesson(['16:05-17:00'], ['16:00-17:00']), timetable).charge).toBe('60 min 42.00');
    const late = bill(lesson(['16:05:00.001-17:00'], ['16:00-17:00']), timetable);
    expect(late.charge).toBe('55 min 38.50');
    expect(late.charges[0]?.flags).toEqual(['basis_fell_to_overlap', 'teacher_late']);
  });

  test('a student who stays away, and a teacher who does', () => {
    expect(bill(lesson(['16:00-16:15'], []), timetable)).toMatchObject({
      charge: '60 min 42.00',
      paid: '60 min 22.00',
    });
    expect(bill(lesson([], ['16:00-17:00']), timetable)).toMatchObject({ charge: '0 min 0.00', paid: '0 min 0.00' });
  });
});

test('time before and after the slot counts where the policy says so, up to the cap', () => {
  const shifted = lesson(['15:50-16:50'], ['15:50-16:50']);
  const forgiveNothing = { 'charge.forgive': { late: 0, early: 0 } };
  expect(bill(shifted, forgiveNothing).charge).toBe('50 min 35.00');
  expect(bill(shifted, { ...forgiveNothing, 'charge.before': 10 }).charge).toBe('60 min 42.00');
  const longer = lesson(['15:50-17:10'], ['15:50-17:10']);
  expect(bill(longer, { 'charge.before': 10, 'charge.after': 10 }).charge).toBe('60 min 42.00');
  expect(bill(longer, { 'charge.before': 10, 'charge.after': 10, max: 'none' }).charge).toBe('80 min 56.00');
});

describe('pay', () => {
  const late = lesson(['16:00-17:00'], ['16:12-17:00']);

  test.each([
    [{ basis: 'held' }, '60 min 22.00'],
    [{ basis: 'overlap' }, '48 min 17.60'],
    [{ basis: 'scheduled' }, '60 min 22.00'],
    [{ basis: 'charged' }, '48 min 17.60'],
    [{ basis: 'percent', percent: 50 }, '60 min 16.80'],
  ])('%o', (pay, paid) => {
    expect(bill(late, { pay }).paid).toBe(paid);
  });

  test('flat pay is the lesson, whatever its minutes, and needs a rate per lesson', () => {
    const flat = [rates[0]!, rate(3, { kind: 'pay', amount: '25.00', unit: 'lesson' })];
    expect(bill(lesson(['16:00-16:30'], ['16:00-17:00']), { pay: { basis: 'flat' } }, { rates: flat }).paid).toBe(
      '30 min 25.00',
    );
    expect(bill(late, { pay: { basis: 'flat' } }).blocked.map(({ reason }) => reason)).toEqual([
      'Pay is flat, but rate 2 is by the hour: a rate per lesson is needed.',
    ]);
  });

  test('a minimum pays a short lesson, unless the teacher made it short', () => {
    expect(bill(lesson(['16:00-16:14'], ['16:00-16:12']), { 'pay.min': 30 }).paid).toBe('30 min 11.00');
    expect(bill(lesson(['16:00-16:14'], ['16:00-17:00']), { 'pay.min': 30 }).paid).toBe('14 min 5.13');
  });

  test('own rounding', () => {
    const c = lesson(['16:00-16:50'], ['16:00-16:50']);
    expect(bill(c, { 'pay.round': { increment: 15, mode: 'down' } })).toMatchObject({
      charge: '50 min 35.00',
      paid: '45 min 16.50',
    });
  });

  test('co-teachers are each paid their own time, and share a percentage by it', () => {
    const two = lesson([], ['16:00-17:00'], {
      coverage: 'complete',
      teachers: [person('tess', ['16:00-16:45']), person('theo', ['16:30-17:00'])],
    });
    expect(bill(two)).toMatchObject({ charge: '60 min 42.00', paid: '45 min 16.50, 30 min 11.00' });
    const shared = bill(two, { pay: { basis: 'percent', percent: 60 } }).pay.map(({ amount }) => amount);
    expect(shared).toEqual(['15.12', '10.08']);
  });

  test('a share of what the family is charged follows a no-show and a cancellation', () => {
    const share = { pay: { basis: 'percent', percent: 50 } };
    const canceled = lesson([], [], { status: 'canceled', canceledAt: at('11:00'), canceledBy: 'family' });
    expect(bill(lesson(['15:58-16:20'], []), share).paid).toBe('60 min 21.00');
    expect(bill(canceled, share).paid).toBe('30 min 10.50');
    const inclusive = { ...share, tax: { basis_points: 2000, inclusive: true } };
    expect(bill(lesson(['16:00-17:00'], ['16:00-17:00']), inclusive).paid).toBe('60 min 17.50');
  });

  test('pay that hangs on a blocked charge is blocked', () => {
    const noCharge = { rates: [rates[1]!] };
    for (const pay of [{ basis: 'charged' }, { basis: 'percent', percent: 50 }]) {
      expect(bill(late, { pay }, noCharge).blocked.map(({ code }) => code)).toEqual(['no_rate', 'charge_blocked']);
    }
  });

  test('a class without students pays the teacher who held it', () => {
    expect(bill(lesson(['16:00-17:00'], [], { students: [] })).paid).toBe('60 min 22.00');
    expect(bill(lesson([], [], { students: [] })).pay[0]?.outcome).toBe('not_held');
  });
});

describe('a price that a group shares', () => {
  const group = lesson(['16:00-17:00'], [], {
    students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-16:30']), person('cleo', [])],
  });
  const split = { 'group.charge': 'split', 'no_show.charge_percent': 50 };

  test('one share each, of the lesson as it was held; who stayed away pays the no-show part of a share', () => {
    const { charges } = bill(group, split, { rates: [rate(1, { kind: 'charge', amount: '100' })] });
    expect(charges.map(({ amount, outcome }) => [amount, outcome])).toEqual([
      ['33.34', 'attended'],
      ['33.33', 'attended'],
      ['16.66', 'student_no_show'],
    ]);
  });

  test('different rates cannot be shared', () => {
    const own = rate(3, { kind: 'charge', amount: '10', scope: { student_email: 'ben@example.com' } });
    expect(bill(group, split, { rates: [...rates, own] }).blocked.map(({ code }) => code)).toEqual([
      'rates_differ',
      'rates_differ',
      'rates_differ',
    ]);
  });

  test('while one share is open, all are', () => {
    expect(bill({ ...group, openReviews: 1 }, split).charges).toEqual([]);
  });
});

test('a decision on one student leaves the others as they are', () => {
  const group = lesson(['16:00-17:00'], [], {
    students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-17:00'])],
    decisions: [{ studentId: 4, outcome: 'not_held' }],
  });
  expect(bill(group).charge).toBe('60 min 42.00, 0 min 0.00');
  expect(bill(group).charges[1]?.reason).toBe('The class was not held. It counts so by a decision of the school.');
});

test('a person’s word on presence goes before the minutes', () => {
  const marked = (status: 'present' | 'absent') =>
    lesson(['16:00-17:00'], [], { students: [person('ana', ['16:00-16:05'], { status })] });
  expect(bill(marked('present')).charge).toBe('5 min 3.50');
  expect(bill(marked('absent')).charges[0]?.outcome).toBe('student_no_show');
});
