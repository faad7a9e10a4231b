import { describe, expect, test } from 'vitest';

import { createTimeline, guest, phone } from '../../../src/emulator/timeline.ts';
import { handClock } from '../../support/clock.ts';
import { failing } from '../../support/failing.ts';
import { consentOf, meetWorld, never, rawServer, readerOf, sendError, sendJson } from '../support.ts';

const nora = 'nora@school.test';

/** A room with three calls on 2 March 2026; the last one goes on. */
function threeCalls() {
  const timeline = createTimeline('2026-03-02');
  const owner = timeline.account(nora, 'Nora Teacher');
  const ana = timeline.account('ana@school.test', 'Ana Silva');
  const room = timeline.room(owner);
  room.call('08:00', '09:00');
  const second = room.call('10:00', '11:00');
  second.joins(owner, '10:00', '11:00');
  second.joins(ana, '10:05:00.250', '10:20', 'laptop');
  second.joins(ana, '10:21', '10:59', 'phone');
  second.joins(guest('iPad'), '10:06', '10:30');
  second.joins(phone('+351 ••• ••• 12'), '10:07', '10:31');
  const third = room.call('11:30', null);
  third.joins(ana, '11:31', null);
  return { timeline, room, second, third, ana, at: timeline.at };
}

describe('a space', () => {
  test('is found by its code in any case and by its name, and says whether the reader owns it', async () => {
    const { timeline, room } = threeCalls();
    timeline.account('omar@school.test');
    await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z');
    const byCode = await world.meet.getSpace(nora, room.meetingCode.toUpperCase(), never);
    expect(byCode).toEqual({
      kind: 'ok',
      readAt: Date.parse('2026-03-02T12:00:00Z'),
      value: {
        name: room.name,
        meetingCode: room.meetingCode,
        meetingUri: `https://meet.google.com/${room.meetingCode}`,
        ownedByReader: true,
      },
    });
    expect(await world.meet.getSpace(nora, room.name, never)).toEqual(byCode);
    expect(await world.meet.getSpace('omar@school.test', room.name, never)).toMatchObject({
      kind: 'ok',
      value: { ownedByReader: false },
    });
  });

  test('that is made belongs to who made it', async () => {
    const { timeline } = threeCalls();
    await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z');
    expect(await world.meet.createSpace(nora, never)).toMatchObject({
      kind: 'ok',
      value: {
        name: expect.stringMatching(/^spaces\//),
        meetingCode: expect.stringMatching(/^[a-z]{3}-[a-z]{4}-[a-z]{3}$/),
      },
    });
  });

  test.each(['spaces/a"b', 'spaces/a\\b', 'spaces/..', 'spaces/', '', 'a/b', 'spaces/a b'])(
    '%o is refused before anything is sent',
    async (name) => {
      const { timeline } = threeCalls();
      await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z');
      const { meet, google } = world;
      const refused = [
        await meet.getSpace(nora, name, never),
        await meet.listRecords(nora, { space: name, from: 0, to: 1 }, never),
        await meet.listParticipants(nora, name.replace('spaces/', 'conferenceRecords/'), never),
        await meet.listSessions(nora, name.replace('spaces/', 'conferenceRecords/r/participants/'), never),
      ];
      expect(refused.map((outcome) => (outcome.kind === 'ok' ? 'ok' : outcome.reason))).toEqual(
        Array.from({ length: 4 }, () => 'bad_request'),
      );
      expect(google.requests).toEqual([]);
    },
  );
});

describe('records', () => {
  test.each([
    ['09:30', '12:00', ['call3', 'call2']],
    ['09:00', '10:00', []],
    ['08:59', '10:01', ['call2', 'call1']],
    ['11:45', '11:50', ['call3']],
    ['07:00', '23:00', ['call3', 'call2', 'call1']],
  ])('that overlap %s to %s are found, newest first', async (from, to, found) => {
    const { timeline, room, at } = threeCalls();
    await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z');
    const listed = await world.meet.listRecords(nora, { space: room.name, from: at(from), to: at(to) }, never);
    expect(listed).toMatchObject({ kind: 'ok', value: found.map((name) => ({ name: `conferenceRecords/${name}` })) });
    expect(listed.kind === 'ok' && listed.value.length).toBe(found.length);
  });

  test('a call that began three weeks before and still goes on is found', async () => {
    const timeline = createTimeline('2026-03-02');
    const room = timeline.room(timeline.account(nora));
    room.call('2026-02-09T08:00:00Z', null);
    await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z');
    const where = { space: room.name, from: timeline.at('10:00'), to: timeline.at('11:00') };
    expect(await world.meet.listRecords(nora, where, never)).toMatchObject({ kind: 'ok', value: [{ end: null }] });
  });

  test('that Google lists against the filter are left out', async () => {
    const record = (id: string, space: string, start: string, end?: string) => ({
      name: `conferenceRecords/${id}`,
      space: `spaces/${space}`,
      startTime: `2026-03-02T${start}Z`,
      ...(end !== undefined && { endTime: `2026-03-02T${end}Z` }),
    });
    await using server = await rawServer((response) =>
      sendJson(response, {
        conferenceRecords: [
          record('inside', 'x', '10:10:00', '10:20:00'),
          record('elsewhere', 'y', '10:10:00', '10:20:00'),
          record('before', 'x', '09:00:00', '10:00:00'),
          record('after', 'x', '11:00:00'),
          record('no-length', 'x', '10:00:00', '10:00:00'),
          record('reversed', 'x', '10:30:00', '09:00:00'),
        ],
      }),
    );
    const { meet } = readerOf(server.url, handClock('2026-03-02T12:00:00Z'));
    const where = {
      space: 'spaces/x',
      from: Date.parse('2026-03-02T10:00:00Z'),
      to: Date.parse('2026-03-02T11:00:00Z'),
    };
    const listed = await meet.listRecords(nora, where, never);
    expect(listed.kind === 'ok' && listed.value.map(({ name }) => name.slice('conferenceRecords/'.length))).toEqual([
      'inside',
      'no-length',
      'reversed',
    ]);
    expect(new URL(server.requests[0]?.path ?? '', server.url).searchParams.get('filter')).toBe(
      'space.name = "spaces/x" AND start_time <= "2026-03-02T11:00:00.000Z"',
    );
  });

  test('each comes with the texts of its instants', async () => {
    const { timeline, room, at } = threeCalls();
    await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z');
    const where = { space: room.name, from: at('10:00'), to: at('11:00') };
    const answer = await world.meet.listRecords(nora, where, never);
    const found = answer.kind === 'ok' ? answer.value : [];
    expect(found).toMatchObject([{ start: at('10:00'), end: at('11:00') }]);
    expect(Temporal.Instant.from(found[0]!.startText).epochMilliseconds).toBe(at('10:00'));
  });
});

test('participants and their sessions come with kind, account and instants', async () => {
  const { timeline, second, third, ana, at } = threeCalls();
  await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z', { credentials: consentOf(nora) });
  const people = await world.meet.listParticipants(nora, second.record.name, never);
  if (people.kind !== 'ok') throw new Error(people.message);
  expect(people.value.map(({ kind, userId, displayName }) => [kind, userId, displayName])).toEqual([
    ['phone', null, '+351 ••• ••• 12'],
    ['anonymous', null, 'iPad'],
    ['signedin', ana.id, 'Ana Silva'],
    ['signedin', expect.any(String), 'Nora Teacher'],
  ]);
  expect(people.value[2]).toMatchObject({ earliestStart: at('10:05:00.250'), latestEnd: at('10:59') });
  const name = `${second.record.name}/participants/${ana.id}`;
  expect(await world.meet.listSessions(nora, name, never)).toMatchObject({
    kind: 'ok',
    value: [
      { name: expect.stringContaining(`${name}/`), start: at('10:21'), end: at('10:59') },
      { name: expect.stringContaining(`${name}/`), start: at('10:05:00.250'), end: at('10:20') },
    ],
  });
  const live = `${third.record.name}/participants/${ana.id}`;
  expect(await world.meet.listSessions(nora, live, never)).toMatchObject({ value: [{ end: null, endText: null }] });
});

describe('a long list', () => {
  function crowd() {
    const timeline = createTimeline('2026-03-02');
    const call = timeline.room(timeline.account(nora)).call('10:00', '11:00');
    for (let number = 0; number < 601; number += 1) call.joins(guest(`Guest ${number}`), '10:01', '10:30');
    return { world: timeline.world, record: call.record.name };
  }

  test('is read to its end in pages of Google’s greatest size', async () => {
    const { world: people, record } = crowd();
    await using world = await meetWorld(people, '2026-03-02T12:00:00Z');
    const listed = await world.meet.listParticipants(nora, record, never);
    expect(listed.kind === 'ok' && new Set(listed.value.map(({ name }) => name)).size).toBe(601);
    const lists = world.google.requests.filter(({ method }) => method === 'participants.list');
    expect(lists.map(({ path }) => new URL(path, world.google.url).searchParams.get('pageSize'))).toEqual([
      '250',
      '250',
      '250',
    ]);
  });

  test('is read to its end although pages come short or empty', async () => {
    const { world: people, record } = crowd();
    await using world = await meetWorld(people, '2026-03-02T12:00:00Z', { shortPages: true });
    const listed = await world.meet.listParticipants(nora, record, never);
    expect(listed.kind === 'ok' && listed.value.length).toBe(601);
  });

  test('whose page or items come twice holds each of them once', async () => {
    const { world: people, record } = crowd();
    for (const fault of [failing('duplicate-items'), failing('duplicate-page', { from: 2, times: 1 })]) {
      await using world = await meetWorld(people, '2026-03-02T12:00:00Z', { faults: fault });
      const listed = await world.meet.listParticipants(nora, record, never);
      expect(listed.kind === 'ok' && listed.value.length).toBe(601);
    }
  });

  test('is started over once when Google no longer takes a page token', async () => {
    const { world: people, record } = crowd();
    const stale = failing('http-400-page-token', { method: 'participants.list', from: 3, times: 1 });
    await using world = await meetWorld(people, '2026-03-02T12:00:00Z', { faults: stale });
    const listed = await world.meet.listParticipants(nora, record, never);
    expect(listed.kind === 'ok' && listed.value.length).toBe(601);
    const tokens = world.google.requests
      .filter(({ method }) => method === 'participants.list')
      .map(({ path }) => new URL(path, world.google.url).searchParams.has('pageToken'));
    expect(tokens).toEqual([false, true, true, false, true, true]);
  });

  test('is not started over again and again', async () => {
    await using server = await rawServer((response, _, path) =>
      path.includes('pageToken') ? sendError(response, 400) : sendJson(response, { nextPageToken: 'next' }),
    );
    const { meet } = readerOf(server.url, handClock(0));
    const answer = await meet.listParticipants(nora, 'conferenceRecords/r', never);
    expect(answer).toMatchObject({ kind: 'failure', reason: 'not_an_api_reply' });
    expect(server.requests).toHaveLength(4);
  });

  test('whose token comes back is a failure, and so is one that never ends', async () => {
    await using circle = await rawServer((response, nth) => sendJson(response, { nextPageToken: `page ${nth % 3}` }));
    await using endless = await rawServer((response, nth) => sendJson(response, { nextPageToken: `page ${nth}` }));
    const failed = { kind: 'failure', reason: 'not_an_api_reply' };
    for (const [server, pages] of [
      [circle, 4],
      [endless, 100],
    ] as const) {
      const { meet } = readerOf(server.url, handClock(0));
      expect(await meet.listSessions(nora, 'conferenceRecords/r/participants/p', never)).toMatchObject(failed);
      expect(server.requests).toHaveLength(pages);
    }
  });

  test('fails whole when a later page fails', async () => {
    const { world: people, record } = crowd();
    const faults = failing('http-503', { method: 'participants.list', from: 3 });
    await using world = await meetWorld(people, '2026-03-02T12:00:00Z', { faults });
    expect(await world.meet.listParticipants(nora, record, never)).toEqual({
      kind: 'failure',
      reason: 'unavailable',
      status: 503,
      message: 'Google could not be reached or failed; the read is tried again',
    });
  });

  test('was read when its first page was', async () => {
    await using server = await rawServer((response, nth) =>
      sendJson(response, nth < 3 ? { nextPageToken: `${nth}` } : {}, 200, {
        date: new Date(Date.UTC(2026, 2, 2, 10, 0, nth)).toUTCString(),
      }),
    );
    const { meet } = readerOf(server.url, handClock('2026-03-02T10:00:00Z'));
    const listed = await meet.listParticipants(nora, 'conferenceRecords/r', never);
    expect(listed).toEqual({ kind: 'ok', value: [], readAt: Date.UTC(2026, 2, 2, 10, 0, 1) });
  });
});

describe('the calls of an organiser', () => {
  test('are those that began within the span, in whatever room, the end left out', async () => {
    const { timeline, at } = threeCalls();
    timeline.room(nora).call('10:30', '10:40');
    timeline.room('omar@school.test').call('10:30', '10:40');
    await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z');
    const listed = await world.meet.listCalls(nora, { from: at('10:00'), to: at('11:30') }, never);
    expect(listed.kind === 'ok' && listed.value.map(({ name }) => name)).toEqual([
      'conferenceRecords/call4',
      'conferenceRecords/call2',
    ]);
    expect(await world.meet.listCalls(nora, { from: 1, to: 1 }, never)).toMatchObject({ reason: 'bad_request' });
  });

  test('that Google lists against the filter are left out', async () => {
    await using server = await rawServer((response) =>
      sendJson(response, {
        conferenceRecords: ['09:59', '10:00', '11:00'].map((time) => ({
          name: `conferenceRecords/${time}`,
          space: 'spaces/x',
          startTime: `2026-03-02T${time}:00Z`,
        })),
      }),
    );
    const { meet } = readerOf(server.url, handClock(0));
    const where = { from: Date.parse('2026-03-02T10:00:00Z'), to: Date.parse('2026-03-02T11:00:00Z') };
    expect(await meet.listCalls(nora, where, never)).toMatchObject({ value: [{ name: 'conferenceRecords/10:00' }] });
  });
});

describe('an answer about something else is refused, and says so:', () => {
  const times = { earliestStartTime: '2026-03-02T10:00:00Z', startTime: '2026-03-02T10:00:00Z' };
  const asked = 'conferenceRecords/r/participants/p';
  const room = 'Google’s answer is about another room than the one that was asked for';
  const call = 'Google’s answer is about another call than the one that was asked for';
  const long = 'Google’s answer has a name of more than 1000 characters';

  test.each([
    [
      'participants of another call',
      { participants: [{ ...times, name: 'conferenceRecords/x/participants/p' }] },
      call,
    ],
    [
      'a call whose name begins alike',
      { participants: [{ ...times, name: 'conferenceRecords/rr/participants/p' }] },
      call,
    ],
    ['a participant without a name', { participants: [{ ...times, name: 'conferenceRecords/r/participants/' }] }, call],
    [
      'a displayed name without end',
      { participants: [{ ...times, name: asked, anonymousUser: { displayName: 'x'.repeat(1001) } }] },
      long,
    ],
    [
      'one wrong participant among good ones',
      {
        participants: [
          { ...times, name: asked },
          { ...times, name: 'conferenceRecords/x/participants/q' },
        ],
      },
      call,
    ],
  ])('%s', async (_, body, why) => {
    await using server = await rawServer((response) => sendJson(response, body));
    const { meet } = readerOf(server.url, handClock(0));
    expect(await meet.listParticipants(nora, 'conferenceRecords/r', never)).toMatchObject({
      reason: 'not_an_api_reply',
      message: `${why}; nothing was concluded from it and the read is tried again`,
    });
  });

  test.each([
    ['sessions of another participant', 'conferenceRecords/r/participants/x/participantSessions/s', call],
    ['sessions of another call', 'conferenceRecords/x/participants/p/participantSessions/s', call],
    ['a session name without end', `${asked}/participantSessions/${'s'.repeat(1001)}`, long],
  ])('%s', async (_, name, why) => {
    const body = { participantSessions: [{ ...times, name }] };
    await using server = await rawServer((response) => sendJson(response, body));
    const { meet } = readerOf(server.url, handClock(0));
    expect(await meet.listSessions(nora, asked, never)).toMatchObject({
      reason: 'not_an_api_reply',
      message: expect.stringContaining(why),
    });
  });

  test('another space than the one asked for by its id', async () => {
    await using server = await rawServer((response) => sendJson(response, { name: 'spaces/y', config: {} }));
    const { meet } = readerOf(server.url, handClock(0));
    expect(await meet.getSpace(nora, 'spaces/x', never)).toMatchObject({
      reason: 'not_an_api_reply',
      message: expect.stringContaining(room),
    });
    expect(await meet.getSpace(nora, 'aaa-bbbb-ccc', never)).toMatchObject({ kind: 'ok', value: { name: 'spaces/y' } });
  });
});

describe('the bodies of a list', () => {
  const participant = { name: 'conferenceRecords/r/participants/p', earliestStartTime: '2026-03-02T10:00:00Z' };
  test.each([
    [{}, 0],
    [{ participants: [] }, 0],
    [{ nextPageToken: '' }, 0],
    [
      {
        participants: [{ ...participant, signedinUser: { user: 'users/1', displayName: 'A' }, later: 1 }],
        totalSize: 1,
      },
      1,
    ],
    [{ participants: [{ ...participant, robotUser: { displayName: 'R2' } }] }, 1],
  ])('%j is a list', async (body, length) => {
    await using server = await rawServer((response) => sendJson(response, body));
    const { meet } = readerOf(server.url, handClock(0));
    const listed = await meet.listParticipants(nora, 'conferenceRecords/r', never);
    expect(listed.kind === 'ok' && listed.value.length).toBe(length);
  });

  test.each([
    [{ status: 'ok' }],
    [{ conferenceRecords: [] }],
    [[]],
    [[participant]],
    [null],
    [true],
    [7],
    ['{}'],
    [{ participants: null }],
    [{ participants: {} }],
    [{ participants: [participant], nextPageToken: 5 }],
    [{ participants: [{ ...participant, name: undefined }] }],
    [{ participants: [participant, { ...participant, earliestStartTime: 'yesterday' }] }],
    [{ participants: [{ ...participant, signedinUser: { displayName: 'no account' } }] }],
  ])('%j is none, and is asked for again', async (body) => {
    await using server = await rawServer((response) => sendJson(response, body));
    const { meet } = readerOf(server.url, handClock(0));
    const answer = await meet.listParticipants(nora, 'conferenceRecords/r', never);
    expect(answer).toMatchObject({ kind: 'failure', reason: 'not_an_api_reply', status: 200 });
    expect(server.requests).toHaveLength(4);
  });
});

test('Google that does not answer is told with its cause, once in the log', async () => {
  const { timeline, room } = threeCalls();
  const world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z');
  await world[Symbol.asyncDispose]();
  const read = () => world.meet.getSpace(nora, room.meetingCode, never);

  expect(await read()).toMatchObject({ reason: 'unavailable', unreached: 'connection refused' });
  for (let again = 0; again < 5; again += 1) await read();
  expect(await read()).toMatchObject({ reason: 'circuit_open', unreached: 'connection refused' });
  expect(world.lines.filter(({ msg }) => msg === 'google does not answer')).toMatchObject([
    { level: 40, reason: 'connection refused', api_root: world.google.url },
  ]);
});
