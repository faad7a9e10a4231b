import { expect, test } from 'vitest';

import { within } from '../src/deadline.ts';
import { handClock } from './support/clock.ts';

const never = new AbortController().signal;

/** Work that ends when it is told to, and the signal it was given. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const signals: AbortSignal[] = [];
  return {
    resolve,
    reject,
    signals,
    run(signal: AbortSignal) {
      signals.push(signal);
      return promise;
    },
  };
}

test('what is done in time is the answer, and no deadline is left behind', async () => {
  const clock = handClock(0);
  const { run, resolve, signals } = work();
  const answer = within(clock, 1000, never, run);
  await clock.run(999);
  resolve('done');
  expect(await answer).toBe('done');
  await clock.run(10_000);
  expect(signals[0]!.aborted).toBe(false);
});

test('what fails in time fails with its own reason', async () => {
  const { run, reject } = work();
  const answer = within(handClock(0), 1000, never, run);
  reject(new Error('refused'));
  await expect(answer).rejects.toThrow('refused');
});

test('what hangs is given up at the deadline, and hears of it', async () => {
  const clock = handClock(0);
  const { run, signals } = work();
  const answer = within(clock, 1000, never, run);
  clock.advance(1000);
  await expect(answer).rejects.toMatchObject({ name: 'DeadlineError', message: 'no answer in time' });
  expect(signals[0]!.reason).toMatchObject({ name: 'DeadlineError' });
});

test('what comes after the deadline is ignored, a failure too', async () => {
  const clock = handClock(0);
  const { run, reject } = work();
  const answer = within(clock, 1000, never, run);
  clock.advance(1000);
  await expect(answer).rejects.toThrow('no answer in time');
  reject(new Error('too late'));
  await clock.run(0);
});

test('when the caller gives up, so does the work, with the reason of the caller', async () => {
  const caller = new AbortController();
  const { run, signals } = work();
  const answer = within(handClock(0), 1000, caller.signal, run);
  caller.abort(new Error('closing'));
  await expect(answer).rejects.toThrow('closing');
  expect(signals[0]!.reason).toBe(caller.signal.reason);
});

test('work of a caller who gave up before does not begin', async () => {
  const { run, signals } = work();
  await expect(within(handClock(0), 1000, AbortSignal.abort(new Error('closed')), run)).rejects.toThrow('closed');
  expect(signals).toEqual([]);
});
