import { describe, expect, test } from 'vitest';

import { accessToken } from '../../../src/emulator/api/tokens.ts';
import type { Faults } from '../../../src/emulator/faults.ts';
import { startEmulator } from '../../../src/emulator/server.ts';
import { createTimeline, guest } from '../../../src/emulator/timeline.ts';
import { handClock } from '../../support/clock.ts';
import { failing } from '../../support/failing.ts';
import { whereSilent } from '../../support/silence.ts';
import { consented, holding, meetAs } from '../google-client.ts';
import { FAULT_KINDS, type FaultKind } from './kinds.ts';
import { faultsOf, type FaultPlan } from './plan.ts';

/** Three guests in a live call. */
async function smallCall(faults?: Faults) {
  const timeline = createTimeline('2026-03-02');
  const nora = timeline.account('nora@school.test', 'Nora Teacher');
  const call = timeline.room(nora).call('10:00', '11:00');
  call.joins(guest('one'), '10:01', '10:20');
  call.joins(guest('two'), '10:02', null);
  call.joins(guest('three'), '10:03', null);
  const google = await startEmulator({
    world: timeline.world,
    clock: handClock('2026-03-02T10:30:00Z'),
    ...(faults !== undefined && { faults }),
  });
  const meet = meetAs(google.url, holding(nora.email));
  const parent = call.record.name;
  const list = (params: { pageSize?: number; pageToken?: string } = {}, options: { signal?: AbortSignal } = {}) =>
    meet.conferenceRecords.participants.list({ parent, ...params }, options);
  return { google, meet, list, parent };
}

/** What the real client makes of a fault: the value of `data`, or what it throws; and what the emulator logged. */
async function outcome(kind: FaultKind) {
  // A server that keeps silent is left when it has done so, whatever the time.
  const patience = new AbortController();
  const leave = () => patience.abort(new DOMException('waited long enough', 'TimeoutError'));
  const { google, list } = await smallCall(whereSilent(failing(kind), () => void setImmediate(leave)));
  await using _ = google;
  const seen: unknown = await list({}, { signal: patience.signal }).then(
    ({ data, status }) => (status === 200 ? data : { status }),
    (err: unknown) => err,
  );
  return { seen, logged: google.requests[0] };
}

const right = { participants: [{ earliestStartTime: expect.any(String) }, {}, {}] };

/** Every kind, and how it shows behind the real client. */
const SEEN: Record<FaultKind, unknown> = {
  'http-429-seconds': { status: 429, cause: { status: 'RESOURCE_EXHAUSTED' } },
  'http-429-date': { status: 429, cause: { status: 'RESOURCE_EXHAUSTED' } },
  'http-429-retry-info': { status: 429, cause: { details: [{}, { retryDelay: '30s' }] } },
  'http-429-bare': { status: 429, cause: { details: [{ reason: 'RATE_LIMIT_EXCEEDED' }] } },
  'http-500': { status: 500, cause: { status: 'INTERNAL' } },
  'http-503': { status: 503, cause: { status: 'UNAVAILABLE' } },
  'http-504': { status: 504, cause: { status: 'DEADLINE_EXCEEDED' } },
  'http-409': { status: 409, cause: { status: 'ABORTED' } },
  'http-401': { status: 401, cause: { details: [{ reason: 'ACCESS_TOKEN_EXPIRED' }] } },
  'http-403-permission': { status: 403, cause: { status: 'PERMISSION_DENIED' } },
  'http-403-scope': { status: 403, cause: { details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }] } },
  'http-403-api-disabled': { status: 403, cause: { details: [{}, { reason: 'SERVICE_DISABLED' }] } },
  'http-403-rate-limit': { status: 403, cause: { errors: [{ reason: 'userRateLimitExceeded' }] } },
  'http-404': { status: 404, cause: { status: 'NOT_FOUND' } },
  'http-400-page-token': { status: 400, cause: { status: 'INVALID_ARGUMENT' } },
  'invalid-grant': { status: 400, response: { data: { error: 'invalid_grant' } } },
  'unauthorized-client': { status: 401, response: { data: { error: 'unauthorized_client' } } },
  'repeated-page-token': { ...right, nextPageToken: expect.any(String) },
  'duplicate-page': { ...right, nextPageToken: expect.any(String) },
  'duplicate-items': { participants: Array.from({ length: 6 }, () => ({})) },
  'reversed-items': {
    participants: ['one', 'two', 'three'].map((displayName) => ({ anonymousUser: { displayName } })),
  },
  'missing-required': { participants: [{ anonymousUser: { displayName: 'three' } }, {}, {}] },
  'null-required': { participants: [{ name: null }, {}, {}] },
  'reversed-times': { participants: [{ latestEndTime: '2026-03-01T10:30:00.000Z' }, {}, {}] },
  'end-in-future': { participants: [{ latestEndTime: '2026-03-03T10:30:00.000Z' }, {}, {}] },
  'wrong-types': { participants: 'not what you expect' },
  'wrong-object': { status: 'ok' },
  'wrong-array': [right],
  'oversized-body': { ...right, padding: ' '.repeat(9 * 1024 * 1024) },
  'http-408': { status: 408, response: { data: expect.stringContaining('<!DOCTYPE html>') } },
  'http-502-html': { status: 502, response: { data: expect.stringContaining('<!DOCTYPE html>') } },
  'reset-before-headers': { code: 'ECONNRESET' },
  'reset-mid-body': { code: 'ECONNRESET' },
  'early-fin': { code: expect.any(String) },
  stall: { code: 'TimeoutError' },
  'headers-then-silence': { code: 'TimeoutError' },
  'slow-loris': { code: 'TimeoutError' },
  'truncated-json': expect.stringMatching(/^\{\n {2}"participants"/),
  'invalid-json': expect.stringMatching(/,\}$/),
  'empty-200': '',
  'json-null': null,
  'http-204': { status: 204 },
  'html-200': expect.stringContaining('<!DOCTYPE html>'),
  'html-as-json': expect.stringContaining('<!DOCTYPE html>'),
  'json-as-text': expect.stringContaining('"participants"'),
  'json-no-content-type': expect.stringContaining('"participants"'),
  'redirect-302': expect.stringContaining('<!DOCTYPE html>'),
  'truncated-gzip': expect.stringMatching(/^\{\n {2}"participants"/),
  'corrupt-gzip': { code: 'Z_DATA_ERROR' },
};

test.each(FAULT_KINDS)('%s is seen by the client and stands in the log', async (kind) => {
  expect(await outcome(kind)).toMatchObject({
    seen: SEEN[kind],
    logged: { method: 'participants.list', user: 'nora@school.test', fault: kind },
  });
});

test('a 429 says when to come back in seconds, by date, or not at all', async () => {
  const retryAfter = async (kind: FaultKind) => {
    const { google, parent } = await smallCall(failing(kind));
    await using _ = google;
    const headers = { authorization: `Bearer ${accessToken('nora@school.test')}` };
    return (await fetch(`${google.url}/v2/${parent}/participants`, { headers })).headers.get('retry-after');
  };
  expect(await retryAfter('http-429-seconds')).toBe('30');
  expect(await retryAfter('http-429-date')).toBe('Mon, 02 Mar 2026 10:30:30 GMT');
  expect(await retryAfter('http-429-bare')).toBeNull();
});

test('a repeated page token leads in a circle', async () => {
  const { google, list } = await smallCall(failing('repeated-page-token', { from: 2 }));
  await using _ = google;
  const first = await list({ pageSize: 1 });
  const pageToken = first.data.nextPageToken ?? '';
  const second = await list({ pageSize: 1, pageToken });
  expect(second.data.nextPageToken).toBe(pageToken);
});

test('a page that comes twice has another token and the same people', async () => {
  const { google, list } = await smallCall(failing('duplicate-page', { times: 1 }));
  await using _ = google;
  const first = await list({ pageSize: 2 });
  const again = await list({ pageSize: 2, pageToken: first.data.nextPageToken ?? '' });
  const last = await list({ pageSize: 2, pageToken: again.data.nextPageToken ?? '' });
  expect(again.data.participants).toEqual(first.data.participants);
  expect(last.data.participants).toHaveLength(1);
  expect(last.data.nextPageToken).toBeUndefined();
});

describe('plans', () => {
  test('a script spoils the request it picks and no other', async () => {
    const { google, meet, list } = await smallCall(
      failing('http-503', { method: 'participants.list', from: 2, times: 1 }),
    );
    await using _ = google;
    const statuses: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await meet.conferenceRecords.list();
      await list().catch(() => undefined);
    }
    for (const { status } of google.requests) statuses.push(status ?? 0);
    expect(statuses).toEqual([200, 200, 200, 503, 200, 200]);
  });

  test('a rate spoils its share, the same one for the same seed', async () => {
    const plan: FaultPlan = { rate: 0.3, kinds: ['http-500', 'http-503'], seed: 5, endpoints: ['participants.list'] };
    const run = async () => {
      const { google, meet, list } = await smallCall(faultsOf(plan));
      await using _ = google;
      for (let round = 0; round < 40; round += 1) await list().catch(() => undefined);
      await meet.conferenceRecords.list();
      expect(google.requests.at(-1)).toMatchObject({ method: 'conferenceRecords.list', fault: null });
      return google.requests.map(({ fault }) => fault);
    };
    const faults = await run();
    const spoilt = faults.filter((fault) => fault !== null);
    expect(spoilt.length).toBeGreaterThan(4);
    expect(spoilt.length).toBeLessThan(20);
    expect(new Set(spoilt)).toEqual(new Set(['http-500', 'http-503']));
    expect(await run()).toEqual(faults);
  });

  test('faults end when the plan is taken away', async () => {
    const { google, list } = await smallCall();
    await using _ = google;
    google.setFaults(failing('reset-before-headers'));
    await expect(list()).rejects.toMatchObject({ code: 'ECONNRESET' });
    google.setFaults(null);
    expect((await list()).data.participants).toHaveLength(3);
  });

  test('the token endpoint fails too', async () => {
    const { google } = await smallCall(failing('invalid-grant', { method: 'token', user: 'nora@school.test' }));
    await using _ = google;
    const meet = meetAs(google.url, consented(google.url, 'nora@school.test'));
    await expect(meet.conferenceRecords.list()).rejects.toMatchObject({ status: 400, message: 'invalid_grant' });
  });
});

test('the emulator closes at once although answers hang', async () => {
  const { google, parent } = await smallCall(
    faultsOf({
      script: ({ ordinal }) => (['stall', 'slow-loris', 'headers-then-silence'] as const)[ordinal - 1] ?? null,
    }),
  );
  const headers = { authorization: `Bearer ${accessToken('nora@school.test')}` };
  const path = `${google.url}/v2/${parent}/participants`;
  const hanging = [1, 2, 3].map(async () => (await fetch(path, { headers })).text());
  const settled = Promise.allSettled(hanging);
  while (google.requests.length < 3) await fetch(`${google.url}/nowhere`).then((response) => response.text());
  await google[Symbol.asyncDispose]();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});
