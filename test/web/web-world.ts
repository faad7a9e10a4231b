import { pino } from 'pino';
import { z } from 'zod';

import { parseConfig } from '../../src/config.ts';
import { failure } from '../../src/google/call/failures.ts';
import type { MeetClient } from '../../src/google/meet/meet-client.ts';
import type { Space } from '../../src/google/meet/resources.ts';
import { createQueue, type JobHandler } from '../../src/jobs/queue.ts';
import type { Role } from '../../src/ledger/school/role.ts';
import { openParts, webDepsOf } from '../../src/service.ts';
import { systemRandom } from '../../src/system.ts';
import { createApp } from '../../src/web/app.ts';
import { handClock, type HandClock } from '../support/clock.ts';
import { memoryLedger } from '../support/memory-ledger.ts';
import { createStrayFinder, type Described } from './described.ts';

/** A line of a list, of any list: each field is there in some of them. */
const row = z.looseObject({
  person_id: z.number().nullish(),
  adjustment_id: z.string().optional(),
  teacher_email: z.string().nullish(),
  student_email: z.string().nullish(),
  billed_minutes: z.number().optional(),
  amount: z.string().nullish(),
  total: z.string().optional(),
  policy: z.record(z.string(), z.unknown()).optional(),
  before: z.record(z.string(), z.unknown()).nullish(),
  flags: z.array(z.string()).optional(),
  sets: z.array(z.record(z.string(), z.unknown())).optional(),
});
const rows = z.array(row);

/** What tests look into, checked as it is read. Any other field is `unknown`: it can be compared, and nothing else. */
const answered = z.looseObject({
  class_id: z.number().optional(),
  session_id: z.number().nullish(),
  decision_id: z.number().optional(),
  next_cursor: z.string().nullish(),
  item: row.optional(),
  items: rows.optional(),
  errors: z.array(z.looseObject({ path: z.string() })).optional(),
  people: rows.optional(),
  families: z.array(z.looseObject({ lines: rows })).optional(),
  teachers: rows.optional(),
  closes: rows.optional(),
  invariants: rows.optional(),
  exceptions: z.array(z.string()).optional(),
  steps: rows.optional(),
  detail: z.string().optional(),
  paths: z.record(z.string(), row).optional(),
});

/** The JSON of an answer; nothing stands in it when the answer is no JSON. */
export type Answered = z.infer<typeof answered>;

export const ADMIN_TOKEN = 'an-admin-token-of-32-characters!';

/** What codes open, by a Google that can be switched off. */
export function smallGoogle() {
  const spaces = new Map<string, Pick<Space, 'name' | 'ownedByReader'>>();
  let answering = true;
  let made = 0;
  const space = (meetingCode: string, { name, ownedByReader }: Pick<Space, 'name' | 'ownedByReader'>): Space => ({
    name,
    meetingCode,
    meetingUri: `https://meet.google.com/${meetingCode}`,
    ownedByReader,
  });
  const unasked = () => Promise.resolve(failure('unavailable'));
  const meet: MeetClient = {
    mayAskAs: () => true,
    listRecords: unasked,
    listCalls: unasked,
    listParticipants: unasked,
    listSessions: unasked,
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

/** Every world has the same reference. */
const strayOf = createStrayFinder();

export type WebWorld = ReturnType<typeof webWorld>;

/** A school office: a ledger in memory, a small Google, the app, and a token for each role. */
export function webWorld({
  now = '2026-01-16T12:00:00Z',
  timezone = 'Europe/London',
  handlers = {} as Record<string, JobHandler>,
  ledger = (at: HandClock) => memoryLedger({ clock: at }),
} = {}) {
  const clock = handClock(now);
  const log = pino({ level: 'silent' });
  const google = smallGoogle();
  const database = ledger(clock);
  const config = parseConfig({ ROLLBOOK_TIMEZONE: timezone, ROLLBOOK_ADMIN_TOKEN: ADMIN_TOKEN });
  const parts = openParts(config, { clock, log, random: systemRandom, database, meet: google.meet });
  const { people, tokens, jobStore: jobs } = parts;
  const queue = createQueue({
    store: jobs,
    ledger: database,
    clock,
    log,
    handlers,
    random: () => 0.5,
    concurrency: 1,
    pollMs: 20,
  });
  const loops = [
    { name: 'fetch', everySeconds: 180, isRunning: false, nextRunAt: clock.now() + 180_000, failure: null },
  ];
  const app = createApp(webDepsOf(parts, { queue, loops }));

  const teacher = people.create({ email: 'ana@school.example', name: 'Ana Reis', role: 'teacher' });
  const tokenOf: Record<Role, string> = {
    admin: ADMIN_TOKEN,
    teacher: tokens.create({ label: 'ana', role: 'teacher', personId: teacher.id }).token,
    operator: tokens.create({ label: 'ops', role: 'operator' }).token,
  };

  const reference = async () => {
    const answer = await app.request('/openapi.json', { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    return (await answer.json()) as Described;
  };

  /**
   * Sends a request as somebody and reads the JSON of the answer.
   *
   * @throws when it has not the form that tests look into, or has something that the reference does not say
   */
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
      const { status } = answer;
      const type = answer.headers.get('content-type') ?? '';
      const json = type.includes('json') ? answered.parse(JSON.parse(text)) : {};
      const stray = type.includes('json') ? await strayOf(reference, { method, path, status, type, json }) : null;
      if (stray !== null) throw new Error(stray);
      return { status, headers: answer.headers, text, json };
    };

  return {
    ...parts,
    jobs,
    clock,
    queue,
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
