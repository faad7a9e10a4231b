import { describe, expect, test } from 'vitest';

import { startEmulator } from '../../src/emulator/server.ts';
import { createTimeline, guest } from '../../src/emulator/timeline.ts';
import { handClock } from '../support/clock.ts';
import { holding, meetAs } from './google-client.ts';

/** Two rooms of one owner, 120 calls of half an hour from 1 March 00:00 on in the first, one live call in the second. */
async function busyRooms(options: { shortPages?: boolean } = {}) {
  const timeline = createTimeline('2026-03-01');
  const nora = timeline.account('nora@school.test');
  const room = timeline.room(nora, 'abc-defg-hij');
  const start = timeline.at('00:00');
  for (let index = 0; index < 120; index += 1) {
    room.call(start + index * 1_800_000, start + (index + 1) * 1_800_000);
  }
  const other = timeline.room(nora, 'xyz-wvut-srq');
  const live = other.call('2026-03-05T10:00:00Z', null);
  const google = await startEmulator({ world: timeline.world, clock: handClock('2026-03-05T10:30:00Z'), ...options });
  const meet = meetAs(google.url, holding(nora.email));
  const list = async (params: { filter?: string; pageSize?: number; pageToken?: string }) =>
    (await meet.conferenceRecords.list(params)).data;
  const all = async (params: { filter?: string; pageSize?: number }) => {
    const names: string[] = [];
    const sizes: number[] = [];
    const tokens = new Set<string>();
    let pageToken: string | undefined;
    do {
      const page = await list(pageToken === undefined ? params : { ...params, pageToken });
      names.push(...(page.conferenceRecords ?? []).map(({ name }) => name ?? ''));
      sizes.push(page.conferenceRecords?.length ?? 0);
      pageToken = page.nextPageToken ?? undefined;
      if (pageToken !== undefined) tokens.add(pageToken);
    } while (pageToken !== undefined);
    return { names, sizes, tokens };
  };
  return { timeline, live, google, list, all };
}

describe('paging', () => {
  test('a page holds 25 records by default, at most 100, newest first', async () => {
    const { google, list, all } = await busyRooms();
    await using _ = google;
    const first = await list({});
    expect(first.conferenceRecords).toHaveLength(25);
    expect(first.conferenceRecords?.slice(0, 2).map(({ name }) => name)).toEqual([
      'conferenceRecords/call121',
      'conferenceRecords/call120',
    ]);
    const { names, sizes } = await all({ pageSize: 5000 });
    expect(sizes).toEqual([100, 21]);
    expect(new Set(names).size).toBe(121);
    expect(names.at(-1)).toBe('conferenceRecords/call1');
  });

  test('short pages come in all sizes, empty ones too, and still hold everything once', async () => {
    const { google, all } = await busyRooms({ shortPages: true });
    await using _ = google;
    const { names, sizes, tokens } = await all({ pageSize: 4 });
    expect(new Set(names).size).toBe(121);
    expect(names).toHaveLength(121);
    expect(new Set(sizes)).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(tokens.size).toBe(sizes.length - 1);
  });

  test('a token of another list, or of no list, is refused', async () => {
    const { google, list } = await busyRooms();
    await using _ = google;
    const { nextPageToken } = await list({ filter: 'space.name = "spaces/room1"' });
    const pageToken = nextPageToken ?? '';
    await expect(list({ pageToken })).rejects.toMatchObject({ status: 400, cause: { status: 'INVALID_ARGUMENT' } });
    await expect(list({ pageToken: 'made-up' })).rejects.toMatchObject({ status: 400 });
    await expect(list({ pageSize: -1 })).rejects.toMatchObject({ status: 400 });
  });

  test('a call with hundreds of people takes several pages of 250', async () => {
    const timeline = createTimeline('2026-03-01');
    const nora = timeline.account('nora@school.test');
    const call = timeline.room(nora).call('10:00', '11:00');
    for (let index = 0; index < 600; index += 1) call.joins(guest('iPad'), timeline.at('10:00') + index, '10:59');
    await using google = await startEmulator({ world: timeline.world, clock: handClock('2026-03-01T12:00:00Z') });
    const meet = meetAs(google.url, holding(nora.email));
    const parent = call.record.name;
    const first = await meet.conferenceRecords.participants.list({ parent, pageSize: 1000 });
    expect(first.data.participants).toHaveLength(250);
    const names = new Set(first.data.participants?.map(({ name }) => name));
    let pageToken = first.data.nextPageToken;
    while (pageToken) {
      const { data } = await meet.conferenceRecords.participants.list({ parent, pageSize: 1000, pageToken });
      for (const { name } of data.participants ?? []) names.add(name);
      pageToken = data.nextPageToken;
    }
    expect(names.size).toBe(600);
  });
});

describe('filters', () => {
  test.each([
    ['space.meeting_code = "abc-defg-hij"', 120],
    ['space.meeting_code="abc-defg-hij" AND end_time IS NULL', 0],
    ['space.name = "spaces/room2"', 1],
    ['space.name="spaces/nowhere"', 0],
    ['end_time IS NULL', 1],
    ['endTime IS NULL', 1],
    ['start_time >= "2026-03-02T00:00:00Z" AND start_time < "2026-03-02T12:00:00Z"', 24],
    ['start_time>=2026-03-02T00:00:00Z AND start_time<=2026-03-02T12:00:00Z', 25],
    ['startTime = "2026-03-01T01:00:00+01:00"', 1],
    ['space.meeting_code = "abc-defg-hij" AND end_time <= "2026-03-01T01:00:00Z"', 2],
    ['', 121],
  ])('%s finds %i calls', async (filter, count) => {
    const { google, all } = await busyRooms();
    await using _ = google;
    expect((await all({ filter, pageSize: 100 })).names).toHaveLength(count);
  });

  test.each([
    'end_time IS NOT NULL',
    'start_time > "2026-03-02T00:00:00Z"',
    'start_time != "2026-03-02T00:00:00Z"',
    'end_time IS NULL OR end_time IS NULL',
    'NOT end_time IS NULL',
    '(end_time IS NULL)',
    'space.name = "spaces/room\\"1"',
    'space.name >= "spaces/room1"',
    'space.meeting_code IS NULL',
    'start_time >= "yesterday"',
    'start_time >= "2026-03-02T00:00:00"',
    'title = "Algebra"',
    'end_time IS NULL AND',
    'AND end_time IS NULL',
    'end_time',
    'constructor = "x"',
  ])('%s is refused', async (filter) => {
    const { google, list } = await busyRooms();
    await using _ = google;
    await expect(list({ filter })).rejects.toMatchObject({ status: 400, cause: { status: 'INVALID_ARGUMENT' } });
  });

  test('people still in the call are found, and sessions by their times', async () => {
    const { google, timeline, live } = await busyRooms();
    await using _ = google;
    const stays = guest('stays');
    const left = guest('left');
    live.joins(left, '2026-03-05T10:01:00Z', '2026-03-05T10:20:00Z');
    live.joins(stays, '2026-03-05T10:02:00Z', '2026-03-05T10:05:00Z');
    live.joins(stays, '2026-03-05T10:06:00Z', null);
    const meet = meetAs(google.url, holding(timeline.world.accounts[0]?.email ?? ''));
    const { data } = await meet.conferenceRecords.participants.list({
      parent: live.record.name,
      filter: 'latest_end_time IS NULL',
    });
    expect(data.participants).toMatchObject([{ anonymousUser: { displayName: 'stays' } }]);
    const sessions = await meet.conferenceRecords.participants.participantSessions.list({
      parent: data.participants?.[0]?.name ?? '',
      filter: 'end_time <= "2026-03-05T10:05:00Z"',
    });
    expect(sessions.data.participantSessions).toHaveLength(1);
  });
});
