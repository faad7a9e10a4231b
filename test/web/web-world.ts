import { pino } from 'pino';

import { failure } from '../../src/google/call/failures.ts';
import type { MeetClient } from '../../src/google/meet/meet-client.ts';
import type { Space } from '../../src/google/meet/resources.ts';
import { createBooking } from '../../src/actions/classes/booking.ts';
import { createBooks } from '../../src/actions/books.ts';
import { createImports } from '../../src/actions/classes/imports.ts';
import { createQueue } from '../../src/jobs/queue.ts';
import type { JobHandler } from '../../src/jobs/queue.ts';
import { createRegister } from '../../src/actions/people/register.ts';
import { createAttendanceStore } from '../../src/capture/rebuild.ts';
import { createAuditLog } from '../../src/ledger/school/audit-log.ts';
import { createClassStore } from '../../src/ledger/attendance/class-store.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { createEvidenceStore } from '../../src/ledger/attendance/evidence-store.ts';
import { createJobStore } from '../../src/ledger/machine/job-store.ts';
import { createPassStore } from '../../src/ledger/machine/machine-store.ts';
import { createMoneyStores } from '../../src/ledger/money/stores.ts';
import { createPeopleStore } from '../../src/ledger/school/people-store.ts';
import { createReviewStore } from '../../src/actions/review/review-store.ts';
import { createSettingsStore } from '../../src/ledger/school/settings-store.ts';
import { createSessionStore } from '../../src/ledger/attendance/session-store.ts';
import { createTokenStore } from '../../src/ledger/school/token-store.ts';
import { createApp } from '../../src/web/app.ts';
import type { Role } from '../../src/web/access.ts';
import { handClock } from '../support/clock.ts';
import { systemRandom } from '../../src/system.ts';

export const ADMIN_TOKEN = 'an-admin-token-of-32-characters!';
const MINUTE = 60_000;
const margins = { beforeMs: 30 * MINUTE, afterMs: 60 * MINUTE };

/** What codes open, by a Google that can be switched off. */
export function smallGoogle() {
  const spaces = new Map<string, Pick<Space, 'name' | 'ownedByReader'>>();
  let answering = true;
  let made = 0;
  const space = (meetingCode: string, { name, ownedByReader }: Pick<Space, 'name' | 'ownedByReader'>): Space => ({
    name,
    meetingCode,
    meetingUri: `https://meet.google.com/${meetingCode}`,
    activeRecord: null,
    ownedByReader,
  });
  const meet: Pick<MeetClient, 'getSpace' | 'createSpace' | 'status'> = {
    getSpace(_organizer, code) {
      const found = spaces.get(code);
      if (!answering) return Promise.resolve(failure('unavailable'));
      if (found === undefined) return Promise.resolve(failure('not_found'));
      return Promise.resolve({ kind: 'ok', value: space(code, found), readAt: 0 });
    },
    createSpace() {
      if (!answering) return Promise.resolve(failure('unavailable'));
      made += 1;
      const name = `spaces/made${made}`;
      return Promise.resolve({
        kind: 'ok',
        value: space(`new-made-aa${'abcdef'[made]}`, { name, ownedByReader: true }),
        readAt: 0,
      });
    },
    status: () => ({ organizers: [], callsLastMinute: 0, perMinuteLimit: 4800, clockSkewMs: null }),
  };
  return {
    meet,
    spaces,
    fail() {
      answering = false;
    },
  };
}

export type WebWorld = ReturnType<typeof webWorld>;

/** A school office: a ledger in memory, a small Google, the app, and a token for each role. */
export function webWorld({
  now = '2026-01-16T12:00:00Z',
  timezone = 'Europe/London',
  handlers = {} as Record<string, JobHandler>,
} = {}) {
  const clock = handClock(now);
  const log = pino({ level: 'silent' });
  const database = openDatabase(':memory:', { clock });
  const people = createPeopleStore(database, clock);
  const classStore = createClassStore(database, clock);
  const sessionStore = createSessionStore(database, clock);
  const evidence = createEvidenceStore(database);
  const rules = () => ({ margins, thresholds: { lateAfterMs: 5 * MINUTE, attendedIfMs: 1000 } });
  const attendance = createAttendanceStore({ database, clock, classStore, sessionStore, evidence, rules });
  const review = createReviewStore(database, attendance, clock);
  const tokens = createTokenStore(database, clock, systemRandom);
  const audit = createAuditLog(database, clock);
  const jobs = createJobStore(database, clock);
  const passes = createPassStore(database);
  const google = smallGoogle();
  const booking = createBooking({
    database,
    people,
    classStore,
    sessionStore,
    attendance,
    audit,
    meet: google.meet,
    margins,
    clock,
    log,
    defaultOrganizer: null,
  });
  const register = createRegister({ database, people, classStore, attendance, audit });
  const imports = createImports({ database, people, booking, register, timezone });
  const books = createBooks({
    database,
    stores: createMoneyStores(database, clock),
    people,
    classStore,
    sessionStore,
    attendance,
    audit,
    margins,
    clock,
    settings: createSettingsStore(database, clock),
    timezone,
  });
  const queue = createQueue({ store: jobs, clock, log, handlers, random: () => 0.5, concurrency: 1, pollMs: 20 });
  const startedAt = clock.now();
  const loops = [{ name: 'fetch', everySeconds: 180, isRunning: false, nextRunAt: startedAt + 180_000 }];
  const app = createApp({
    clock,
    log,
    timezone,
    adminToken: ADMIN_TOKEN,
    margins,
    people,
    classStore,
    sessionStore,
    attendance,
    review,
    tokens,
    audit,
    booking,
    books,
    register,
    imports,
    jobs,
    queue,
    meetStatus: () => google.meet.status(),
    loops,
    passes,
    health: () => ({ ...database.health(), startedAt }),
    write: database.write,
  });

  const teacher = people.create({ email: 'ana@school.example', name: 'Ana Reis', role: 'teacher' });
  const tokenOf: Record<Role, string> = {
    admin: ADMIN_TOKEN,
    teacher: tokens.create({ label: 'ana', role: 'teacher', personId: teacher.id }).token,
    operator: tokens.create({ label: 'ops', role: 'operator' }).token,
  };

  /** Sends a request as somebody and reads the JSON of the answer. */
  const as =
    (role: Role | null) =>
    async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const answer = await app.request(path, {
        method,
        headers: {
          ...(role === null ? {} : { authorization: `Bearer ${tokenOf[role]}` }),
          ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const type = answer.headers.get('content-type') ?? '';
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        json: type.includes('json') ? JSON.parse(text) : null,
      };
    };

  return {
    clock,
    database,
    people,
    classStore,
    sessionStore,
    evidence,
    attendance,
    review,
    audit,
    jobs,
    passes,
    queue,
    booking,
    register,
    imports,
    google,
    app,
    tokenOf,
    teacher,
    admin: as('admin'),
    teacherAsks: as('teacher'),
    operator: as('operator'),
    nobody: as(null),
    async [Symbol.asyncDispose]() {
      await queue[Symbol.asyncDispose]();
      database[Symbol.dispose]();
    },
  };
}

/** A class at 15:00 UTC for half an hour, as the API takes it. */
export const algebra = {
  teacher_email: 'ana@school.example',
  student_emails: ['ben@home.example'],
  subject: 'Algebra',
  start_time: '2026-01-16T15:00:00Z',
  duration_minutes: 30,
  meet_code: 'abc-defg-hij',
};

/** Somebody in the call of `spaces/one` on the day of {@link algebra}, as a read at 15:45 found it. @returns the participant */
export function seen(
  world: Pick<WebWorld, 'evidence'>,
  who: { readonly userId: string | null; readonly displayName: string; readonly from: string; readonly to: string },
): string {
  const at = (time: string) => Date.parse(`2026-01-16T${time}Z`);
  const readAt = at('15:45:00');
  const record = 'conferenceRecords/r';
  const participant = `${record}/participants/${who.userId ?? 'guest'}`;
  const stay = {
    start: at(who.from),
    startText: `2026-01-16T${who.from}Z`,
    end: at(who.to),
    endText: `2026-01-16T${who.to}Z`,
  };
  const call = { name: record, start: at('15:00:00'), startText: '', end: at('15:40:00'), endText: '', expireAt: null };
  world.evidence.record({
    space: 'spaces/one',
    records: {
      within: { start: at('14:30:00'), end: at('16:30:00') },
      readAt,
      items: [{ ...call, space: 'spaces/one' }],
    },
    participants: [
      {
        record,
        readAt,
        items: [
          {
            name: participant,
            kind: who.userId === null ? 'anonymous' : 'signedin',
            userId: who.userId,
            displayName: who.displayName,
            earliestStart: stay.start,
            latestEnd: stay.end,
          },
        ],
      },
    ],
    sessions: [{ participant, readAt, items: [{ name: `${participant}/participantSessions/s`, ...stay }] }],
  });
  return participant;
}
