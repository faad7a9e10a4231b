import { describe, expect, test } from 'vitest';

import { assessClass } from '../../../../src/core/billing/charge/assess.ts';
import { chargeClass } from '../../../../src/core/billing/charge/charge.ts';
import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import { paidTime } from '../../../../src/core/billing/pay/pay-basis.ts';
import { outcomeForPay } from '../../../../src/core/billing/pay/pay-outcome.ts';
import { at, classToBill, lesson, person, spans } from '../../../support/billing.ts';

type Changed = Readonly<Record<string, unknown>>;

/** The first teacher's paid time, where other classes pay for `claimed` already. */
function timeOf(c: BilledClass, settings: Changed = {}, ...claimed: readonly string[]) {
  const toBill = classToBill(c, settings);
  const charges = chargeClass(assessClass(toBill), new Map());
  const outcome = outcomeForPay(toBill, charges);
  return paidTime({ toBill, charges, teacher: toBill.sliced.teachers[0]!, outcome, claimed: spans(...claimed) });
}

const minutes = (...of: Parameters<typeof timeOf>): number => timeOf(...of).billedMs / 60_000;

describe('a class that was held', () => {
  // The student came 12 minutes late and left 10 early, beyond the grace of five.
  const short = lesson(['15:58-17:02'], ['16:12-16:50']);

  test.each([
    ['held', 60],
    ['overlap', 38],
    ['scheduled', 60],
    ['charged', 38],
    ['flat', 60],
  ])('by %s: %i minutes', (basis, wanted) => {
    expect(minutes(short, { 'pay.basis': basis })).toBe(wanted);
  });

  test('a teacher who was not in the slot has no pay by the timetable', () => {
    const teachers = [person('tess', []), person('theo', ['16:00-17:00'])];
    const c = lesson([], ['16:00-17:00'], { coverage: 'complete', teachers });
    expect(timeOf(c, { 'pay.basis': 'scheduled' })).toMatchObject({ billedMs: 0, lessonPercent: 0, paid: [] });
  });

  test('an approved overrun is paid, another is not', () => {
    const longer = (approvedOverrunMinutes: number) =>
      minutes(lesson(['16:00-17:20'], ['16:00-17:20'], { approvedOverrunMinutes }));
    expect([longer(0), longer(15)]).toEqual([60, 75]);
  });

  test('own rounding, and a minimum unless the teacher made it short', () => {
    const c = lesson(['16:00-16:14'], ['16:00-16:12']);
    expect(minutes(c, { 'pay.round': { increment: 15, mode: 'down' } })).toBe(0);
    expect(minutes(c, { 'pay.min': 30 })).toBe(30);
    expect(minutes(lesson(['16:00-16:14'], ['16:00-17:00']), { 'pay.min': 30 })).toBe(14);
  });
});

describe('time that another class pays for', () => {
  test('is not paid again, and takes the minimum with it', () => {
    const c = lesson(['16:00-17:00'], ['16:00-17:00']);
    expect(timeOf(c, { 'pay.min': 60 }, '15:30-16:30')).toMatchObject({
      billedMs: 30 * 60_000,
      paid: spans('16:30-17:00'),
      collided: true,
    });
    expect(timeOf(c, {}, '15:00-16:00')).toMatchObject({ billedMs: 60 * 60_000, collided: false });
  });

  test('is no collision where nothing would be paid, or where nobody else pays', () => {
    const canceled = lesson([], [], { status: 'canceled', canceledAt: at('11:00'), canceledBy: 'teacher' });
    expect(timeOf(canceled, {}, '16:30-17:00')).toMatchObject({ billedMs: 0, collided: false });
    expect(timeOf(lesson([], ['16:00-17:00']), {}, '16:30-17:00')).toMatchObject({ billedMs: 0, collided: false });
    const early = lesson(['16:00-16:12'], []);
    expect(timeOf(early)).toMatchObject({ billedMs: 12 * 60_000, collided: false });
    expect(timeOf(early, {}, '16:00-16:02')).toMatchObject({ billedMs: 10 * 60_000, collided: true });
  });

  test('is taken off a percentage of the timetable too', () => {
    const noShow = lesson(['16:00-16:20'], []);
    expect(timeOf(noShow, {}, '16:30-17:00')).toMatchObject({ billedMs: 30 * 60_000, collided: true });
  });
});

describe('a class that was not held', () => {
  const canceled = (changed: Partial<BilledClass> = {}) =>
    lesson([], [], { status: 'canceled', canceledAt: at('11:00'), canceledBy: 'family', ...changed });

  test.each([
    ['no-show, waited', lesson(['15:58-16:20'], []), {}, 60],
    ['no-show, paid half', lesson(['15:58-16:20'], []), { 'no_show.pay_percent': 50 }, 30],
    ['no-show, paid by presence', lesson(['15:58-16:20'], []), { 'no_show.pay_percent': 'presence' }, 20],
    ['did not wait', lesson(['16:00-16:12'], []), {}, 12],
    ['did not wait, paid by time together', lesson(['16:00-16:12'], []), { 'pay.basis': 'overlap' }, 0],
    ['canceled late', canceled(), {}, 30],
    ['canceled by the school', canceled({ canceledBy: 'school' }), {}, 30],
    ['canceled by the teacher', canceled({ canceledBy: 'teacher' }), {}, 0],
    ['canceled in time', canceled({ canceledAt: at('15:00', '2026-01-15') }), {}, 0],
    ['did not come', lesson([], ['16:00-17:00']), {}, 0],
    ['nobody came', lesson([], []), {}, 0],
  ])('%s', (_, c, settings, wanted) => {
    expect(minutes(c, settings)).toBe(wanted);
  });

  test('a substitute earns nothing by a cancellation', () => {
    const teachers = [person('theo', [], { substitute: true }), person('tess', [])];
    expect(minutes(canceled({ teachers }))).toBe(0);
  });

  test('of two teachers the one who waited is paid the lesson, the other own presence', () => {
    const waited = person('tess', ['16:00-16:20']);
    const came = person('theo', ['16:10-16:30']);
    const first = (...teachers: (typeof came)[]) => minutes(lesson([], [], { coverage: 'complete', teachers }));
    expect([first(waited, came), first(came, waited)]).toEqual([60, 20]);
  });

  test('a decision that the wait was served pays the teacher of the roster although nobody was seen', () => {
    const decisions = [{ studentId: null, outcome: 'student_no_show' as const }];
    expect(minutes(lesson([], [], { decisions }))).toBe(60);
  });

  test('where a co-teacher was seen, the decision is for who was seen and for nobody else', () => {
    const decisions = [{ studentId: null, outcome: 'student_no_show' as const }];
    const seen = person('tess', ['16:05-16:10']);
    const unseen = person('theo', []);
    const first = (...teachers: (typeof seen)[]) =>
      minutes(lesson([], [], { coverage: 'complete', decisions, teachers }));
    expect([first(seen, unseen), first(unseen, seen)]).toEqual([60, 0]);
    expect(first({ ...unseen, substitute: true })).toBe(0);
  });
});
