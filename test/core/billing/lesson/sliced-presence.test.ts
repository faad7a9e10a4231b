import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import { sliceClass, teacherWasLate, teacherWasTheCause } from '../../../../src/core/billing/lesson/sliced-presence.ts';
import { totalMs } from '../../../../src/core/time/interval.ts';
import { at, lesson, person, policy, spans } from '../../../support/billing.ts';

// Standard tutoring, slot 16:00 to 17:00, unless a test says otherwise.

const slice = (c: BilledClass, changed: Readonly<Record<string, unknown>> = {}) =>
  sliceClass(c, policy(changed).settings);

test('a drop of two minutes is filled, one millisecond more is not', () => {
  const dropped = (back: string) => slice(lesson([], ['16:00-16:30', `${back}-17:00`])).students[0]!.bridged;
  expect(dropped('16:32')).toEqual(spans('16:00-17:00'));
  expect(dropped('16:32:00.001')).toEqual(spans('16:00-16:30', '16:32:00.001-17:00'));
});

test('drops are bridged a person at a time: nobody fills the gap between two co-teachers', () => {
  const relay = lesson([], [], { teachers: [person('tess', ['16:00-16:30']), person('theo', ['16:31-17:00'])] });
  expect(slice(relay).taughtInSlot).toEqual(spans('16:00-16:30', '16:31-17:00'));
});

test.each([
  ['nothing outside the slot', {}, 0, '16:00-17:00', '16:00-17:00'],
  ['an approved overrun', {}, 15, '16:00-17:15', '16:00-17:15'],
  ['ten minutes before', { 'charge.before': 10 }, 0, '15:50-17:00', '16:00-17:00'],
  ['ten minutes after', { 'charge.after': 10 }, 0, '16:00-17:10', '16:00-17:00'],
  ['more approved than the policy gives', { 'charge.after': 10 }, 15, '16:00-17:15', '16:00-17:15'],
  ['less approved than the policy gives', { 'charge.after': 10 }, 5, '16:00-17:10', '16:00-17:05'],
])('what counts for a charge and for pay: %s', (_, changed, approvedOverrunMinutes, window, held) => {
  const sliced = slice(lesson(['16:00-17:00'], ['16:00-17:00'], { approvedOverrunMinutes }), changed);
  expect([sliced.window, sliced.held]).toEqual(spans(window, held));
});

test('a class of an hour with nobody twice has nothing to say', () => {
  expect(slice(lesson(['16:00-17:00'], ['16:00-17:00']))).toMatchObject({ slotMs: 60 * 60_000, flags: [] });
});

test('presence of a weak identity is no money yet, and is remembered as doubtful', () => {
  const weak = (times: readonly string[]) =>
    slice(lesson(['16:00-17:00'], [], { students: [person('ana', times, { confirmed: false })] })).students[0];
  expect(weak(['16:00-17:00'])).toMatchObject({ real: [], bridged: [], inSlot: [], inWindow: [], doubtful: true });
  expect(weak([])).toMatchObject({ doubtful: false });
});

test('somebody who is on the roster twice is one person with all the presence', () => {
  const twice = slice(
    lesson(['16:00-17:00'], [], { students: [person('ana', ['16:00-16:20']), person('ana', ['16:30-17:00'])] }),
  );
  expect(twice.students.map(({ real }) => real)).toEqual([spans('16:00-16:20', '16:30-17:00')]);
  expect(twice.flags).toEqual(['enrolled_twice']);
});

describe('a teacher is late from the first presence of any teacher in the slot', () => {
  test.each([
    [['15:58-17:00'], 0],
    [['15:50-15:55', '16:12-17:00'], 12 * 60_000],
    [['17:00-17:30'], null],
    [[], null],
  ])('%o', (teacher, late) => {
    expect(slice(lesson(teacher, [])).teacherLateMs).toBe(late);
  });

  test('five minutes are not late, one millisecond more is; who never came is absent and not late', () => {
    const { settings } = policy();
    const late = (...teacher: string[]) => teacherWasLate(slice(lesson(teacher, [])), settings);
    expect([late('16:05-17:00'), late('16:05:00.001-17:00'), late()]).toEqual([false, true, false]);
  });
});

test('a lesson was short because of the teacher where the student waited for more than five minutes', () => {
  const { settings } = policy();
  const cause = (left: string, studentLeft: string): boolean => {
    const sliced = slice(lesson([`16:00-${left}`], [`16:00-${studentLeft}`]));
    return teacherWasTheCause(sliced, sliced.students[0]!.inSlot, settings);
  };
  expect(cause('16:12', '16:17')).toBe(false);
  expect(cause('16:12', '16:17:00.001')).toBe(true);
  expect(cause('17:00', '16:12')).toBe(false);
});

test('slicing ignores the order of intervals, never shortens by bridging and never leaves the slot', () => {
  const stay = fc
    .tuple(fc.integer({ min: -600, max: 4200 }), fc.integer({ min: 1, max: 3600 }))
    .map(([from, length]) => ({ start: at('16:00') + from * 1000, end: at('16:00') + (from + length) * 1000 }));
  fc.assert(
    fc.property(fc.array(stay, { maxLength: 5 }), fc.nat(300), (intervals, bridge) => {
      const of = (order: typeof intervals) =>
        slice(lesson([], [], { students: [person('ana', [], { intervals: order })] }), { bridge }).students[0]!;
      const { real, bridged, inSlot } = of(intervals);
      expect(of(intervals.toReversed())).toMatchObject({ real, bridged, inSlot });
      expect(totalMs(bridged)).toBeGreaterThanOrEqual(totalMs(real));
      expect(inSlot.every(({ start, end }) => at('16:00') <= start && start < end && end <= at('17:00'))).toBe(true);
    }),
  );
});
