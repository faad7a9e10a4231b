import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';

import { at, bill, lesson, person } from '../../../support/billing.ts';

const next = { classId: 6, start: at('17:00'), end: at('18:00') };
/** A lesson of two that are held back to back in two rooms, by teachers of their own. */
const early = (teacher: string, student: string, changed = {}) =>
  lesson([teacher], [], { students: [person('ana', [student])], ...changed });
const late = (teacher: string, student: string, changed = {}) =>
  lesson([teacher], [student], {
    ...next,
    teachers: [person('theo', [teacher])],
    students: [person('ana', [student])],
    ...changed,
  });
const minutes = (billed: ReturnType<typeof bill>) => billed.charges.map(({ billedMs }) => billedMs / 60_000);
const flags = (billed: ReturnType<typeof bill>) => billed.charges.map((line) => line.flags);

describe('a minute of a student is charged once', () => {
  test('also where minutes behind one class were approved that the next class charges', () => {
    const billed = bill([
      early('16:00-17:20', '16:00-17:20', { approvedOverrunMinutes: 20, overrunDecided: true }),
      late('17:00-18:00', '17:00-18:00'),
    ]);
    expect(minutes(billed)).toEqual([60, 60]);
    expect(flags(billed)).toEqual([['student_double_booked'], ['student_double_booked']]);
    expect(billed.charges[0]!.reason).toBe(
      'The student attended. 20 min before or after the slot are charged in another class.',
    );
    expect(billed.charges[0]!.steps.find(({ name }) => name === 'clip')!.sets).toContainEqual({
      label: 'charged in another class',
      intervals: [{ start: at('17:00'), end: at('17:20') }],
    });
  });

  test('where the policy counts time around the slots of both', () => {
    const policy = { 'charge.before': 10, 'charge.after': 10, max: 'none' };
    const classes = [early('15:58-17:08', '15:59-17:08'), late('16:58-18:01', '16:58-18:01')];
    expect(minutes(bill(classes, policy))).toEqual([61, 61]);
    expect(minutes(bill(classes, { ...policy, 'charge.basis': 'held' }))).toEqual([62, 61]);
  });

  test('and minutes between two slots stay with the class that starts first', () => {
    const classes = [
      early('16:00-17:10', '16:00-17:10'),
      late('17:00-18:10', '17:00-18:10', { start: at('17:10'), end: at('18:10') }),
    ];
    expect(minutes(bill(classes, { 'charge.before': 10, 'charge.after': 10, max: 'none' }))).toEqual([70, 60]);
  });

  test('where the other class does not charge them they stay', () => {
    const overrun = { approvedOverrunMinutes: 20, overrunDecided: true };
    expect(minutes(bill([early('16:00-17:20', '16:00-17:20', overrun), late('17:00-18:00', '17:20-18:00')]))).toEqual([
      80, 40,
    ]);
    const notEnrolled = { students: [person('ana', ['17:00-18:00'], { enrolled: false })] };
    expect(
      minutes(bill([early('16:00-17:20', '16:00-17:20', overrun), late('17:00-18:00', '17:00-18:00', notEnrolled)])),
    ).toEqual([80, 0]);
  });

  test('of a group that shares a price only what every student is charged elsewhere is taken out', () => {
    const students = [person('ana', ['16:00-17:20']), person('ben', ['16:00-17:20'])];
    const group = lesson(['16:00-17:20'], [], { students, approvedOverrunMinutes: 20, overrunDecided: true });
    expect(minutes(bill([group, late('17:00-18:00', '17:00-18:00')], { 'group.charge': 'split' }))).toEqual([
      80, 80, 60,
    ]);
  });

  test('whatever is counted around two slots: never more than the minutes that the student was there', () => {
    const upTo = (max: number) => fc.integer({ min: 0, max });
    const stays = fc.array(fc.tuple(upTo(150), fc.integer({ min: 1, max: 60 })), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(upTo(30), upTo(30), upTo(30), upTo(40), stays, (before, after, approved, gap, times) => {
        const inCall = (which: number) =>
          times
            .filter((_, i) => i % 2 === which)
            .map(([from, length]) => ({
              start: at('16:00') + from * 60_000,
              end: at('16:00') + (from + length) * 60_000,
            }));
        const held = (which: number, teacher: 'tess' | 'theo', changed: Parameters<typeof lesson>[2]) =>
          lesson([], [], {
            coverage: 'complete',
            teachers: [person(teacher, [], { intervals: inCall(which) })],
            students: [person('ana', [], { intervals: inCall(which) })],
            ...changed,
          });
        const second = { classId: 6, start: at('17:00') + gap * 60_000, end: at('18:00') + gap * 60_000 };
        const classes = [
          held(0, 'tess', { approvedOverrunMinutes: approved, overrunDecided: true }),
          held(1, 'theo', second),
        ];
        const counts = { preset: 'actual_time', 'charge.before': before, 'charge.after': after, max: 'none' };
        const charged = minutes(bill(classes, counts)).reduce((sum, one) => sum + one, 0);
        const there = new Set(times.flatMap(([from, length]) => Array.from({ length }, (_, i) => from + i)));
        expect(charged).toBeLessThanOrEqual(there.size);
      }),
      { numRuns: 300 },
    );
  });
});
