import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/time/duration.ts';
import { overlaps } from '../core/time/interval.ts';
import { createRandom, letters, meetingCode, pick, type Random } from './random.ts';
import { writeCalls } from './school/calls.ts';
import { playLesson, TWISTS, type Twist, type Visit } from './school/lessons.ts';
import { liveLessons } from './school/live.ts';
import {
  ADMIN,
  CONSUMER_DOMAIN,
  DOMAIN,
  FAMILIES,
  TEACHERS,
  type FamilySketch,
  type StudentSketch,
} from './school/people.ts';
import { freeTeacher, lessonsWithin, weeklySeries, type Lesson } from './school/timetable.ts';
import { createTimeline, guest, type Guest, type Timeline } from './timeline.ts';
import type { Account, World } from './world.ts';

/** A tutoring business for demos: what its office knows, and the world its calls take place in. */
export interface School {
  readonly world: World;
  readonly timezone: string;
  readonly people: readonly SchoolPerson[];
  readonly families: readonly SchoolFamily[];
  /** By start, earliest first: the past ones since {@link historyStart}, those around `now`, and the next two days. */
  readonly classes: readonly SchoolClass[];
}

export interface SchoolPerson {
  readonly email: string;
  readonly name: string;
  readonly role: 'teacher' | 'student' | 'admin';
  /** Where the office happens to know it. */
  readonly googleUserId?: string;
}

export interface SchoolFamily {
  readonly name: string;
  readonly currency: string;
  readonly billingEmail: string;
  readonly studentEmails: readonly string[];
}

export interface SchoolClass {
  readonly teacherEmail: string;
  readonly studentEmails: readonly string[];
  readonly subject: string;
  /** Epoch ms. */
  readonly start: number;
  readonly durationMinutes: number;
  readonly meetCode: string;
  readonly organizerEmail: string;
  /** Null for a class on its own. */
  readonly seriesId: string | null;
}

interface Student extends StudentSketch {
  readonly email: string;
  /** Null: joins without one. */
  readonly account: Account | null;
}

const TIMEZONE = 'Europe/London';
/** No weekly class takes place this close to now: that time belongs to the live ones. */
const LIVE_MARGIN = 2 * HOUR_MS;
/** One lesson in so many has a twist. */
const TWIST_EVERY = 2.5;

/** What is left of last month when it is closed: enough for lessons of every kind. */
const LAST_MONTH_DAYS = 10;

/** From when there are lessons: four weeks before `now`, and always the last days of the month before. */
export function historyStart(now: number): number {
  const month = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(TIMEZONE).with({ day: 1 }).startOfDay();
  return Math.min(now - 28 * DAY_MS, month.subtract({ days: LAST_MONTH_DAYS }).epochMilliseconds);
}

/**
 * Builds the school as it stands at `now` (epoch ms), with calls that go on for two days. Same arguments, same school.
 */
export function buildSchool({ now, seed }: { readonly now: number; readonly seed: number }): School {
  const random = createRandom(seed);
  const timeline = createTimeline('1970-01-01');
  const newAccount = accountMaker(timeline, random);
  const admin = newAccount(`${ADMIN.slug}@${DOMAIN}`, ADMIN.name);
  const teachers = TEACHERS.map(({ slug, name }) => newAccount(`${slug}@${DOMAIN}`, name));
  teachers.at(-1)!.revoked = true;
  const rooms = teachers.map((teacher) => timeline.room(teacher, meetingCode(random)));
  const students = FAMILIES.flatMap((family) => enrolFamily(family, newAccount));
  const outsider = newAccount(`pat.visitor@${CONSUMER_DOMAIN}`, 'Pat Visitor', false);

  const visits: Visit[][] = rooms.map(() => []);
  const classes: SchoolClass[] = [];
  const visitor = (student: number): Account | Guest => students[student]!.account ?? guest(students[student]!.name);

  function addClass(
    lesson: { start: number; end: number; teacher: number; students: readonly number[]; subject: string },
    seriesId: string | null,
    played: readonly Visit[],
  ): void {
    const { email } = teachers[lesson.teacher]!;
    visits[lesson.teacher]!.push(...played);
    classes.push({
      teacherEmail: email,
      studentEmails: lesson.students.map((student) => students[student]!.email),
      subject: lesson.subject,
      start: lesson.start,
      durationMinutes: (lesson.end - lesson.start) / MINUTE_MS,
      meetCode: rooms[lesson.teacher]!.meetingCode,
      organizerEmail: email,
      seriesId,
    });
  }

  const together = students.flatMap(({ entry }, index) => (entry === 'shared' ? [index] : []));
  const series = weeklySeries(TEACHERS, students.length, together, random);
  const liveTime = { start: now - LIVE_MARGIN, end: now + LIVE_MARGIN };
  const lessons = lessonsWithin(series, { start: historyStart(now), end: now + 2 * DAY_MS }, TIMEZONE).filter(
    (lesson) => !overlaps(lesson, liveTime),
  );
  const twists = scatterTwists(lessons, random);
  for (const lesson of lessons) {
    const stand = freeTeacher(lessons, lesson, teachers.length - 1);
    const cast = {
      teacher: teachers[lesson.series.teacher]!,
      students: [...new Set(lesson.series.students.map(visitor))],
      substitute: teachers[stand ?? 0]!,
      bot: guest('Larkfield Notetaker'),
      outsider,
    };
    const twist = twists.get(lesson) ?? null;
    const possible = twist === 'substitute' && stand === null ? null : twist;
    const { teacher, students: roster, subject, id } = lesson.series;
    addClass({ ...lesson, teacher, students: roster, subject }, id, playLesson(lesson, cast, possible, random));
  }

  const alone = shuffle(
    students.flatMap(({ entry }, index) => (entry === 'shared' ? [] : [index])),
    random,
  );
  for (const lesson of liveLessons(now, teachers, alone, visitor)) addClass(lesson, null, lesson.visits);

  for (const [index, room] of rooms.entries()) writeCalls(room, visits[index]!);
  return {
    world: timeline.world,
    timezone: TIMEZONE,
    people: [
      { email: admin.email, name: admin.name, role: 'admin' },
      ...teachers.map(({ email, name }): SchoolPerson => ({ email, name, role: 'teacher' })),
      ...students.map((student, index) => describeStudent(student, index)),
    ],
    families: FAMILIES.map(({ name, currency, students: members }) => ({
      name,
      currency,
      billingEmail: `${members[0]!.slug}.parent@${CONSUMER_DOMAIN}`,
      studentEmails: members.map((member) => emailOf(member)),
    })),
    classes: classes.sort((a, b) => a.start - b.start),
  };
}

type NewAccount = (email: string, name: string, inDirectory?: boolean) => Account;

/** Accounts with ids as Google's: 21 digits. */
function accountMaker(timeline: Timeline, random: Random): NewAccount {
  return (email, name, inDirectory = true) =>
    timeline.account(email, name, { id: `1${letters(random, 20, '0123456789')}`, inDirectory });
}

function emailOf({ slug, entry }: StudentSketch): string {
  return `${slug}@${entry === 'directory' ? DOMAIN : CONSUMER_DOMAIN}`;
}

function enrolFamily({ students }: FamilySketch, newAccount: NewAccount): Student[] {
  const shared = students.some(({ entry }) => entry === 'shared')
    ? newAccount(`jones.family@${CONSUMER_DOMAIN}`, 'Jones Family', false)
    : null;
  return students.map((student) => {
    const email = emailOf(student);
    switch (student.entry) {
      case 'directory':
      case 'consumer':
        return { ...student, email, account: newAccount(email, student.name, student.entry === 'directory') };
      case 'guest':
        return { ...student, email, account: null };
      case 'shared':
        return { ...student, email, account: shared };
      default:
        return student.entry satisfies never;
    }
  });
}

/** Of some consumer accounts the office has written down the id; the others are known by their names only. */
function describeStudent({ email, name, entry, account }: Student, index: number): SchoolPerson {
  const known = entry === 'consumer' && index % 2 === 0 && account !== null;
  return { email, name, role: 'student', ...(known && { googleUserId: account.id }) };
}

/**
 * Gives the twists in turn to lessons chosen at random, so that each twist comes up several times. `nobody came` is for
 * lessons an hour or more away from others of the same room, so that no call is near.
 */
function scatterTwists(lessons: readonly Lesson[], random: Random): Map<Lesson, Twist> {
  const twists = new Map<Lesson, Twist>();
  const drawn = shuffle(lessons, random);
  for (let turn = 0; turn < lessons.length / TWIST_EVERY; turn += 1) {
    const twist = TWISTS[turn % TWISTS.length]!;
    const fits = drawn.findIndex((lesson) => twist !== 'nobody came' || isQuiet(lesson, lessons));
    const [lesson] = fits === -1 ? [] : drawn.splice(fits, 1);
    if (lesson !== undefined) twists.set(lesson, twist);
  }
  return twists;
}

function isQuiet(lesson: Lesson, lessons: readonly Lesson[]): boolean {
  const around = { start: lesson.start - HOUR_MS, end: lesson.end + HOUR_MS };
  return !lessons.some(
    (other) => other !== lesson && other.series.teacher === lesson.series.teacher && overlaps(other, around),
  );
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  const mixed: T[] = [];
  while (left.length > 0) {
    const next = pick(random, left);
    left.splice(left.indexOf(next), 1);
    mixed.push(next);
  }
  return mixed;
}
