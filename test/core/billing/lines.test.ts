import { expect, test } from 'vitest';

import type { BilledClass } from '../../../src/core/billing/lesson/billed-class.ts';
import { buildLines } from '../../../src/core/billing/lines.ts';
import { at, books, lesson, person, policy } from '../../support/billing.ts';

const held = (until: string, changed: Partial<BilledClass> = {}) =>
  lesson(['16:00-17:00'], [`16:00-${until}`], changed);

test('classes of other periods make no lines, and what is not a period is refused', () => {
  expect(buildLines(books([held('17:00')]), '2026-02')).toEqual({ charges: [], pay: [], blocked: [] });
  expect(buildLines(books([held('17:00')]), '2026-01-16..2026-01-16').charges).toHaveLength(1);
  expect(() => buildLines(books([]), 'January')).toThrow(RangeError);
});

test('lines come by start, class and place on the roster, whatever the order of the classes', () => {
  const group = { students: [person('ben', ['16:00-17:00']), person('ana', ['16:00-17:00'])] };
  const classes = [
    held('17:00', { classId: 7, start: at('18:00'), end: at('19:00') }),
    held('17:00', { classId: 8, ...group, teachers: [person('theo', ['16:00-17:00'])] }),
    held('17:00', { classId: 9, students: [person('cleo', ['16:00-17:00'])] }),
  ];
  const built = buildLines(books(classes), null);
  expect(built.charges.map(({ lineId }) => lineId)).toEqual(['c8-4', 'c8-3', 'c9-5', 'c7-3']);
  expect(buildLines(books(classes.toReversed()), null)).toEqual(built);
});

test('a class that has not begun makes no line; one that goes on makes a blocked one', () => {
  expect(buildLines(books([held('17:00', { status: 'scheduled' })]), null)).toEqual({
    charges: [],
    pay: [],
    blocked: [],
  });
  expect(buildLines(books([held('17:00', { status: 'active' })]), null).blocked).toMatchObject([
    { lineId: 'c5-3', code: 'not_over' },
    { lineId: 'p5-11', code: 'not_over' },
  ]);
});

test('a class outside the period makes no line, and the minute it pays is not paid again', () => {
  const evening = { start: at('23:30', '2026-01-31'), end: at('00:30', '2026-02-01') };
  const early = { start: at('00:00', '2026-02-01'), end: at('01:00', '2026-02-01') };
  const taught = (classId: number, slot: typeof early) =>
    lesson([], [], {
      classId,
      ...slot,
      coverage: 'complete',
      teachers: [person('tess', [], { intervals: [slot] })],
      students: [person(classId === 1 ? 'ana' : 'ben', [], { intervals: [slot] })],
    });
  const { pay, charges } = buildLines(books([taught(2, early), taught(1, evening)]), '2026-02');
  expect(charges.map(({ lineId, amount }) => [lineId, amount])).toEqual([['c2-4', '42.00']]);
  expect(pay).toMatchObject([{ lineId: 'p2-11', amount: '11.00', flags: ['teacher_double_booked'] }]);
});

test('a class has the day, the policy and the rate of the zone it is billed in', () => {
  const night = { start: at('23:30'), end: at('00:30', '2026-01-17') };
  const c = held('17:00', { ...night, coverage: 'expired' });
  const dateIn = (zone: string) => buildLines(books([c], { zone }), null).blocked[0]?.date;
  expect([dateIn('Europe/London'), dateIn('Europe/Paris')]).toEqual(['2026-01-16', '2026-01-17']);
});

test('a line that its teacher disputes is flagged', () => {
  const { pay } = buildLines(books([held('17:00')], { disputed: new Set(['p5-11']) }), null);
  expect(pay).toMatchObject([{ flags: ['disputed'] }]);
});

test('a cancellation pays for no time of the teacher, but what was taught until then is not paid again', () => {
  const settings = { policies: [policy()] };
  const canceled = (minute: string, times: string[]) =>
    lesson(times, times, { status: 'canceled', canceledAt: at(minute), canceledBy: 'family', coverage: 'complete' });
  const instead = lesson(['16:00-17:00'], ['16:00-17:00'], {
    classId: 6,
    students: [person('ben', ['16:00-17:00'])],
  });
  const paid = (first: BilledClass) =>
    buildLines(books([first, instead], settings), null).pay.map(({ lineId, paidMs, flags }) => [
      lineId,
      paidMs / 60_000,
      flags.includes('teacher_double_booked'),
    ]);
  expect(paid(canceled('15:00', []))).toEqual([
    ['p5-11', 30, false],
    ['p6-11', 60, false],
  ]);
  expect(paid(canceled('16:10', ['16:00-16:10']))).toEqual([
    ['p5-11', 30, true],
    ['p6-11', 50, true],
  ]);
  expect(paid(canceled('16:40', ['16:00-16:40']))).toEqual([
    ['p5-11', 40, true],
    ['p6-11', 20, true],
  ]);
});
