import type { AttendanceStatus } from '../attendance/status.ts';
import { localDate, monthOf } from '../time/calendar.ts';
import { minutesOf } from '../time/duration.ts';
import { totalMs, union, type Interval } from '../time/interval.ts';

/** What the summary needs of the attendance log of a person. Instants in epoch ms. */
export interface SummarisedLog {
  readonly classId: number;
  readonly personId: number;
  readonly email: string;
  readonly name: string | null;
  readonly status: AttendanceStatus;
  readonly classStart: number;
  readonly intervals: readonly Interval[];
}

/** One person in one month. `expected` is the sum of `present`, `late`, `absent`, `excused` and `pending`. */
export interface MonthOfAttendance {
  readonly personId: number;
  readonly email: string;
  readonly name: string | null;
  /** `2026-01` */
  readonly month: string;
  /** Classes that the person is on the roster of. */
  readonly expected: number;
  /** On time. */
  readonly present: number;
  readonly late: number;
  readonly absent: number;
  readonly excused: number;
  /** The evidence is not complete yet, or a review is open, so that the person is neither present nor absent. */
  readonly pending: number;
  /** Classes visited without being on the roster. */
  readonly visited: number;
  /** Of presence in all of these classes, to two decimals. A minute in two rooms is one minute. */
  readonly minutes: number;
}

/**
 * Attendance by person and month, counted from the logs given; their order does not matter.
 *
 * @param logs one a class and person; classes that were canceled are left out by the caller
 * @param zone IANA zone whose calendar gives a class its month
 * @returns ordered by month, then e-mail
 */
export function attendanceSummary(logs: readonly SummarisedLog[], zone: string): MonthOfAttendance[] {
  const groups = Map.groupBy(
    logs.map((log) => ({ ...log, month: monthOf(localDate(log.classStart, zone)) })),
    ({ personId, month }) => `${month} ${personId}`,
  );
  return [...groups.values()]
    .map((group): MonthOfAttendance => {
      const { personId, email, name, month } = group[0]!;
      const classesOf = (...statuses: readonly AttendanceStatus[]): number =>
        new Set(group.filter(({ status }) => statuses.includes(status)).map(({ classId }) => classId)).size;
      return {
        personId,
        email,
        name,
        month,
        expected: classesOf('present', 'late', 'absent', 'excused', 'pending'),
        present: classesOf('present'),
        late: classesOf('late'),
        absent: classesOf('absent'),
        excused: classesOf('excused'),
        pending: classesOf('pending'),
        visited: classesOf('guest'),
        minutes: minutesOf(totalMs(union(group.flatMap(({ intervals }) => intervals)))),
      };
    })
    .sort((a, b) => compare(a.month, b.month) || compare(a.email, b.email) || a.personId - b.personId);
}

/** By code unit: the same on any machine, whatever its language. */
function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
