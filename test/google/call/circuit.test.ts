import { expect, test } from 'vitest';

import { createCircuit, type Circuit, type Permit } from '../../../src/google/call/circuit.ts';
import { FAILURES, failure, isRefusal, mayPass, type FailureReason } from '../../../src/google/call/failures.ts';
import { handClock } from '../../support/clock.ts';

const PAUSE_MS = 30_000;

/** The circuit of an organiser that opens after three calls. */
function organiser() {
  const clock = handClock(0);
  const circuit = createCircuit(3, PAUSE_MS, clock.monotonic);
  const enter = (): Permit => circuit.enter()!;
  const fails = (...reasons: readonly FailureReason[]) => {
    for (const reason of reasons) enter().failed(failure(reason));
  };
  return { clock, circuit, enter, fails };
}

const down = (circuit: Circuit) => [circuit.state, circuit.barred().retryAfterMs, circuit.enter()];

test('the third call in a row that fails opens the circuit, and nothing is let through during the pause', () => {
  const { clock, circuit, fails } = organiser();

  fails('unavailable', 'not_an_api_reply');
  expect([circuit.state, circuit.barred().retryAfterMs]).toEqual(['closed', 0]);
  fails('unauthorized');
  expect(down(circuit)).toEqual(['open', PAUSE_MS, null]);
  clock.advance(PAUSE_MS - 1);
  expect(down(circuit)).toEqual(['open', 1, null]);
});

test('after the pause one call tries whether Google answers again, and no second one beside it', () => {
  const { clock, circuit, enter, fails } = organiser();
  fails('unavailable', 'unavailable', 'unavailable');
  clock.advance(PAUSE_MS);
  expect([circuit.state, circuit.barred().retryAfterMs]).toEqual(['half_open', 0]);

  const probe = enter();
  expect(down(circuit)).toEqual(['half_open', 0, null]);
  probe.succeeded();
  expect(circuit.state).toBe('closed');
  fails('unavailable', 'unavailable');
  expect(circuit.state).toBe('closed');
});

test('a trial that fails opens the circuit for another whole pause', () => {
  const { clock, circuit, enter, fails } = organiser();
  fails('unavailable', 'unavailable', 'unavailable');
  clock.advance(PAUSE_MS + 5_000);

  enter().failed(failure('unavailable'));

  expect(down(circuit)).toEqual(['open', PAUSE_MS, null]);
});

test('a trial that is given up says nothing: the next call tries in its place', () => {
  const { clock, circuit, enter, fails } = organiser();
  fails('unavailable', 'unavailable', 'unavailable');
  clock.advance(PAUSE_MS);

  enter().abandoned();
  expect(circuit.state).toBe('half_open');
  enter().succeeded();
  expect(circuit.state).toBe('closed');
});

test.for(['forbidden', 'not_found', 'bad_request', 'scope_missing', 'api_disabled'] as const)(
  '%s shows that Google answers: the count begins anew',
  (reason) => {
    const { circuit, fails } = organiser();

    fails('unavailable', 'unavailable', reason, 'unavailable', 'unavailable');
    expect(circuit.state).toBe('closed');
    fails('unavailable');
    expect(circuit.state).toBe('open');
  },
);

test.for(['rate_limited', 'circuit_open', 'no_credentials'] as const)(
  '%s says nothing about the organiser: it is neither counted nor ends the count',
  (reason) => {
    const { circuit, fails } = organiser();

    fails(reason, reason, reason);
    expect(circuit.state).toBe('closed');
    fails('unavailable', 'unavailable', reason, 'unavailable');
    expect(circuit.state).toBe('open');
  },
);

test('a call that was under way when the circuit opened makes no further attempt; the trial may', () => {
  const { clock, enter, fails } = organiser();
  const underway = enter();
  expect(underway.mayGoOn()).toBe(true);

  fails('unavailable', 'unavailable', 'unavailable');
  expect(underway.mayGoOn()).toBe(false);
  clock.advance(PAUSE_MS);
  const probe = enter();
  expect([underway.mayGoOn(), probe.mayGoOn()]).toEqual([false, true]);
  underway.succeeded();
  expect(underway.mayGoOn()).toBe(true);
});

test('a call that is not made is answered with the failure that opened the circuit', () => {
  const { circuit, fails } = organiser();

  fails('unavailable', 'unavailable', 'unauthorized');

  expect(circuit.barred()).toMatchObject({
    reason: 'circuit_open',
    cause: 'unauthorized',
    message: FAILURES.unauthorized.message,
  });
  expect(isRefusal(circuit.barred())).toBe(true);
  expect(mayPass(circuit.barred())).toBe(false);
});
