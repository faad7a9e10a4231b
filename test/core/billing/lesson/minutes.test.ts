import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import {
  bounded,
  capMs,
  effectiveBasis,
  evidenceSteps,
  forgiven,
  measureCharge,
  percentOfSlot,
  roundMs,
  roundingText,
} from '../../../../src/core/billing/lesson/minutes.ts';
import { seen, sliceClass } from '../../../../src/core/billing/lesson/sliced-presence.ts';
import { lesson, person, policy, spans } from '../../../support/billing.ts';

const MINUTE = 60_000;

function sliced(c: BilledClass, changed: Readonly<Record<string, unknown>> = {}) {
  const { settings } = policy(changed);
  const ofClass = sliceClass(c, settings);
  return { settings, ofClass, student: ofClass.students[0]! };
}

describe('rounding', () => {
  const exact = fc.nat(6 * 60 * MINUTE);
  const increment = fc.constantFrom(1, 6, 15, 30, 60);
  const mode = fc.constantFrom('nearest' as const, 'up' as const, 'down' as const);

  test.each([
    ['46:30', 15, 'nearest', 0, 45],
    ['46:30', 15, 'up', 0, 60],
    ['46:30', 15, 'up', 2, 45],
    ['47:00', 15, 'up', 2, 45],
    ['47:01', 15, 'up', 2, 60],
    ['52:30', 15, 'nearest', 0, 60],
    ['59:59', 15, 'down', 0, 45],
  ] as const)('%s to %i minutes, %s with a tolerance of %i, is %i', (length, step, how, tolerance, wanted) => {
    const [minutes = 0, seconds = 0] = length.split(':').map(Number);
    const ms = minutes * MINUTE + seconds * 1000;
    expect(roundMs(ms, { increment: step, mode: how, tolerance })).toBe(wanted * MINUTE);
  });

  test('gives whole increments, is its own fixed point, and keeps the order', () => {
    fc.assert(
      fc.property(exact, exact, increment, mode, (ms, more, step, how) => {
        const rounding = { increment: step, mode: how, tolerance: 0 };
        const rounded = roundMs(ms, rounding);
        expect(rounded % (step * MINUTE)).toBe(0);
        expect(roundMs(rounded, rounding)).toBe(rounded);
        expect(roundMs(ms + more, rounding)).toBeGreaterThanOrEqual(rounded);
      }),
    );
  });

  test('never moves by an increment, and to the nearest by at most half of one', () => {
    fc.assert(
      fc.property(exact, increment, (ms, step) => {
        const by = (how: 'nearest' | 'up' | 'down') => roundMs(ms, { increment: step, mode: how, tolerance: 0 }) - ms;
        expect(by('down')).toBeLessThanOrEqual(0);
        expect(by('up')).toBeGreaterThanOrEqual(0);
        expect(by('up') - by('down') === 0 || by('up') - by('down') === step * MINUTE).toBe(true);
        expect(Math.abs(by('nearest'))).toBeLessThanOrEqual((step * MINUTE) / 2);
      }),
    );
  });

  test('is printed in a sentence', () => {
    const text = (mode: 'nearest' | 'up' | 'down', tolerance = 0) => roundingText({ increment: 15, mode, tolerance });
    expect(text('nearest')).toBe('Rounded once, to 15 min: to the nearest, half up.');
    expect(text('up', 2)).toBe('Rounded once, to 15 min: up, 2 min over is let go.');
    expect(text('up')).toBe('Rounded once, to 15 min: up.');
    expect(text('down')).toBe('Rounded once, to 15 min: down.');
  });
});

describe('grace', () => {
  const counted = (...student: string[]) => {
    const { settings, ofClass, student: ana } = sliced(lesson(['16:00-17:00'], student));
    return forgiven(ana, ofClass, settings);
  };

  test('a student who came at most five minutes late is charged from the start, one millisecond later from then', () => {
    expect(counted('16:05-17:00')).toEqual(spans('16:00-17:00'));
    expect(counted('16:05:00.001-17:00')).toEqual(spans('16:05:00.001-17:00'));
  });

  test('a student who left at most five minutes early is charged to the end, one millisecond earlier until then', () => {
    expect(counted('16:00-16:55')).toEqual(spans('16:00-17:00'));
    expect(counted('16:00-16:54:59.999')).toEqual(spans('16:00-16:54:59.999'));
  });

  test('what was missed in the middle is not forgiven, and who was not in the slot is forgiven nothing', () => {
    expect(counted('16:01-16:20', '16:24-16:58')).toEqual(spans('16:00-16:20', '16:24-17:00'));
    expect(counted('15:30-15:59')).toEqual([]);
  });

  test.each([
    ['overlap', 'Forgiven to the student: 3:20.'],
    ['actual', 'Forgiven to the student: 3:20.'],
    ['held', 'This basis forgives nothing.'],
    ['scheduled', 'This basis forgives nothing.'],
  ])('by %s the step says: %s', (basis, text) => {
    const late = lesson(['16:00-17:00'], ['16:03:20-17:00']);
    const { settings, ofClass, student } = sliced(late, { 'charge.basis': basis });
    expect(measureCharge(ofClass, [student], settings).steps.find(({ name }) => name === 'forgive')?.text).toBe(text);
  });

  test('the absence of the teacher is never forgiven', () => {
    const { settings, ofClass, student } = sliced(lesson(['16:04-17:00'], ['16:03-17:00']));
    expect(measureCharge(ofClass, [student], settings).counted).toEqual(spans('16:04-17:00'));
  });
});

test.each([
  ['overlap', '16:00-17:00', 'overlap'],
  ['held', '16:05-17:00', 'held'],
  ['held', '16:06-17:00', 'overlap'],
  ['scheduled', '16:06-17:00', 'overlap'],
  ['actual', '16:06-17:00', 'actual'],
])('the basis %s, taught %s, is %s', (basis, teacher, wanted) => {
  const { settings, ofClass } = sliced(lesson([teacher], ['16:00-17:00']), { 'charge.basis': basis });
  expect(effectiveBasis(ofClass, settings)).toBe(wanted);
});

test.each([
  ['timetable', 0, 60],
  ['timetable', 15, 75],
  [45, 15, 45],
  ['none', 0, null],
])('the cap %s with %i minutes approved is %s minutes', (max, approvedOverrunMinutes, minutes) => {
  const { settings, ofClass } = sliced(lesson(['16:00-17:00'], [], { approvedOverrunMinutes }), { max });
  expect(capMs(ofClass, settings)).toBe(minutes === null ? null : minutes * MINUTE);
});

test('a time is raised to the minimum and cut at the cap, and the cap has the last word', () => {
  expect(bounded(12 * MINUTE, 30, 60 * MINUTE).ms).toBe(30 * MINUTE);
  expect(bounded(12 * MINUTE, null, null).ms).toBe(12 * MINUTE);
  expect(bounded(75 * MINUTE, 30, 60 * MINUTE).ms).toBe(60 * MINUTE);
  expect(bounded(12 * MINUTE, 30, 20 * MINUTE).ms).toBe(20 * MINUTE);
  expect(bounded(0, 30, 60 * MINUTE).steps.map(({ text }) => text)).toEqual(['At least 30 min.', 'At most 60:00 min.']);
});

test('half of the timetable of 45 minutes is 22:30', () => {
  expect(percentOfSlot({ slotMs: 45 * MINUTE }, 50)).toBe(22 * MINUTE + 30_000);
});

test('what was seen of a student: alone, with a teacher, and behind what was approved', () => {
  const { ofClass, student } = sliced(lesson(['16:10-17:10'], ['15:50-17:20']));
  expect(seen(student, ofClass)).toEqual({
    presentMs: 60 * MINUTE,
    togetherMs: 50 * MINUTE,
    overrunMs: 10 * MINUTE,
  });
});

test('students who share a price are measured together', () => {
  const { settings, ofClass } = sliced(
    lesson(['16:00-17:00'], [], { students: [person('ana', ['16:00-16:20']), person('ben', ['16:10-16:40'])] }),
  );
  expect(measureCharge(ofClass, ofClass.students, settings)).toMatchObject({
    counted: spans('16:00-16:40'),
    countedMs: 40 * MINUTE,
    roundedMs: 40 * MINUTE,
  });
});

test('the first steps say what Google told and what was made of it', () => {
  const { student } = sliced(lesson([], ['16:00-16:30', '16:31-17:00']));
  expect(evidenceSteps([['student', student]], 120)).toMatchObject([
    { name: 'collect', text: '2 participant sessions of 1 person.' },
    { name: 'union' },
    { name: 'slice', sets: [{ label: 'student', intervals: spans('16:00-16:30', '16:31-17:00') }] },
    { name: 'bridge', text: 'Drops of at most 120 s are filled.', sets: [{ intervals: spans('16:00-17:00') }] },
  ]);
  expect(evidenceSteps([], 0).at(-1)?.text).toBe('Drops are not bridged.');
});
