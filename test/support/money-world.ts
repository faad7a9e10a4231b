import type { Coverage } from '../../src/core/attendance/coverage-state.ts';
import { webWorld, type WebWorld } from '../web/web-world.ts';

/** A lesson as it happened. Times are UTC, presence is `16:00-16:30` or `16:03:20-16:41:05`. */
export interface HeldLesson {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly series?: string | null;
  readonly space?: string;
  readonly teacher?: string;
  /** Presence by e-mail, of whoever was there. */
  readonly there?: Readonly<Record<string, readonly string[]>>;
  readonly students?: readonly string[];
  readonly coverage?: Coverage;
}

export const ANA = 'ana@school.example';
export const BEN = 'ben@home.example';
export const CLEO = 'cleo@home.example';

/** `16:03:20`, or `24:30` for half past midnight of the next day. */
export function instantOf(time: string, date = '2026-01-16'): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return Date.parse(`${date}T00:00:00Z`) + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

export type MoneyWorld = WebWorld & {
  /** Everybody known by account. @returns the person's number */
  person(email: string, role: 'teacher' | 'student'): number;
  /** @returns the number of the class */
  lesson(held?: HeldLesson): number;
  /** What Google holds of a room, written as it is now. */
  call(space: string, date: string, record: string, there: Readonly<Record<string, readonly string[]>>): void;
};

/** The school office of the web tests with people, lessons and calls that were read already. */
export function moneyWorld(now = '2026-02-03T09:00:00Z'): MoneyWorld {
  const world = webWorld({ now });
  const { people, classStore, roomStore, sessionStore, evidence, attendance } = world;
  people.update(world.teacher.id, { googleUserId: `account ${ANA}` });

  const person = (email: string, role: 'teacher' | 'student'): number =>
    (
      people.byEmail(email) ??
      people.create({ email, name: email.split('@')[0]!, role, googleUserId: `account ${email}` })
    ).id;

  const call: MoneyWorld['call'] = (space, date, record, there) => {
    const stays = Object.entries(there).map(([email, times]) => ({
      email,
      participant: `${record}/participants/${email}`,
      spans: times.map((text) => {
        const [from = '', to = ''] = text.split('-');
        return { start: instantOf(from, date), end: instantOf(to, date) };
      }),
    }));
    const all = stays.flatMap(({ spans }) => spans);
    if (all.length === 0) return;
    const start = Math.min(...all.map((span) => span.start));
    const end = Math.max(...all.map((span) => span.end));
    const text = (at: number): string => new Date(at).toISOString();
    const readAt = end + 3_600_000;
    evidence.record({
      space,
      records: {
        within: { start, end: end + 1 },
        readAt,
        items: [{ name: record, space, start, startText: text(start), end, endText: text(end), expireAt: null }],
      },
      participants: [
        {
          record,
          readAt,
          items: stays.map(({ email, participant, spans }) => ({
            name: participant,
            kind: 'signedin',
            userId: `account ${email}`,
            displayName: email.split('@')[0]!,
            earliestStart: Math.min(...spans.map((span) => span.start)),
            latestEnd: Math.max(...spans.map((span) => span.end)),
          })),
        },
      ],
      sessions: stays.map(({ participant, spans }) => ({
        participant,
        readAt,
        items: spans.map((span, i) => ({
          name: `${participant}/participantSessions/${i + 1}`,
          start: span.start,
          startText: text(span.start),
          end: span.end,
          endText: text(span.end),
        })),
      })),
    });
  };

  return {
    ...world,
    person,
    call,
    lesson(held = {}) {
      const { date = '2026-01-16', from = '16:00', to = '17:00', subject = 'Algebra', series = null } = held;
      const { space = 'spaces/one', teacher = ANA, students = [BEN] } = held;
      const there = held.there ?? { [teacher]: [`${from}-${to}`], [students[0] ?? '']: [`${from}-${to}`] };
      const room =
        roomStore.bySpace(space) ?? roomStore.create({ meetingCode: null, space, meetLink: null, ownerEmail: teacher });
      const start = instantOf(from, date);
      const end = instantOf(to, date);
      const { id } = classStore.create({
        subject,
        roomId: room.id,
        organizerEmail: teacher,
        seriesId: series,
        start,
        end,
        teacherIds: [person(teacher, 'teacher')],
        studentIds: students.map((email) => person(email, 'student')),
      });
      call(space, date, `conferenceRecords/${space.split('/')[1]}-${date}-${from.replace(':', '')}`, there);
      const seen = Object.values(there).flat().length > 0;
      const state = {
        coverage: held.coverage ?? (seen ? ('complete' as const) : ('empty' as const)),
        overSeenAt: end,
        finalReadAt: end,
        attempts: 0,
        nextAttemptAt: null,
        lastError: null,
      };
      sessionStore.save(sessionStore.ensure(id).id, state, {});
      attendance.rebuild(id);
      return id;
    },
  };
}

/** 42.00 an hour from families and 22.00 to teachers, in euro, from 2026 on. */
export async function withRates({ admin }: Pick<MoneyWorld, 'admin'>): Promise<void> {
  const rate = { currency: 'EUR', valid_from: '2026-01-01' };
  await admin('POST', '/api/rates', { ...rate, kind: 'charge', amount: '42.00' });
  await admin('POST', '/api/rates', { ...rate, kind: 'pay', amount: '22.00' });
}

export const TOM = 'tom@school.example';

/** Ana taught Ben 57 minutes on two devices, Tom taught Cleo an hour; Ben is in a family. */
export async function january(): Promise<MoneyWorld & { readonly classId: number; readonly ben: number }> {
  const world = moneyWorld();
  const ben = world.person(BEN, 'student');
  await world.admin('POST', '/api/families', {
    name: 'Brown',
    currency: 'EUR',
    billing_email: 'pay@home.example',
    student_emails: [BEN],
  });
  await withRates(world);
  const classId = world.lesson({
    there: { [ANA]: ['15:58:30-17:01:10'], [BEN]: ['16:03:20-16:41:05', '16:40:10-17:00:30'] },
  });
  world.lesson({ space: 'spaces/two', teacher: TOM, students: [CLEO], subject: 'Chess' });
  return Object.assign(world, { classId, ben });
}
