import { expect, test } from 'vitest';

import { createMeetSource } from '../../src/capture/observe.ts';
import type { Answers, RoomReading, RoomRequest } from '../../src/capture/source.ts';
import { captureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';
import { at, book, oneRoom, TEACHER } from '../support/one-room.ts';

const SPACE = 'spaces/room1';
const window = { start: at('15:30'), end: at('18:00') };

/** A room that is asked by itself; `remember` stores what was found, as a pass does. */
async function room(happens: (school: ReturnType<typeof oneRoom>) => void) {
  const school = oneRoom();
  happens(school);
  const world = await captureWorld('2026-03-02T16:30:00Z', school.timeline.world);
  book(world);
  const { meet, evidence } = world.parts;
  const source = createMeetSource(meet);
  const recorded = () => evidence.load(SPACE, window);
  return {
    school,
    google: world.google,
    read: (
      mode: RoomRequest['mode'],
      when: string,
      {
        answers = new Map() as Answers,
        signal = world.signal,
        ...changed
      }: Partial<RoomRequest> & {
        answers?: Answers;
        signal?: AbortSignal;
      } = {},
    ) => {
      world.clock.set(at(when));
      const over = world.clock.now() >= at('17:00');
      return source.read(
        { organizer: TEACHER, space: SPACE, window, mode, over, recorded, ...changed },
        answers,
        signal,
      );
    },
    remember: ({ observations }: RoomReading) =>
      observations.map((observation) => evidence.record(observation)).includes(true),
    /** What Google was asked for since the last time, tokens left out. */
    asked() {
      const calls = world.google.requests.map(({ method }) => method).filter((method) => method !== 'token');
      world.google.clearRequests();
      return calls;
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

const RECORDS = 'conferenceRecords.list';
const PARTICIPANTS = 'participants.list';
const SESSIONS = 'participantSessions.list';

/** Both are in the call from 16:00 on, and stay. */
const bothStay = ({ room: { call }, teacher, ana }: ReturnType<typeof oneRoom>) => {
  const live = call('15:58', null);
  live.joins(teacher, '15:58', null);
  live.joins(ana, '16:00', null, 'laptop');
  return live;
};

test('a full read lists the records of the window, all their participants and all sessions of each', async () => {
  await using world = await room(({ room: { call }, teacher, ana }) => {
    const lesson = call('15:58', '17:02');
    lesson.joins(teacher, '15:58', '17:02');
    lesson.joins(ana, '16:00', '16:20', 'laptop');
    lesson.joins(ana, '16:10', '17:00', 'phone');
    call('10:00', '11:00').joins(ana, '10:00', '11:00');
  });

  const found = await world.read('full', '17:30');

  expect(world.asked()).toEqual([RECORDS, PARTICIPANTS, SESSIONS, SESSIONS]);
  expect(found).toMatchObject({ full: true, failures: [], readAt: at('17:30') });
  expect(found.records).toMatchObject([{ name: 'conferenceRecords/call1', start: at('15:58'), end: at('17:02') }]);
  expect(found.observations[0]!.records).toMatchObject({ within: window, readAt: at('17:30') });
  expect(found.observations[0]!.participants.map(({ items }) => items.length)).toEqual([2]);
  expect(found.observations[0]!.sessions.map(({ items }) => items.length)).toEqual(expect.arrayContaining([1, 2]));
});

test('while everybody stays in the known call, a look asks for its participants and nothing else', async () => {
  await using world = await room(bothStay);
  world.remember(await world.read('look', '16:05'));
  expect(world.asked()).toEqual([RECORDS, PARTICIPANTS]);

  const found = await world.read('look', '16:08');

  expect(world.asked()).toEqual([PARTICIPANTS]);
  expect(found).toMatchObject({ full: false, failures: [], readAt: at('16:08') });
  expect(found.records).toMatchObject([{ name: 'conferenceRecords/call1', end: null }]);
  expect(found.observations[0]!.records).toBeNull();
});

test('a look lists the sessions of whoever left and came back, and of nobody else', async () => {
  await using world = await room((school) => {
    const live = bothStay(school);
    live.record.participants[1]!.sessions[0]!.end = at('16:06');
    live.joins(school.ana, '16:07', null, 'phone');
  });
  world.remember(await world.read('look', '16:05'));
  world.asked();
  world.remember(await world.read('look', '16:06'));
  world.asked();

  const found = await world.read('look', '16:09');

  expect(world.asked()).toEqual([PARTICIPANTS, SESSIONS]);
  expect(found.observations[0]!.sessions).toMatchObject([
    {
      items: [
        { start: at('16:07'), end: null },
        { start: at('16:00'), end: at('16:06') },
      ],
    },
  ]);
});

test('a look finds the next call of the room once nobody is in the known one', async () => {
  await using world = await room((school) => {
    const first = school.room.call('15:58', '16:10');
    first.joins(school.ana, '15:58', '16:10');
    school.room.call('16:12', null).joins(school.ana, '16:12', null);
  });
  world.remember(await world.read('look', '16:05'));
  world.asked();

  const found = await world.read('look', '16:15');

  expect(world.asked()).toEqual([PARTICIPANTS, RECORDS, PARTICIPANTS]);
  expect(found.records.map(({ name, end }) => [name, end])).toEqual([
    ['conferenceRecords/call2', null],
    ['conferenceRecords/call1', at('16:10')],
  ]);
});

test('once the slot is over, a look also learns whether the call has ended, whoever is shown in it', async () => {
  await using world = await room(bothStay);
  world.remember(await world.read('look', '16:55'));
  world.asked();

  await world.read('look', '17:03');

  expect(world.asked()).toEqual([PARTICIPANTS, RECORDS]);
});

test('a call that was read to its end is not read again by a look', async () => {
  await using world = await room(({ room: { call }, ana }) => call('15:58', '16:10').joins(ana, '15:58', '16:10'));
  world.remember(await world.read('look', '16:15'));
  world.asked();

  await world.read('look', '16:20');

  expect(world.asked()).toEqual([RECORDS]);
});

test.for([
  ['records', RECORDS, [null, 0, 0]],
  ['participants', PARTICIPANTS, [1, 0, 0]],
  ['one of the sessions', SESSIONS, [1, 1, 1]],
] as const)(
  'E110: where %s cannot be listed, the rest is handed over and the read is not full',
  async ([, method, held]) => {
    await using world = await room(bothStay);
    world.google.setFaults(failing('http-403-permission', { method, times: 1 }));

    const found = await world.read('full', '16:30');

    const { records, participants, sessions } = found.observations[0]!;
    expect([records?.items.length ?? null, participants.length, sessions.length]).toEqual(held);
    expect(found).toMatchObject({ full: false, failures: [{ reason: 'forbidden' }] });
  },
);

test('what Google does not list is no empty list: after a failure the known records are those of the ledger', async () => {
  await using world = await room(bothStay);
  world.remember(await world.read('full', '16:05'));
  world.google.setFaults(failing('http-403-permission', { method: RECORDS }));

  const found = await world.read('full', '16:30');

  expect(found).toMatchObject({ readAt: null, records: [{ name: 'conferenceRecords/call1' }] });
});

test('E01: classes that share a call ask Google once in a pass', async () => {
  await using world = await room(bothStay);
  const answers: Answers = new Map();

  const first = await world.read('full', '16:30', { answers });
  const calls = world.asked();
  const second = await world.read('full', '16:30', { answers });
  expect([calls.length, world.asked()]).toEqual([4, []]);
  expect(second).toEqual(first);

  await world.read('full', '16:30', { answers, window: { start: at('16:30'), end: at('19:00') } });
  expect(world.asked()).toEqual([RECORDS]);
});

test('a read that is told to end throws the reason', async () => {
  await using world = await room(bothStay);

  await expect(world.read('full', '16:30', { signal: AbortSignal.abort(new Error('shutting down')) })).rejects.toThrow(
    'shutting down',
  );
});

test('a call with more sessions than a class can have is read in part, and says why', async () => {
  const school = oneRoom();
  await using world = await captureWorld('2026-03-02T16:30:00Z', school.timeline.world);
  const call = 'conferenceRecords/crowd';
  const stay = { start: 0, startText: '', end: 1, endText: '' };
  const stays = (participant: string) =>
    Array.from({ length: 10_000 }, (_, i) => ({ ...stay, name: `${participant}/participantSessions/${i}` }));
  let asked = 0;
  const answer = <T>(value: T) => Promise.resolve({ kind: 'ok' as const, value, readAt: 0 });
  const source = createMeetSource({
    ...world.parts.meet,
    listRecords: () => answer([{ ...stay, name: call, space: SPACE, expireAt: null }]),
    listParticipants: () =>
      answer(
        Array.from({ length: 60 }, (_, i) => ({
          name: `${call}/participants/${i}`,
          kind: 'anonymous' as const,
          userId: null,
          displayName: '',
          earliestStart: 0,
          latestEnd: 1,
        })),
      ),
    listSessions: (_, participant) => {
      asked += 1;
      return answer(stays(participant));
    },
  });
  const nothing = () => ({ records: [], participants: [] });
  const request = { organizer: TEACHER, space: SPACE, window, mode: 'full', over: true, recorded: nothing } as const;
  const found = await source.read(request, new Map(), world.signal);
  expect(found.full).toBe(false);
  expect(found.failures[0]?.message).toMatch(
    /^a call has more than 200000 participant sessions; nothing was concluded/,
  );
  expect(found.observations[0]?.sessions.length).toBeLessThan(40);
  // Those that were asked side by side are answered; the rest is not asked for.
  expect(asked).toBeLessThan(40);
});
