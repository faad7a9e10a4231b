import { MINUTE_MS } from '../../core/time/duration.ts';
import { overlaps, type Interval } from '../../core/time/interval.ts';
import { pick, type Random } from '../random.ts';

/** A weekly class. Teachers and students by their places in the lists they came from. */
export interface Series {
  readonly id: string;
  readonly teacher: number;
  readonly students: readonly number[];
  readonly subject: string;
  /** 1 Monday … 7 Sunday */
  readonly weekday: number;
  /** Local time, `16:00`. */
  readonly time: string;
  readonly minutes: number;
}

/** One class of a series. Instants in epoch ms. */
export interface Lesson extends Interval {
  readonly series: Series;
}

/** Afternoons of a teacher. The first two touch: one class ends as the next begins, in the same room. */
const AFTERNOON = [
  { time: '16:00', minutes: 60 },
  { time: '17:00', minutes: 60 },
  { time: '19:00', minutes: 45 },
] as const;
const MORNING = [
  { time: '10:00', minutes: 30 },
  { time: '10:45', minutes: 45 },
] as const;
/** How many students the classes have, in turn: most are one-to-one. */
const SIZES = [1, 1, 1, 3, 1, 1, 4, 1, 1, 2, 1] as const;

/**
 * A week of the school: full-time teachers have five classes on two days, the last teacher two on Saturday morning.
 * No student is in two classes at a time.
 *
 * @param together students who share an account and are taught together, in the first class of the first teacher
 */
export function weeklySeries(
  teachers: readonly { readonly subjects: readonly [string, ...string[]] }[],
  students: number,
  together: readonly number[],
  random: Random,
): Series[] {
  const series: Series[] = [];
  const waiting = Array.from({ length: students }, (_, index) => index).filter((index) => !together.includes(index));
  const busy = new Set<string>();

  function enrol(size: number, slot: string): number[] {
    const enrolled: number[] = [];
    for (let turn = waiting.length; turn > 0 && enrolled.length < size; turn -= 1) {
      const student = waiting.shift();
      if (student === undefined) break;
      waiting.push(student);
      if (busy.has(`${student} ${slot}`)) continue;
      busy.add(`${student} ${slot}`);
      enrolled.push(student);
    }
    return enrolled;
  }

  for (const [teacher, { subjects }] of teachers.entries()) {
    const partTime = teacher === teachers.length - 1;
    const days = partTime ? [6] : [1 + (teacher % 5), 1 + ((teacher + 2) % 5)];
    for (const [nth, weekday] of days.entries()) {
      for (const { time, minutes } of partTime ? MORNING : AFTERNOON.slice(0, 3 - nth)) {
        const size = SIZES[series.length % SIZES.length] ?? 1;
        series.push({
          id: `series-${String(series.length + 1).padStart(2, '0')}`,
          teacher,
          students: series.length === 0 ? together : enrol(size, `${weekday} ${time}`),
          subject: pick(random, subjects),
          weekday,
          time,
          minutes,
        });
      }
    }
  }
  return series;
}

/**
 * The lessons of weekly series that lie within `span`, in the order of their starts. Local times keep their hour when
 * the clocks change.
 */
export function lessonsWithin(series: readonly Series[], span: Interval, timezone: string): Lesson[] {
  const first = Temporal.Instant.fromEpochMilliseconds(span.start).toZonedDateTimeISO(timezone).toPlainDate();
  const lessons: Lesson[] = [];
  for (const weekly of series) {
    let date = first.add({ days: (weekly.weekday - first.dayOfWeek + 7) % 7 });
    for (;;) {
      const start = date.toZonedDateTime({ timeZone: timezone, plainTime: weekly.time }).epochMilliseconds;
      if (start >= span.end) break;
      const end = start + weekly.minutes * MINUTE_MS;
      if (start >= span.start && end <= span.end) lessons.push({ series: weekly, start, end });
      date = date.add({ days: 7 });
    }
  }
  return lessons.sort((a, b) => a.start - b.start || a.series.teacher - b.series.teacher);
}

/** A teacher who has no lesson while another one's goes on. */
export function freeTeacher(lessons: readonly Lesson[], lesson: Lesson, teachers: number): number | null {
  const busy = new Set(lessons.filter((other) => overlaps(other, lesson)).map((other) => other.series.teacher));
  for (let step = 1; step < teachers; step += 1) {
    const candidate = (lesson.series.teacher + step) % teachers;
    if (!busy.has(candidate)) return candidate;
  }
  return null;
}
