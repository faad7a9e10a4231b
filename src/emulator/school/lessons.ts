import { HOUR_MS, MINUTE_MS } from '../../core/time/duration.ts';
import type { Interval } from '../../core/time/interval.ts';
import { between, type Random } from '../random.ts';
import { guest, phone, type Guest } from '../timeline.ts';
import type { Account, SessionCorrection } from '../world.ts';

/** Someone's stay in a room, on one device. */
export interface Visit extends Interval {
  readonly who: Account | Guest;
  readonly device?: string;
  readonly corrections?: SessionCorrection[];
}

/** What may be unusual in a lesson. Most lessons go as planned. */
export const TWISTS = [
  'late student',
  'early leaver',
  'student no-show',
  'teacher late',
  'teacher no-show',
  'nobody came',
  'call restarted',
  'two devices',
  'reconnected',
  'substitute',
  'joined as iPad',
  'dialled in',
  'note-taker',
  'outsider',
  'overrun',
  'corrected later',
] as const;
export type Twist = (typeof TWISTS)[number];

/** Who takes part in a lesson. */
export interface Cast {
  readonly teacher: Account;
  /** Those who share an account stand here once. Not empty. */
  readonly students: readonly (Account | Guest)[];
  readonly substitute: Account;
  readonly bot: Guest;
  readonly outsider: Account;
}

/** Writes the visits of one lesson. */
export function playLesson({ start, end }: Interval, cast: Cast, twist: Twist | null, random: Random): Visit[] {
  /** A random length between two numbers of minutes. */
  const minutes = (from: number, to: number) => between(random, from * MINUTE_MS, to * MINUTE_MS);
  const teacher: Visit = { who: cast.teacher, start: start - minutes(1, 6), end: end + minutes(0, 3) };
  const students = cast.students.map((who): Visit => ({
    who,
    start: start + minutes(-3, 3),
    end: end + minutes(-1, 2),
    device: 'laptop',
  }));
  const [student, ...others] = students;
  if (student === undefined) return [];
  const middle = start + Math.floor((end - start) / 2) + minutes(-5, 5);

  switch (twist) {
    case null:
      return [teacher, ...students];
    case 'late student':
      return [teacher, { ...student, start: start + minutes(7, 18) }, ...others];
    case 'early leaver':
      return [teacher, { ...student, end: end - minutes(8, 15) }, ...others];
    case 'student no-show':
      return others.length > 0 ? [teacher, ...others] : [{ ...teacher, end: start + minutes(15, 20) }];
    case 'teacher late':
      return [{ ...teacher, start: start + minutes(6, 11) }, ...students];
    case 'teacher no-show':
      return students.map((visit) => ({ ...visit, end: start + minutes(10, 18) }));
    case 'nobody came':
      return [];
    case 'call restarted':
      return interrupt([teacher, ...students], { start: middle, end: middle + minutes(1, 2) });
    case 'two devices':
      return [
        teacher,
        ...students,
        { ...student, start: middle - minutes(4, 8), end: end - minutes(2, 5), device: 'phone' },
      ];
    case 'reconnected':
      return [teacher, ...interrupt([student], { start: middle, end: middle + minutes(1, 4) }), ...others];
    case 'substitute':
      return [{ ...teacher, who: cast.substitute }, ...students];
    case 'joined as iPad':
      return [teacher, { ...student, who: guest('iPad'), device: 'ipad' }, ...others];
    case 'dialled in':
      return [teacher, { ...student, who: phone('+44 •••• ••••21'), device: 'phone' }, ...others];
    case 'note-taker':
      return [teacher, ...students, { who: cast.bot, start: start - minutes(1, 2), end: end + minutes(15, 25) }];
    case 'outsider':
      return [teacher, ...students, { who: cast.outsider, start: middle, end: end - minutes(1, 4) }];
    case 'overrun': {
      const more = minutes(8, 18);
      return [teacher, ...students].map((visit) => ({ ...visit, end: visit.end + more }));
    }
    case 'corrected later': {
      const corrections = [{ at: end + 6 * HOUR_MS, end: student.end }];
      return [teacher, { ...student, end: student.end - minutes(3, 6), corrections }, ...others];
    }
    default:
      return twist satisfies never;
  }
}

/** Cuts a time out of every visit: somebody who was there before and after it joins twice. */
export function interrupt(visits: readonly Visit[], hole: Interval): Visit[] {
  return visits.flatMap((visit) =>
    [
      { ...visit, end: Math.min(visit.end, hole.start) },
      { ...visit, start: Math.max(visit.start, hole.end) },
    ].filter(({ start, end }) => start < end),
  );
}
