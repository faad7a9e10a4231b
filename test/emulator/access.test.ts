import { describe, expect, test } from 'vitest';

import { SCOPE } from '../../src/emulator/api/tokens.ts';
import { startEmulator, type EmulatorOptions } from '../../src/emulator/server.ts';
import { createTimeline } from '../../src/emulator/timeline.ts';
import { handClock } from '../support/clock.ts';
import { consented, delegated, directoryAs, holding, meetAs, reportsAs, serviceAccountKey } from './google-client.ts';

const key = serviceAccountKey();

/** Nora's room with Ana in a live call; Omar has another room, and an empty one. */
async function twoTeachers(options: Partial<EmulatorOptions> = {}) {
  const timeline = createTimeline('2026-03-02');
  const nora = timeline.account('nora@school.test', 'Nora Teacher');
  const omar = timeline.account('omar@school.test', 'Omar Teacher');
  const ana = timeline.account('ana@gmail.test', 'Ana Silva', { inDirectory: false });
  const call = timeline.room(nora, 'abc-defg-hij').call('10:00', '11:00');
  call.joins(nora, '10:00', '11:00');
  call.joins(ana, '10:05', '10:50');
  timeline.room(omar, 'xyz-wvut-srq').call('09:00', '09:30');
  const clock = handClock('2026-03-02T10:30:00Z');
  const google = await startEmulator({ world: timeline.world, clock, ...options });
  return { timeline, nora, omar, ana, call, clock, google };
}

describe('tokens', () => {
  test('a service account reads as the person it stands for', async () => {
    const { google } = await twoTeachers();
    await using _ = google;
    const meet = meetAs(google.url, delegated(google.url, 'nora@school.test', key));
    expect((await meet.conferenceRecords.list()).data.conferenceRecords).toHaveLength(1);
    expect(google.requests).toMatchObject([
      { method: 'token', path: '/token', user: 'nora@school.test', status: 200 },
      { method: 'conferenceRecords.list', path: '/v2/conferenceRecords', user: 'nora@school.test', status: 200 },
    ]);
    google.clearRequests();
    await meet.conferenceRecords.list();
    expect(google.requests).toHaveLength(1);
  });

  test('a refresh token reads as the person who consented', async () => {
    const { google } = await twoTeachers();
    await using _ = google;
    const meet = meetAs(google.url, consented(google.url, 'omar@school.test'));
    expect((await meet.conferenceRecords.list()).data.conferenceRecords).toMatchObject([
      { name: 'conferenceRecords/call2' },
    ]);
  });

  test('nobody gets a token for an account that does not exist', async () => {
    const { google } = await twoTeachers();
    await using _ = google;
    const meet = meetAs(google.url, delegated(google.url, 'ghost@school.test', key));
    await expect(meet.conferenceRecords.list()).rejects.toMatchObject({
      status: 400,
      response: { data: { error: 'invalid_grant' } },
    });
  });

  test('a revoked account is refused new tokens and its old ones, until it is restored', async () => {
    const { google } = await twoTeachers();
    await using _ = google;
    const before = meetAs(google.url, holding('nora@school.test'));
    const delegation = () =>
      meetAs(google.url, delegated(google.url, 'nora@school.test', key)).conferenceRecords.list();
    const consent = () => meetAs(google.url, consented(google.url, 'nora@school.test')).conferenceRecords.list();

    google.revoke('nora@school.test');
    await expect(before.conferenceRecords.list()).rejects.toMatchObject({ status: 401 });
    await expect(delegation()).rejects.toMatchObject({
      status: 401,
      response: { data: { error: 'unauthorized_client' } },
    });
    await expect(consent()).rejects.toMatchObject({ status: 400, response: { data: { error: 'invalid_grant' } } });

    google.restore('nora@school.test');
    expect((await before.conferenceRecords.list()).status).toBe(200);
    expect((await consent()).status).toBe(200);
  });

  test('a call without a token is unauthenticated, one with too narrow a scope is forbidden', async () => {
    const { google } = await twoTeachers();
    await using _ = google;
    expect((await fetch(`${google.url}/v2/conferenceRecords`)).status).toBe(401);
    await expect(
      meetAs(google.url, holding('nora@school.test', [SCOPE.settings])).conferenceRecords.list(),
    ).rejects.toMatchObject({
      status: 403,
      cause: {
        status: 'PERMISSION_DENIED',
        details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', metadata: { method: 'conferenceRecords.list' } }],
      },
    });
  });
});

describe('who may read what', () => {
  test('a list holds the calls of rooms one owns, and no others', async () => {
    const { google } = await twoTeachers();
    await using _ = google;
    const names = async (email: string) =>
      (await meetAs(google.url, holding(email)).conferenceRecords.list()).data.conferenceRecords?.map(
        ({ name }) => name,
      );
    expect(await names('nora@school.test')).toEqual(['conferenceRecords/call1']);
    expect(await names('omar@school.test')).toEqual(['conferenceRecords/call2']);
    expect(await names('ana@gmail.test')).toBeUndefined();
  });

  test('owner and participants read a call by its name, others are denied', async () => {
    const { google, call } = await twoTeachers();
    await using _ = google;
    const read = (email: string) =>
      meetAs(google.url, holding(email)).conferenceRecords.participants.list({ parent: call.record.name });
    expect((await read('nora@school.test')).data.participants).toHaveLength(2);
    expect((await read('ana@gmail.test')).data.participants).toHaveLength(2);
    await expect(read('omar@school.test')).rejects.toMatchObject({
      status: 403,
      cause: { code: 403, status: 'PERMISSION_DENIED' },
    });
  });

  test('anybody finds a room by name or code, only the owner sees its settings, only people of the call see the call', async () => {
    const { google, clock } = await twoTeachers();
    await using _ = google;
    const space = async (email: string, name: string) =>
      (await meetAs(google.url, holding(email)).spaces.get({ name })).data;
    expect(await space('nora@school.test', 'spaces/abc-defg-hij')).toEqual({
      name: 'spaces/room1',
      meetingCode: 'abc-defg-hij',
      meetingUri: 'https://meet.google.com/abc-defg-hij',
      config: { accessType: 'TRUSTED', entryPointAccess: 'ALL', moderation: 'OFF' },
      activeConference: { conferenceRecord: 'conferenceRecords/call1' },
    });
    expect(await space('ana@gmail.test', 'spaces/ABC-DEFG-HIJ')).toEqual({
      name: 'spaces/room1',
      meetingCode: 'abc-defg-hij',
      meetingUri: 'https://meet.google.com/abc-defg-hij',
      activeConference: { conferenceRecord: 'conferenceRecords/call1' },
    });
    expect(Object.keys(await space('omar@school.test', 'spaces/room1'))).toEqual(['name', 'meetingUri', 'meetingCode']);
    await expect(space('nora@school.test', 'spaces/zzz-zzzz-zzz')).rejects.toMatchObject({ status: 404 });

    clock.set('2026-03-02T11:00:00Z');
    expect(await space('nora@school.test', 'spaces/room1')).not.toHaveProperty('activeConference');
  });

  test('a new room belongs to its creator and is all that a token with only the created scope sees', async () => {
    const { google, timeline } = await twoTeachers();
    await using _ = google;
    const meet = meetAs(google.url, holding('nora@school.test', [SCOPE.created]));
    const { data } = await meet.spaces.create({ requestBody: {} });
    expect(data.meetingCode).toMatch(/^[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
    expect(timeline.world.spaces.at(-1)).toEqual({
      name: data.name,
      meetingCode: data.meetingCode,
      ownerEmail: 'nora@school.test',
    });
    expect((await meet.spaces.get({ name: data.name ?? '' })).data.name).toBe(data.name);
    await expect(meet.spaces.get({ name: 'spaces/room1' })).rejects.toMatchObject({ status: 403 });
    expect((await meet.conferenceRecords.list()).data).toEqual({});
  });
});

describe('the directory and the audit log', () => {
  test('an id or an e-mail leads to the account, but only within the organisation', async () => {
    const { google, nora, ana } = await twoTeachers();
    await using _ = google;
    const directory = directoryAs(google.url, holding('nora@school.test'));
    for (const userKey of [nora.id, 'NORA@school.test']) {
      expect((await directory.users.get({ userKey })).data).toMatchObject({
        id: nora.id,
        primaryEmail: 'nora@school.test',
        name: { fullName: 'Nora Teacher' },
        suspended: false,
      });
    }
    await expect(directory.users.get({ userKey: ana.id })).rejects.toMatchObject({
      status: 404,
      cause: { message: 'Resource Not Found: userKey', errors: [{ reason: 'notFound', domain: 'global' }] },
    });
  });

  test('every device that left stands in the audit log', async () => {
    const { google, clock } = await twoTeachers();
    await using _ = google;
    clock.set('2026-03-02T10:55:00Z');
    const reports = reportsAs(google.url, holding('nora@school.test'));
    const { data } = await reports.activities.list({ userKey: 'all', applicationName: 'meet' });
    expect(data.items).toHaveLength(1);
    expect(data.items?.[0]).toMatchObject({
      id: { time: '2026-03-02T10:50:00.000Z' },
      actor: { callerType: 'KEY' },
      events: [
        {
          name: 'call_ended',
          parameters: expect.arrayContaining([
            { name: 'meeting_code', value: 'ABCDEFGHIJ' },
            { name: 'display_name', value: 'Ana Silva' },
            { name: 'duration_seconds', intValue: '2700' },
          ]),
        },
      ],
    });
  });
});

test('a quota counts reads in whole minutes, for each user and for all of them', async () => {
  const { google, clock } = await twoTeachers({ quota: { perUserPerMinute: 2, perProjectPerMinute: 3 } });
  await using _ = google;
  const nora = meetAs(google.url, holding('nora@school.test'));
  const omar = meetAs(google.url, holding('omar@school.test'));
  await nora.conferenceRecords.list();
  await nora.conferenceRecords.list();
  await expect(nora.conferenceRecords.list()).rejects.toMatchObject({
    status: 429,
    cause: {
      status: 'RESOURCE_EXHAUSTED',
      details: [
        {
          reason: 'RATE_LIMIT_EXCEEDED',
          metadata: { quota_limit: 'ReadRequestsPerMinutePerUser', quota_limit_value: '2' },
        },
      ],
    },
  });
  await omar.conferenceRecords.list();
  await expect(omar.conferenceRecords.list()).rejects.toMatchObject({
    status: 429,
    cause: { details: [{ metadata: { quota_limit: 'ReadRequestsPerMinutePerProject', quota_limit_value: '3' } }] },
  });
  clock.set('2026-03-02T10:31:00Z');
  expect((await nora.conferenceRecords.list()).status).toBe(200);
});

test('an unknown path is a page of HTML', async () => {
  const { google } = await twoTeachers();
  await using _ = google;
  const response = await fetch(`${google.url}/v3/rooms`);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('<!DOCTYPE html>');
  expect(google.requests).toMatchObject([{ method: 'unknown', path: '/v3/rooms', status: 404 }]);
});

test('two emulators cannot share a port', async () => {
  const { google, timeline, clock } = await twoTeachers();
  await using _ = google;
  const port = Number(new URL(google.url).port);
  await expect(startEmulator({ world: timeline.world, clock, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
