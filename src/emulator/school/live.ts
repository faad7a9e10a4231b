import { MINUTE_MS } from '../../core/time/duration.ts';
import type { Interval } from '../../core/time/interval.ts';
import { guest, phone, type Guest } from '../timeline.ts';
import type { Account } from '../world.ts';
import { interrupt, type Visit } from './lessons.ts';

/** A class going on around "now". Teacher and students by their places in the school's lists. */
export interface LiveLesson extends Interval {
  readonly teacher: number;
  readonly students: readonly number[];
  readonly subject: string;
  readonly visits: readonly Visit[];
}

type Visitor = Account | Guest;

const SECOND = 1000;
const STEP = 5 * MINUTE_MS;

/**
 * Six classes in which something happens within seconds and minutes after `now`, and one that has just ended. Slots
 * are on full five minutes.
 *
 * @param free students who may take part, ten at least, in any order
 * @param visitor how a student enters a call
 */
export function liveLessons(
  now: number,
  teachers: readonly Account[],
  free: readonly number[],
  visitor: (student: number) => Visitor,
): LiveLesson[] {
  const mark = Math.floor(now / STEP) * STEP;
  const after = (seconds: number) => now + seconds * SECOND;

  function lesson(
    teacher: number,
    students: readonly number[],
    subject: string,
    slot: { start: number; minutes: number },
    play: (slot: Interval, teacher: Visitor, students: readonly Visitor[]) => Visit[],
  ): LiveLesson {
    const account = teachers[teacher];
    if (account === undefined) throw new RangeError(`no teacher ${teacher}`);
    const interval = { start: slot.start, end: slot.start + slot.minutes * MINUTE_MS };
    return { ...interval, teacher, students, subject, visits: play(interval, account, students.map(visitor)) };
  }

  const some = (from: number, count: number) => free.slice(from, from + count);

  return [
    // Well under way: the student drops out in a moment and comes back.
    lesson(0, some(0, 1), 'Algebra', { start: mark - 4 * STEP, minutes: 60 }, ({ start, end }, teacher, [student]) => [
      { who: teacher, start: start - 2 * MINUTE_MS, end: end + MINUTE_MS },
      ...visit(student, start + 40 * SECOND, end + 30 * SECOND).flatMap((whole) =>
        interrupt([whole], { start: after(25), end: after(70) }),
      ),
    ]),
    // A group whose students come one after the other; one of them joins from somebody else's tablet.
    lesson(1, some(1, 4), 'Physics', { start: mark - STEP, minutes: 45 }, ({ start, end }, teacher, [a, b, c]) => [
      { who: teacher, start: start - 3 * MINUTE_MS, end: end + 2 * MINUTE_MS },
      ...visit(a, start - 20 * SECOND, after(150)),
      ...visit(b, start + 90 * SECOND, end + 10 * SECOND),
      ...visit(c, after(8), end + 5 * SECOND),
      { who: guest('iPad'), start: after(40), end: end - MINUTE_MS },
    ]),
    // About to begin.
    lesson(2, some(5, 1), 'Japanese', { start: mark + STEP, minutes: 30 }, ({ end }, teacher, [student]) => [
      { who: teacher, start: after(12), end: end + 20 * SECOND },
      ...visit(student, after(30), end),
    ]),
    // About to end.
    lesson(
      3,
      some(6, 1),
      'Chemistry',
      { start: mark + STEP - 45 * MINUTE_MS, minutes: 45 },
      ({ start }, teacher, [student]) => [
        { who: teacher, start: start - MINUTE_MS, end: after(100) },
        ...visit(student, start + 2 * MINUTE_MS, after(35)),
      ],
    ),
    // The student waits for the teacher.
    lesson(4, some(7, 1), 'French', { start: mark - STEP, minutes: 30 }, ({ start, end }, teacher, [student]) => [
      ...visit(student, start - MINUTE_MS, end + MINUTE_MS),
      { who: teacher, start: after(55), end: end + MINUTE_MS },
    ]),
    // Nobody is here yet; the student will dial in.
    lesson(5, some(8, 1), 'Programming', { start: mark, minutes: 60 }, ({ end }, teacher) => [
      { who: teacher, start: after(5), end: end + 3 * MINUTE_MS },
      { who: phone('+44 •••• ••••87'), start: after(20), end: end - 2 * MINUTE_MS },
    ]),
    // Just over; Google will soon correct the time when the student left.
    lesson(
      6,
      some(9, 1),
      'English',
      { start: mark - 50 * MINUTE_MS, minutes: 30 },
      ({ start, end }, teacher, [student]) => [
        { who: teacher, start: start - MINUTE_MS, end: end + MINUTE_MS },
        ...visit(student, start + MINUTE_MS, end - 6 * MINUTE_MS).map((early) => ({
          ...early,
          corrections: [{ at: after(300), end: end - 10 * SECOND }],
        })),
      ],
    ),
  ];
}

function visit(who: Visitor | undefined, start: number, end: number): Visit[] {
  return who === undefined ? [] : [{ who, start, end, device: 'laptop' }];
}
