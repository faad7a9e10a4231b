import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { assignments } from '../../../src/core/attendance/attribution.ts';
import { evidenceWindow } from '../../../src/core/schedule/class.ts';
import { overlaps, totalMs, union } from '../../../src/core/time/interval.ts';
import { at, clockTime, klass, MARGINS, type Klass } from '../../support/attendance.ts';

// A class is looked for from half an hour before it until an hour behind it.

/** `16:00-17:00 A`, in the order of the classes given. */
function belongs(...classes: readonly Klass[]): string[] {
  const name = (id: number) => 'ABC'[classes.findIndex((c) => c.id === id)];
  return assignments(classes, MARGINS).map(
    ({ start, end, classId }) => `${clockTime(start)}-${clockTime(end)} ${name(classId)}`,
  );
}

const lesson = (from: string, to: string) => klass(from, to, 'ana');

describe('an instant belongs to', () => {
  test('the only class in whose window it lies', () => {
    expect(belongs(lesson('16:00', '17:00'))).toEqual(['15:30-18:00 A']);
  });

  test('of two classes in a row the one whose slot it is in, at the boundary the second', () => {
    expect(belongs(lesson('16:00', '17:00'), lesson('17:00', '18:00'))).toEqual(['15:30-17:00 A', '17:00-19:00 B']);
  });

  test('in a break the class that comes, once its window is open', () => {
    expect(belongs(lesson('16:00', '17:00'), lesson('17:10', '18:00'))).toEqual(['15:30-17:00 A', '17:00-19:00 B']);
    expect(belongs(lesson('16:00', '17:00'), lesson('17:45', '18:45'))).toEqual(['15:30-17:15 A', '17:15-19:45 B']);
  });

  test('of several to come the one that comes next', () => {
    expect(belongs(lesson('16:00', '17:00'), lesson('17:10', '17:20'), lesson('17:20', '18:00'))).toEqual([
      '15:30-17:00 A',
      '17:00-17:20 B',
      '17:20-19:00 C',
    ]);
  });

  test('behind all of them the one that ended last', () => {
    expect(belongs(lesson('16:00', '18:00'), lesson('16:30', '17:00'))).toEqual(['15:30-19:00 A']);
  });

  test('of two classes at once the one that began first', () => {
    expect(belongs(lesson('16:30', '17:30'), lesson('16:00', '17:00'))).toEqual(['15:30-17:00 B', '17:00-18:30 A']);
  });

  test('none, between windows that do not meet', () => {
    expect(belongs(lesson('10:00', '11:00'), lesson('16:00', '17:00'))).toEqual(['09:30-12:00 A', '15:30-18:00 B']);
    expect(belongs()).toEqual([]);
  });
});

describe('whatever the timetable of a room', () => {
  const timetable = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.constantFrom(15, 30, 60, 90)), { minLength: 1, maxLength: 5 })
    .map((all) =>
      all.map(([from, length]): Klass => {
        const start = at('12:00') + from * 60_000;
        return { ...lesson('16:00', '17:00'), start, end: start + length * 60_000 };
      }),
    );

  test('each instant in a window belongs to one class in whose window it lies, and none to two', () => {
    fc.assert(
      fc.property(timetable, (classes) => {
        const assigned = assignments(classes, MARGINS);
        for (const [i, { start, end, classId }] of assigned.entries()) {
          const window = evidenceWindow(
            classes.find(({ id }) => id === classId)!,
            MARGINS,
          );
          expect(window.start <= start && start < end && end <= window.end).toBe(true);
          expect(i === 0 || assigned[i - 1]!.end <= start).toBe(true);
        }
        expect(totalMs(union(assigned))).toBe(totalMs(union(classes.map((c) => evidenceWindow(c, MARGINS)))));
      }),
    );
  });

  test('a slot that no other class shares is wholly its own, and the order of the classes is nothing', () => {
    fc.assert(
      fc.property(timetable, (classes) => {
        const assigned = assignments(classes, MARGINS);
        expect(assignments(classes.toReversed(), MARGINS)).toEqual(assigned);
        for (const c of classes) {
          if (classes.some((other) => other !== c && overlaps(other, c))) continue;
          const own = assigned.filter((one) => one.classId !== c.id && overlaps(one, c));
          expect(own).toEqual([]);
        }
      }),
    );
  });
});
