import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';

import { afterEach, describe, expect, test, vi } from 'vitest';

import { createTimeline } from '../../../src/emulator/timeline.ts';
import type { Credentials } from '../../../src/google/auth.ts';
import { createNetwork } from '../../../src/google/call/network.ts';
import { prepareClient } from '../../../src/google/call/transport.ts';
import { systemClock } from '../../../src/system.ts';
import { FAULT_KINDS } from '../../emulator/faults/kinds.ts';
import { handClock } from '../../support/clock.ts';
import { failing } from '../../support/failing.ts';
import { consentOf, delegation, meetWorld, never, rawServer, readerOf, sendError, sendJson } from '../support.ts';

const nora = 'nora@school.test';
const clock = handClock('2026-03-02T12:00:00Z');
const record = 'conferenceRecords/call1';

afterEach(() => vi.unstubAllEnvs());

describe('requests', () => {
  test.each([
    ['a proxy', { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '', no_proxy: '' }],
    ['another universe', { GOOGLE_CLOUD_UNIVERSE_DOMAIN: 'elsewhere.example' }],
  ])('reach the stand-in for Google although the environment names %s', async (_, env: Record<string, string>) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const timeline = createTimeline('2026-03-02');
    timeline.room(timeline.account(nora)).call('10:00', '11:00');
    for (const credentials of [delegation, consentOf(nora)]) {
      await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z', { credentials });
      expect(await world.meet.listParticipants(nora, record, never)).toMatchObject({ kind: 'ok' });
      expect(await world.directory.lookUp(nora, '1', never)).toMatchObject({ kind: 'ok', value: null });
    }
  });

  test('share a few connections that are kept', async () => {
    await using server = await rawServer((response) => sendJson(response, {}));
    const { meet } = readerOf(server.url, clock);
    const list = (number: number) => meet.listParticipants(`user${number % 6}@school.test`, record, never);
    await Promise.all(Array.from({ length: 60 }, (_, number) => list(number)));
    await list(1);
    expect(server.requests).toHaveLength(61);
    expect(server.connections()).toBeLessThanOrEqual(24);
  });

  test('are not led elsewhere', async () => {
    await using elsewhere = await rawServer((response) => sendJson(response, {}));
    await using server = await rawServer((response) => {
      response.writeHead(302, { location: `${elsewhere.url}/v2/${record}/participants` }).end();
    });
    const { meet } = readerOf(server.url, clock);
    expect(await meet.listParticipants(nora, record, never)).toMatchObject({ reason: 'not_an_api_reply', status: 302 });
    expect(elsewhere.requests).toEqual([]);
  });

  test('of packed bodies stop at eight megabytes unpacked', async () => {
    const bomb = gzipSync(JSON.stringify({ participants: [], padding: ' '.repeat(50 * 1024 * 1024) }));
    await using server = await rawServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
    });
    const { meet } = readerOf(server.url, clock, { timing: { attempts: 1 } });
    expect(await meet.listParticipants(nora, record, never)).toMatchObject({ reason: 'not_an_api_reply' });
  });

  test.each([400, 403, 404, 407, 410, 418])(
    'that a proxy’s page answers with %i are no refusal of Google’s',
    async (status) => {
      await using server = await rawServer((response) => {
        response.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html><p>Sign in to the network');
      });
      const { meet } = readerOf(server.url, clock);
      expect(await meet.listParticipants(nora, record, never)).toMatchObject({ reason: 'not_an_api_reply', status });
    },
  );

  test.each([
    [403, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'scope_missing'],
    [403, 'SERVICE_DISABLED', 'api_disabled'],
    [403, 'RATE_LIMIT_EXCEEDED', 'rate_limited'],
    [403, 'SOMETHING_NEW', 'forbidden'],
    [404, 'SOMETHING_NEW', 'not_found'],
    [410, 'SOMETHING_NEW', 'unavailable'],
    [500, 'SOMETHING_NEW', 'unavailable'],
  ])('that Google answers with %i and %s are %s', async (status, reason, expected) => {
    await using server = await rawServer((response) => sendError(response, status, [{ reason }]));
    const { meet } = readerOf(server.url, clock);
    expect(await meet.listParticipants(nora, record, never)).toMatchObject({ reason: expected, status });
  });

  test('end at their deadline, and leave when the caller does, also while a token is fetched', async () => {
    for (const method of ['participants.list', 'token'] as const) {
      const timeline = createTimeline('2026-03-02');
      timeline.account(nora);
      await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z', {
        faults: failing('stall', { method }),
        timing: { attempts: 1 },
      });
      expect(await world.meet.listParticipants(nora, record, never)).toMatchObject({ reason: 'unavailable' });
      const patient = readerOf(world.google.url, clock, { timing: { callMs: 60_000, tokenMs: 60_000 } });
      const leave = new AbortController();
      const call = patient.meet.listParticipants(nora, record, leave.signal);
      leave.abort(new Error('closing'));
      await expect(call).rejects.toThrow('closing');
      await expect(patient.meet.listParticipants(nora, record, leave.signal)).rejects.toThrow('closing');
    }
  });
});

/** What must never be seen: in an answer, in a line of the log, or anywhere inside the two. */
describe('secrets', () => {
  const secret = /refresh:|hush|PRIVATE KEY|ya29\.|secret-access|assertion|Bearer|eyJ|client_secret/;

  test.each<[string, Credentials]>([
    ['delegation', delegation],
    ['a consent', consentOf(nora)],
  ])('of %s stay out of answers and log, whatever fails', async (_, credentials) => {
    const timeline = createTimeline('2026-03-02');
    timeline.account(nora);
    const quick = FAULT_KINDS.filter((kind) => !['stall', 'headers-then-silence', 'slow-loris'].includes(kind));
    await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z');
    for (const method of ['token', 'participants.list', 'spaces.create', 'directory.users.get'] as const) {
      for (const kind of quick) {
        world.google.setFaults(failing(kind, { method }));
        // A client of its own for each fault: it has no token yet, and its circuit is closed.
        const reader = readerOf(world.google.url, world.clock, { credentials, timing: { attempts: 1 } });
        const { meet, directory, lines } = reader;
        const said = [
          await meet.listParticipants(nora, record, never),
          await meet.createSpace(nora, never),
          await directory.lookUp(nora, '1', never),
          meet.status(),
          lines,
        ];
        expect(inspect(said, { depth: Infinity, showHidden: true, maxStringLength: null })).not.toMatch(secret);
      }
    }
  });

  test('stand in the library’s own errors, so that none of those may be handed on', async () => {
    const timeline = createTimeline('2026-03-02');
    timeline.account(nora);
    await using world = await meetWorld(timeline.world, '2026-03-02T12:00:00Z', {
      faults: failing('invalid-grant', { method: 'token' }),
    });
    const client = consentOf(nora).client(nora, []);
    if (client === null) throw new Error('no client');
    prepareClient(client, {
      apiRoot: world.google.url,
      network: createNetwork(world.google.url, {}),
      clock: systemClock,
      timeoutMs: 5000,
    });
    const err: unknown = await client.getAccessToken().catch((reason: unknown) => reason);
    expect(inspect(err, { depth: Infinity, showHidden: true, maxStringLength: null })).toMatch(secret);
  });

  test('and people are not in the messages', async () => {
    await using server = await rawServer((response) =>
      sendJson(
        response,
        { error: { code: 403, message: 'nora@school.test may not', status: 'PERMISSION_DENIED' } },
        403,
      ),
    );
    const { meet, lines } = readerOf(server.url, clock);
    const said = inspect([await meet.listParticipants(nora, record, never), lines], { depth: Infinity });
    expect(said).not.toContain('nora');
  });
});

test('tokens are asked for by Google’s time: it refuses a form that is dated an hour off', async () => {
  const client = delegation.client(nora, ['scope']);
  if (client === null) throw new Error('no client');
  const dates: unknown[] = [];
  prepareClient(client, {
    apiRoot: null,
    network: async ({ body }) => {
      const [, claims = ''] = (new URLSearchParams(body ?? '').get('assertion') ?? '').split('.');
      const { iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
      dates.push([iat, exp]);
      return Response.json({ access_token: 'token', expires_in: 1, token_type: 'Bearer' });
    },
    clock: { ...systemClock, now: clock.now },
    timeoutMs: 5000,
  });
  const begun = clock.now() / 1000;
  await client.getAccessToken();
  clock.advance(10_500);
  await client.getAccessToken();
  expect(dates).toEqual([
    [begun, begun + 3599],
    [begun + 10, begun + 3609],
  ]);
});

test('only Meet and Admin of googleapis are loaded', () => {
  const folder = new URL('../../../src/google/', import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));
  expect([...new Set(sources.flatMap((source) => source.match(/from 'googleapis[^']*'/g) ?? []))].sort()).toEqual([
    "from 'googleapis/build/src/apis/admin/index.js'",
    "from 'googleapis/build/src/apis/meet/index.js'",
  ]);
});
