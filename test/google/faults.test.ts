import { describe, expect, test } from 'vitest';

import type { MethodName } from '../../src/emulator/api/meet-routes.ts';
import { createTimeline, guest } from '../../src/emulator/timeline.ts';
import type { FailureReason, Outcome } from '../../src/google/call/failures.ts';
import type { MeetClient } from '../../src/google/meet/meet-client.ts';
import { FAULT_KINDS, type FaultKind } from '../emulator/faults/kinds.ts';
import { failing } from '../support/failing.ts';
import { meetWorld, never } from './support.ts';

const nora = 'nora@school.test';
const record = 'conferenceRecords/call1';
const participant = `${record}/participants/guest1`;

function oneCall() {
  const timeline = createTimeline('2026-03-02');
  const call = timeline.room(timeline.account(nora)).call('10:00', '11:00');
  call.joins(guest('Ana'), '10:01', '10:59');
  return timeline.world;
}

const where = {
  space: 'spaces/room1',
  from: Date.parse('2026-03-02T09:00:00Z'),
  to: Date.parse('2026-03-02T12:00:00Z'),
};

type Names = Outcome<readonly { readonly name: string }[]>;
const reads: Record<string, (meet: MeetClient) => Promise<Names>> = {
  'conferenceRecords.list': (meet) => meet.listRecords(nora, where, never),
  'participants.list': (meet) => meet.listParticipants(nora, record, never),
  'participantSessions.list': (meet) => meet.listSessions(nora, participant, never),
};

/** What is concluded when the fault stays. */
const ofCalls: Record<FaultKind, FailureReason | 'ok'> = {
  'http-429-seconds': 'rate_limited',
  'http-429-date': 'rate_limited',
  'http-429-retry-info': 'rate_limited',
  'http-429-bare': 'rate_limited',
  'http-500': 'unavailable',
  'http-503': 'unavailable',
  'http-504': 'unavailable',
  'http-409': 'unavailable',
  'http-401': 'unauthorized',
  'http-403-permission': 'forbidden',
  'http-403-scope': 'scope_missing',
  'http-403-api-disabled': 'api_disabled',
  'http-403-rate-limit': 'rate_limited',
  'http-404': 'not_found',
  'http-400-page-token': 'bad_request',
  'invalid-grant': 'not_an_api_reply',
  'unauthorized-client': 'unauthorized',
  'repeated-page-token': 'not_an_api_reply',
  'duplicate-page': 'not_an_api_reply',
  'duplicate-items': 'ok',
  'reversed-items': 'ok',
  'missing-required': 'not_an_api_reply',
  'null-required': 'not_an_api_reply',
  'reversed-times': 'ok',
  'end-in-future': 'ok',
  'wrong-types': 'not_an_api_reply',
  'wrong-object': 'not_an_api_reply',
  'wrong-array': 'not_an_api_reply',
  'oversized-body': 'not_an_api_reply',
  'http-408': 'unavailable',
  'http-502-html': 'unavailable',
  'reset-before-headers': 'unavailable',
  'reset-mid-body': 'unavailable',
  'early-fin': 'unavailable',
  stall: 'unavailable',
  'headers-then-silence': 'unavailable',
  'slow-loris': 'unavailable',
  'truncated-json': 'not_an_api_reply',
  'invalid-json': 'not_an_api_reply',
  'empty-200': 'not_an_api_reply',
  'json-null': 'not_an_api_reply',
  'http-204': 'not_an_api_reply',
  'html-200': 'not_an_api_reply',
  'html-as-json': 'not_an_api_reply',
  'json-as-text': 'not_an_api_reply',
  'json-no-content-type': 'not_an_api_reply',
  'redirect-302': 'not_an_api_reply',
  'truncated-gzip': 'not_an_api_reply',
  'corrupt-gzip': 'unavailable',
};

/** Of the token endpoint: it says nothing about rooms, so nothing is ever forbidden or not found by it. */
const ofTokens: Record<FaultKind, FailureReason | 'ok'> = {
  ...ofCalls,
  'http-409': 'not_an_api_reply',
  'http-403-permission': 'not_an_api_reply',
  'http-403-scope': 'not_an_api_reply',
  'http-403-api-disabled': 'not_an_api_reply',
  'http-403-rate-limit': 'not_an_api_reply',
  'http-404': 'not_an_api_reply',
  'http-400-page-token': 'not_an_api_reply',
  'invalid-grant': 'unauthorized',
  'unauthorized-client': 'unauthorized',
  // Faults of lists, and types of content, that leave a token what it is.
  'repeated-page-token': 'ok',
  'duplicate-page': 'ok',
  'missing-required': 'ok',
  'null-required': 'ok',
  'json-as-text': 'ok',
  'json-no-content-type': 'ok',
};

const reasonOf = (outcome: Outcome<unknown>) => (outcome.kind === 'ok' ? 'ok' : outcome.reason);

const cells = Object.entries(reads).flatMap(([method, read]) =>
  FAULT_KINDS.flatMap((kind) => [
    { kind, endpoint: method as MethodName, read, reason: ofCalls[kind] },
    ...(method === 'participants.list' ? [{ kind, endpoint: 'token' as const, read, reason: ofTokens[kind] }] : []),
  ]),
);

describe('a fault that stays', () => {
  test.each(cells)('$kind from $endpoint is $reason', async ({ kind, endpoint, read, reason }) => {
    const faults = failing(kind, { method: endpoint });
    await using world = await meetWorld(oneCall(), '2026-03-02T12:00:00Z', { faults });
    const outcome = await read(world.meet);
    expect(reasonOf(outcome)).toBe(reason);
    // One participant, or a sentence.
    expect(outcome.kind === 'ok' ? `${outcome.value.length}` : outcome.message).toMatch(
      reason === 'ok' ? /^1$/ : /^\S.{20,}\S$/,
    );
    expect(world.google.requests.length).toBeLessThanOrEqual(8);
  });
});

/** Not helped by asking again at once. */
const lasting: ReadonlySet<FailureReason | 'ok'> = new Set([
  'forbidden',
  'scope_missing',
  'api_disabled',
  'not_found',
  'bad_request',
]);
/** Thirty seconds are more than anybody waits within a call. */
const asksForLong: ReadonlySet<FaultKind> = new Set(['http-429-seconds', 'http-429-date', 'http-429-retry-info']);

describe('a fault that passes', () => {
  const passing = cells.filter(
    ({ kind, endpoint, reason }) =>
      !lasting.has(reason) && !asksForLong.has(kind) && !(endpoint === 'token' && reason === 'unauthorized'),
  );
  test.each(passing)('$kind from $endpoint, once, is not noticed', async ({ kind, endpoint, read }) => {
    const faults = failing(kind, { method: endpoint, times: 1 });
    await using world = await meetWorld(oneCall(), '2026-03-02T12:00:00Z', { faults });
    expect(await read(world.meet)).toMatchObject({ kind: 'ok', value: [{}] });
  });

  test.each([...asksForLong])('%s that asks for thirty seconds is left to the next pass', async (kind) => {
    const faults = failing(kind, { method: 'participants.list', times: 1 });
    await using world = await meetWorld(oneCall(), '2026-03-02T12:00:00Z', { faults });
    const { meet, waits, google } = world;
    const read = () => meet.listParticipants(nora, record, never);
    expect(await read()).toMatchObject({ reason: 'rate_limited', retryAfterMs: 30_000, status: 429 });
    // Until then nothing is sent.
    waits.pass(9_000);
    expect(await read()).toMatchObject({ reason: 'rate_limited', retryAfterMs: 21_000 });
    expect(google.requests.filter(({ method }) => method === 'participants.list')).toHaveLength(1);
    waits.pass(21_000);
    expect(await read()).toMatchObject({ kind: 'ok' });
  });
});
