import { describe, expect, test } from 'vitest';

import { createTimeline } from '../../../src/emulator/timeline.ts';
import { FAILURES } from '../../../src/google/call/failures.ts';
import type { MeetClient } from '../../../src/google/meet/meet-client.ts';
import { handClock } from '../../support/clock.ts';
import { failing } from '../../support/failing.ts';
import { consentOf, delegation, meetWorld, never, rawServer, readerOf, sendError, sendJson } from '../support.ts';

const nora = 'nora@school.test';
const omar = 'omar@school.test';
const now = '2026-03-02T12:00:00Z';

function school() {
  const timeline = createTimeline('2026-03-02');
  timeline.room(timeline.account(nora)).call('10:00', '11:00');
  timeline.room(timeline.account(omar)).call('10:00', '11:00');
  return timeline.world;
}

const people = (meet: MeetClient, organizer = nora, signal = never) =>
  meet.listParticipants(organizer, organizer === nora ? 'conferenceRecords/call1' : 'conferenceRecords/call2', signal);

describe('waiting before another attempt', () => {
  test('is random, and its bound doubles from a quarter of a second, over four attempts', async () => {
    await using server = await rawServer((response) => sendError(response, 503));
    const longest = readerOf(server.url, handClock(now));
    expect(await people(longest.meet)).toMatchObject({ reason: 'unavailable' });
    expect(longest.waits.slept).toEqual([250, 500, 1000]);
    expect(server.requests).toHaveLength(4);
    const half = readerOf(server.url, handClock(now), { random: () => 0.5 });
    await people(half.meet);
    expect(half.waits.slept).toEqual([125, 250, 500]);
  });

  test('is never longer than its bound, and ends when patience ends', async () => {
    await using server = await rawServer((response) => sendError(response, 503));
    const { meet, waits } = readerOf(server.url, handClock(now), {
      timing: { attempts: 50, firstBackoffMs: 1000, longestBackoffMs: 4000, patienceMs: 12_000 },
    });
    await people(meet);
    expect(waits.slept).toEqual([1000, 2000, 4000, 4000]);
  });

  test.each([
    ['seconds', { 'retry-after': '7' }, []],
    [
      'a date, by Google’s clock',
      { 'retry-after': 'Mon, 02 Mar 2026 13:00:07 GMT', date: 'Mon, 02 Mar 2026 13:00:00 GMT' },
      [],
    ],
    ['RetryInfo, before the header', { 'retry-after': '9' }, [{ retryDelay: '7s' }]],
  ])('is as long as Google says in %s', async (_, headers: Record<string, string>, details) => {
    await using server = await rawServer((response, nth) =>
      nth === 1 ? sendError(response, 503, details, headers) : sendJson(response, {}),
    );
    const { meet, waits } = readerOf(server.url, handClock(now));
    expect(await people(meet)).toMatchObject({ kind: 'ok' });
    expect(waits.slept).toEqual([7000]);
  });

  test('ends at once when the caller gives up', async () => {
    await using server = await rawServer((response) => sendError(response, 503));
    const giveUp = new AbortController();
    const { meet } = readerOf(server.url, handClock(now), {
      timing: {
        sleep: (_, signal) => {
          giveUp.abort(new Error('closing'));
          return Promise.reject(signal!.reason as Error);
        },
      },
    });
    await expect(people(meet, nora, giveUp.signal)).rejects.toThrow('closing');
    expect(server.requests).toHaveLength(1);
  });
});

describe('a refused token', () => {
  test.each([
    ['delegation', delegation],
    ['a consent', consentOf(nora)],
  ])('of %s is asked for anew, once', async (_, credentials) => {
    const once = failing('http-401', { method: 'participants.list', times: 1 });
    await using world = await meetWorld(school(), now, { faults: once, credentials });
    expect(await people(world.meet)).toMatchObject({ kind: 'ok' });
    expect(world.google.requests.map(({ method }) => method)).toEqual([
      'token',
      'participants.list',
      'token',
      'participants.list',
    ]);
    expect(world.waits.slept).toEqual([]);

    world.google.clearRequests();
    world.google.setFaults(failing('http-401', { method: 'participants.list' }));
    expect(await people(world.meet)).toMatchObject({ reason: 'unauthorized', status: 401 });
    expect(world.google.requests.map(({ method }) => method)).toEqual([
      'participants.list',
      'token',
      'participants.list',
    ]);
  });

  test('that is not given out any more is one request, and its message says what to do', async () => {
    await using world = await meetWorld(school(), now);
    world.google.revoke(nora);
    const revoked = await people(world.meet);
    expect(revoked).toMatchObject({
      reason: 'unauthorized',
      status: 401,
      message: expect.stringContaining('delegation'),
    });
    expect(world.google.requests).toHaveLength(1);
    world.google.restore(nora);
    expect(await people(world.meet)).toMatchObject({ kind: 'ok' });
  });

  test('is asked for once by many calls at a time, and kept', async () => {
    await using world = await meetWorld(school(), now);
    await Promise.all([people(world.meet), people(world.meet), people(world.meet)]);
    await people(world.meet);
    expect(world.google.requests.filter(({ method }) => method === 'token')).toHaveLength(1);
  });
});

test('each kind of call asks for its own scope, so that a missing one breaks nothing else', async () => {
  await using world = await meetWorld(school(), now);
  const scopesOf = async (call: () => Promise<unknown>) => {
    world.google.clearRequests();
    await call();
    return world.google.requests.map(({ method }) => method);
  };
  expect(await scopesOf(() => people(world.meet))).toEqual(['token', 'participants.list']);
  expect(await scopesOf(() => world.meet.createSpace(nora, never))).toEqual(['token', 'spaces.create']);
  expect(await scopesOf(() => world.directory.lookUp(nora, '1', never))).toEqual(['token', 'directory.users.get']);

  world.google.setFaults(failing('unauthorized-client', { method: 'token' }));
  const other = readerOf(world.google.url, world.clock);
  for (let call = 0; call < 6; call += 1) await other.meet.createSpace(nora, never);
  world.google.setFaults(null);
  expect(await people(other.meet)).toMatchObject({ kind: 'ok' });
});

test('making a space is sent again only when Google says that it did nothing', async () => {
  for (const [status, requests] of [
    [503, 1],
    [429, 4],
  ] as const) {
    await using server = await rawServer((response) => sendError(response, status));
    const { meet } = readerOf(server.url, handClock(now));
    expect(await meet.createSpace(nora, never)).toMatchObject({ kind: 'failure' });
    expect(server.requests).toHaveLength(requests);
  }
});

describe('the circuit of an organiser', () => {
  test('opens after five calls that failed for good, and closes when one succeeds', async () => {
    await using world = await meetWorld(school(), now, {
      faults: failing('http-503', { user: nora, method: 'participants.list' }),
    });
    const { meet, google, waits } = world;
    const circuit = () => meet.status().organizers.map((one) => `${one.organizer} ${one.circuit}`);
    for (let call = 0; call < 5; call += 1) expect(await people(meet)).toMatchObject({ reason: 'unavailable' });
    expect(circuit()).toEqual([`${nora} open`]);

    google.clearRequests();
    expect(await people(meet)).toMatchObject({
      reason: 'circuit_open',
      cause: 'unavailable',
      message: FAILURES.unavailable.message,
      retryAfterMs: 30_000,
    });
    expect(google.requests).toEqual([]);
    expect(await people(meet, omar)).toMatchObject({ kind: 'ok' });

    waits.pass(30_000);
    expect(circuit()).toEqual([`${nora} half_open`, `${omar} closed`]);
    const [probe, beside] = await Promise.all([people(meet), people(meet)]);
    expect([probe, beside]).toMatchObject([{ reason: 'unavailable' }, { reason: 'circuit_open' }]);
    expect(circuit()[0]).toBe(`${nora} open`);

    google.setFaults(null);
    waits.pass(30_000);
    expect(await people(meet)).toMatchObject({ kind: 'ok' });
    expect(circuit()[0]).toBe(`${nora} closed`);
  });

  test('stays closed over rooms that are refused or unknown', async () => {
    for (const kind of ['http-403-permission', 'http-404', 'http-400-page-token'] as const) {
      await using world = await meetWorld(school(), now, { faults: failing(kind, { method: 'participants.list' }) });
      for (let call = 0; call < 8; call += 1) await people(world.meet);
      expect(world.meet.status().organizers[0]?.circuit).toBe('closed');
    }
  });

  test('lets another call try when the one that tried was given up', async () => {
    await using world = await meetWorld(school(), now, { faults: failing('invalid-grant', { method: 'token' }) });
    const { meet, google, waits } = world;
    for (let call = 0; call < 5; call += 1) await people(meet);
    waits.pass(30_000);
    google.setFaults(failing('stall', { method: 'token' }));
    const giveUp = new AbortController();
    const probe = people(meet, nora, giveUp.signal);
    giveUp.abort(new Error('closing'));
    await expect(probe).rejects.toThrow('closing');
    google.setFaults(null);
    expect(await people(meet)).toMatchObject({ kind: 'ok' });
  });

  test('that opens stops the attempts of calls already under way', async () => {
    await using server = await rawServer((response) => sendError(response, 503));
    const { meet } = readerOf(server.url, handClock(now));
    const answers = await Promise.all(Array.from({ length: 40 }, () => people(meet)));
    expect(new Set(answers.map((answer) => (answer.kind === 'ok' ? 'ok' : answer.reason)))).toEqual(
      new Set(['unavailable', 'circuit_open']),
    );
    // Three attempts each, and of the fourth no more than were sent together.
    expect(server.requests.length).toBeLessThanOrEqual(3 * 40 + 5 + 8);
  });
});

test('one organiser’s silence and quota delay nobody else', async () => {
  await using world = await meetWorld(school(), now, {
    faults: failing('stall', { user: nora, method: 'participants.list' }),
    timing: { callMs: Infinity },
  });
  const giveUp = new AbortController();
  const stuck = Array.from({ length: 30 }, () => people(world.meet, nora, giveUp.signal));
  expect(await people(world.meet, omar)).toMatchObject({ kind: 'ok' });
  giveUp.abort(new Error('closing'));
  expect((await Promise.allSettled(stuck)).every(({ status }) => status === 'rejected')).toBe(true);
});

test('a quota of the project holds everybody, one of a user only that user', async () => {
  for (const [kind, other] of [
    ['http-429-retry-info', 'failure'],
    ['http-429-seconds', 'ok'],
  ] as const) {
    await using world = await meetWorld(school(), now, { faults: failing(kind, { user: nora }) });
    world.google.setFaults(failing(kind, { user: nora, method: 'participants.list' }));
    expect(await people(world.meet)).toMatchObject({ reason: 'rate_limited' });
    expect(await people(world.meet, omar)).toMatchObject({ kind: other });
  }
});

describe('the status', () => {
  test('tells calls, success and failure of each organiser, and how far the clocks are apart', async () => {
    await using world = await meetWorld(school(), now);
    const { meet, clock, google } = world;
    expect(meet.status()).toEqual({ organizers: [], callsLastMinute: 0, perMinuteLimit: 4800, clockSkewMs: null });
    await people(meet);
    await people(meet, omar);
    google.setFaults(failing('http-404', { method: 'participants.list' }));
    await people(meet, omar.toUpperCase());
    const at = clock.now();
    expect(meet.status()).toEqual({
      organizers: [
        { organizer: nora, circuit: 'closed', lastSuccessAt: at, lastFailure: null, callsLastMinute: 1 },
        {
          organizer: omar,
          circuit: 'closed',
          lastSuccessAt: at,
          lastFailure: 'Google does not know this room or record (any more)',
          callsLastMinute: 2,
        },
      ],
      callsLastMinute: 3,
      perMinuteLimit: 4800,
      clockSkewMs: 0,
    });
  });

  test('a wrong clock is measured by Google’s, and warned of once', async () => {
    const right = Date.parse(now);
    await using server = await rawServer((response) =>
      sendJson(response, {}, 200, { date: new Date(right).toUTCString() }),
    );
    const clock = handClock(right - 90_000);
    const { meet, lines } = readerOf(server.url, clock);
    const warnings = () => lines.filter(({ skew_ms: skew }) => skew !== undefined).map(({ skew_ms: skew }) => skew);
    expect(await people(meet)).toMatchObject({ readAt: right });
    await people(meet);
    expect(meet.status().clockSkewMs).toBe(90_000);
    expect(warnings()).toEqual([90_000]);
    clock.set(right + 5000);
    await people(meet);
    expect(meet.status().clockSkewMs).toBe(-5000);
    clock.set(right + 3_600_000);
    await people(meet);
    expect(warnings()).toEqual([90_000, -3_600_000]);
  });
});
