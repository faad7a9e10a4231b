import { expect, test } from 'vitest';

import { FAILURES, failure, mayPass, type FailureReason } from '../../../src/google/call/failures.ts';

const reasons = Object.keys(FAILURES) as FailureReason[];
const those = (holds: (reason: FailureReason) => boolean) => reasons.filter(holds);

test('a failure carries its reason, a sentence with what comes of it, and the facts of the answer', () => {
  expect(failure('rate_limited', { status: 429, retryAfterMs: 7000 })).toEqual({
    kind: 'failure',
    reason: 'rate_limited',
    message: 'Google asks to slow down; the read is tried again later',
    status: 429,
    retryAfterMs: 7000,
  });
});

test('only what may be over in a moment is tried again within the same call', () => {
  expect(those((reason) => FAILURES[reason].passing)).toEqual(['rate_limited', 'unavailable', 'not_an_api_reply']);
});

test('a person is asked for what only a person can change; anything else may pass by itself, but for a room’s own no', () => {
  expect(those((reason) => FAILURES[reason].refused)).toEqual([
    'unauthorized',
    'scope_missing',
    'api_disabled',
    'forbidden',
    'no_credentials',
  ]);
  expect(those((reason) => mayPass({ reason }))).toEqual([
    'rate_limited',
    'unavailable',
    'not_an_api_reply',
    'circuit_open',
  ]);
});

test('an answer that Google gave, also a no, shows that Google answers; silence and nonsense count against it', () => {
  expect(those((reason) => FAILURES[reason].circuit === 'answers')).toEqual([
    'scope_missing',
    'api_disabled',
    'forbidden',
    'not_found',
    'bad_request',
  ]);
  expect(those((reason) => FAILURES[reason].circuit === 'counts')).toEqual([
    'unavailable',
    'not_an_api_reply',
    'unauthorized',
  ]);
});

test('nothing but a room’s own no is concluded about the room', () => {
  expect(those((reason) => FAILURES[reason].of === 'room')).toEqual(['forbidden', 'not_found', 'bad_request']);
});
