import { expect, test } from 'vitest';

import { startEmulator } from '../../src/emulator/server.ts';
import { createTimeline, guest, phone } from '../../src/emulator/timeline.ts';
import { handClock } from '../support/clock.ts';
import { holding, meetAs } from './google-client.ts';

const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);

/** A teacher's room with one call from 10:00 to 11:00. */
async function school(now: string) {
  const timeline = createTimeline('2026-03-02');
  const nora = timeline.account('nora@school.test', 'Nora Teacher');
  const ana = timeline.account('ana@school.test', 'Ana Silva');
  const room = timeline.room(nora, 'abc-defg-hij');
  const call = room.call('10:00', '11:00');
  const clock = handClock(at(now));
  const google = await startEmulator({ world: timeline.world, clock });
  const meet = meetAs(google.url, holding(nora.email));
  const participants = async () =>
    (await meet.conferenceRecords.participants.list({ parent: call.record.name })).data.participants ?? [];
  const sessions = async (parent: string) =>
    (await meet.conferenceRecords.participants.participantSessions.list({ parent })).data.participantSessions ?? [];
  const records = async () => (await meet.conferenceRecords.list()).data.conferenceRecords ?? [];
  return { timeline, nora, ana, room, call, clock, google, meet, participants, sessions, records };
}

test('a call is invisible before it starts, live while it lasts, ended after, gone after thirty days', async () => {
  const { google, clock, meet, records, call } = await school('09:59:59');
  await using _ = google;
  expect((await meet.conferenceRecords.list()).data).toEqual({});

  clock.set(at('10:30:00'));
  const [live] = await records();
  expect(live).toMatchObject({ name: call.record.name, space: 'spaces/room1' });
  expect(Date.parse(live?.startTime ?? '')).toBe(at('10:00:00'));
  expect(live).not.toHaveProperty('endTime');

  clock.set(at('11:00:00'));
  const [ended] = await records();
  expect(Date.parse(ended?.endTime ?? '')).toBe(at('11:00:00'));
  expect(Date.parse(ended?.expireTime ?? '')).toBe(Date.parse('2026-04-01T11:00:00Z'));

  clock.set('2026-04-01T10:59:59Z');
  expect(await records()).toHaveLength(1);
  clock.set('2026-04-01T11:00:00Z');
  expect(await records()).toEqual([]);
  await expect(meet.conferenceRecords.get({ name: call.record.name })).rejects.toMatchObject({ status: 404 });
});

test('an end time may arrive late, and a record may appear late', async () => {
  const { google, clock, records, call } = await school('11:04:00');
  await using _ = google;
  call.record.endVisibleAt = at('11:05:00');
  expect((await records())[0]).not.toHaveProperty('endTime');
  clock.set(at('11:05:00'));
  expect(Date.parse((await records())[0]?.endTime ?? '')).toBe(at('11:00:00'));
  call.record.visibleFrom = at('11:10:00');
  expect(await records()).toEqual([]);
});

test('a participant who leaves and rejoins loses the latest end time until leaving again', async () => {
  const { google, clock, call, ana, participants, sessions } = await school('10:10:00');
  await using _ = google;
  call.joins(ana, '10:01', '10:20');
  call.joins(ana, '10:25', '10:40', 'phone');
  const name = `${call.record.name}/participants/${ana.id}`;

  expect(await participants()).toMatchObject([
    { name, signedinUser: { user: `users/${ana.id}`, displayName: 'Ana Silva' } },
  ]);
  expect((await participants())[0]).not.toHaveProperty('latestEndTime');

  clock.set(at('10:22:00'));
  expect(Date.parse((await participants())[0]?.latestEndTime ?? '')).toBe(at('10:20:00'));

  clock.set(at('10:30:00'));
  expect((await participants())[0]).not.toHaveProperty('latestEndTime');
  const open = await sessions(name);
  expect(open.map((session) => session.name)).toEqual([
    `${name}/participantSessions/phone-2`,
    `${name}/participantSessions/1`,
  ]);
  expect(open[0]).not.toHaveProperty('endTime');

  clock.set(at('10:45:00'));
  const [final] = await participants();
  expect(Date.parse(final?.earliestStartTime ?? '')).toBe(at('10:01:00'));
  expect(Date.parse(final?.latestEndTime ?? '')).toBe(at('10:40:00'));
});

test('guests and phones have a name and no account', async () => {
  const { google, call, participants } = await school('10:30:00');
  await using _ = google;
  call.joins(guest('iPad'), '10:02', null);
  call.joins(guest('iPad'), '10:03', null);
  call.joins(phone('+44 ••• ••12'), '10:04', null);
  expect(await participants()).toMatchObject([
    { phoneUser: { displayName: '+44 ••• ••12' } },
    { anonymousUser: { displayName: 'iPad' } },
    { anonymousUser: { displayName: 'iPad' } },
  ]);
});

test('a session is corrected, then forgotten', async () => {
  const { google, clock, call, ana, sessions } = await school('10:31:00');
  await using _ = google;
  const session = call.joins(ana, '10:01', '10:30');
  session.corrections = [{ at: at('10:40:00'), end: at('10:35:00') }];
  session.vanishesAt = at('10:50:00');
  const name = `${call.record.name}/participants/${ana.id}`;
  expect(Date.parse((await sessions(name))[0]?.endTime ?? '')).toBe(at('10:30:00'));
  clock.set(at('10:40:00'));
  expect(Date.parse((await sessions(name))[0]?.endTime ?? '')).toBe(at('10:35:00'));
  clock.set(at('10:50:00'));
  await expect(sessions(name)).rejects.toMatchObject({ status: 404 });
});

test('one resource is read by name at each level', async () => {
  const { google, call, ana, meet } = await school('10:31:00');
  await using _ = google;
  const { name } = call.joins(ana, '10:01', '10:30');
  const participant = `${call.record.name}/participants/${ana.id}`;
  expect((await meet.conferenceRecords.get({ name: call.record.name })).data.name).toBe(call.record.name);
  expect((await meet.conferenceRecords.participants.get({ name: participant })).data.name).toBe(participant);
  expect((await meet.conferenceRecords.participants.participantSessions.get({ name })).data.name).toBe(name);
  await expect(
    meet.conferenceRecords.participants.get({ name: `${call.record.name}/participants/nobody` }),
  ).rejects.toMatchObject({ status: 404, cause: { status: 'NOT_FOUND' } });
});

test('instants come with 0, 3, 6 or 9 digits, the same text every time, and keep their millisecond', async () => {
  const { google, call, sessions, ana } = await school('11:00:00');
  await using _ = google;
  const instants = Array.from({ length: 60 }, (_unused, index) => at('10:00:00') + index * 1000 + (index % 2) * 250);
  for (const instant of instants) call.joins(ana, instant, instant + 60_000);
  const parent = `${call.record.name}/participants/${ana.id}`;
  const texts = (await sessions(parent)).map(({ startTime }) => startTime ?? '');
  expect(texts.map((text) => Date.parse(text))).toEqual(instants.toReversed());
  const digits = new Set(texts.map((text) => /\.(\d+)Z$/.exec(text)?.[1]?.length ?? 0));
  expect(digits).toEqual(new Set([0, 3, 6, 9]));
  expect((await sessions(parent)).map(({ startTime }) => startTime)).toEqual(texts);
});

test('the date header is the time of the clock', async () => {
  const { google } = await school('10:30:00');
  await using _ = google;
  const { headers } = await fetch(`${google.url}/v2/conferenceRecords`);
  expect(headers.get('date')).toBe('Mon, 02 Mar 2026 10:30:00 GMT');
});

test('fields narrows an answer, and drops the next page token if it is not named', async () => {
  const { google, call, ana, nora, meet } = await school('10:30:00');
  await using _ = google;
  call.joins(ana, '10:01', null);
  call.joins(nora, '10:00', null);
  const parent = call.record.name;
  const list = async (fields: string) =>
    (await meet.conferenceRecords.participants.list({ parent, pageSize: 1, fields })).data;
  expect(await list('participants(signedinUser/user),totalSize')).toEqual({
    participants: [{ signedinUser: { user: `users/${ana.id}` } }],
    totalSize: 2,
  });
  expect(await list('nextPageToken')).toEqual({ nextPageToken: expect.any(String) });
  await expect(list('participants(')).rejects.toMatchObject({ status: 400 });
});

test('the shape on the wire is indented JSON unless asked otherwise', async () => {
  const { google } = await school('10:30:00');
  await using _ = google;
  const authorization = `Bearer ${holding('nora@school.test').credentials.access_token}`;
  const text = async (query: string) =>
    (await fetch(`${google.url}/v2/spaces/abc-defg-hij${query}`, { headers: { authorization } })).text();
  expect(await text('')).toContain('{\n  "name": "spaces/room1"');
  expect(await text('?prettyPrint=false')).toContain('{"name":"spaces/room1"');
});
