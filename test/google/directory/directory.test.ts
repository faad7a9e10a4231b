import { describe, expect, test } from 'vitest';

import { createTimeline } from '../../../src/emulator/timeline.ts';
import { handClock } from '../../support/clock.ts';
import { failing } from '../../support/failing.ts';
import { consentOf, meetWorld, never, rawServer, readerOf, sendError, sendJson } from '../support.ts';

const nora = 'nora@school.test';
const omar = 'omar@school.test';
const now = '2026-03-02T12:00:00Z';

function school() {
  const timeline = createTimeline('2026-03-02');
  timeline.room(timeline.account(nora)).call('10:00', '11:00');
  timeline.room(timeline.account(omar, 'Omar Teacher')).call('10:00', '11:00');
  return timeline.world;
}

describe('the directory', () => {
  test('tells the address behind an account id, and that there is none', async () => {
    const world = school();
    world.accounts.push({ id: '77', email: 'outside@elsewhere.test', name: 'Out Side', inDirectory: false });
    await using google = await meetWorld(world, now);
    const id = world.accounts[1]?.id ?? '';
    expect(await google.directory.lookUp(nora, id, never)).toMatchObject({ kind: 'ok', value: { email: omar } });
    expect(await google.directory.lookUp(nora, '77', never)).toMatchObject({ kind: 'ok', value: null });
    const { path } = google.google.requests.at(-1) ?? { path: '' };
    expect(path).toContain('viewType=domain_public');
    expect(await google.directory.lookUp(nora, '../admin', never)).toMatchObject({ reason: 'bad_request' });
  });

  test('that tells a name without end tells nothing', async () => {
    const body = { primaryEmail: omar, name: { fullName: 'x'.repeat(1001) } };
    await using server = await rawServer((response) => sendJson(response, body));
    const { directory } = readerOf(server.url, handClock(now));
    expect(await directory.lookUp(nora, '42', never)).toMatchObject({ reason: 'not_an_api_reply' });
  });

  test('that is refused leaves reading alone', async () => {
    await using world = await meetWorld(school(), now, {
      faults: failing('http-403-scope', { method: 'directory.users.get' }),
    });
    expect(await world.directory.lookUp(nora, '1', never)).toMatchObject({ reason: 'scope_missing' });
    expect(await world.meet.listParticipants(nora, 'conferenceRecords/call1', never)).toMatchObject({ kind: 'ok' });
  });

  test('that a grant was given without has nobody to ask', async () => {
    await using world = await meetWorld(school(), now, {
      credentials: consentOf(nora),
      faults: failing('http-403-scope', { method: 'directory.users.get' }),
    });
    expect(await world.directory.lookUp(nora, '1', never)).toMatchObject({ kind: 'ok', value: null });
  });

  test('tells name and address as Google has them now, the address in lower case', async () => {
    const bodies = [
      { primaryEmail: 'Omar@School.test', name: { fullName: 'Omar Teacher' } },
      { primaryEmail: 'omar@school.test' },
    ];
    await using server = await rawServer((response, nth) => sendJson(response, bodies[nth - 1]));
    const { directory } = readerOf(server.url, handClock(now));
    expect(await directory.lookUp(nora, '42', never)).toMatchObject({ value: { email: omar, name: 'Omar Teacher' } });
    expect(await directory.lookUp(nora, '42', never)).toMatchObject({ value: { email: omar, name: null } });
    // Only what is needed is asked for.
    expect(new URL(server.requests[0]!.path, server.url).searchParams.get('fields')).toBe('primaryEmail,name/fullName');
  });

  test.each(['../admin', '', '.', 'a/b', 'a?b', 'a b'])('is not asked for %j, which is no account id', async (id) => {
    await using server = await rawServer((response) => sendJson(response, {}));
    const { directory } = readerOf(server.url, handClock(now));
    expect(await directory.lookUp(nora, id, never)).toMatchObject({ kind: 'failure', reason: 'bad_request' });
    expect(server.requests).toEqual([]);
  });

  test('that answers without an address, or that fails, does not say that there is no such user', async () => {
    await using other = await rawServer((response) => sendJson(response, { name: { fullName: 'Omar' } }));
    await using failed = await rawServer((response) => sendError(response, 503));
    for (const [server, reason] of [
      [other, 'not_an_api_reply'],
      [failed, 'unavailable'],
    ] as const) {
      const { directory } = readerOf(server.url, handClock(now));
      expect(await directory.lookUp(nora, '42', never)).toMatchObject({ kind: 'failure', reason });
    }
  });
});
