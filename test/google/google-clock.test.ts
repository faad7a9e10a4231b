import { expect, test } from 'vitest';

import { createGoogleClock } from '../../src/google/google-clock.ts';
import { handClock } from '../support/clock.ts';

const NOON = Date.parse('2026-01-16T12:00:00Z');
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

/** A machine at noon by its own clock, and Google's clock as this machine knows it. */
function machine() {
  const clock = handClock(NOON);
  const warned: unknown[] = [];
  const google = createGoogleClock(clock, { warn: (facts: unknown) => void warned.push(facts) } as never);
  return { clock, google, warned };
}

test.each([
  ['is ours while Google’s was not seen yet', null, 0],
  ['is ours where both agree', 0, 0],
  ['is ours when Google’s is half a minute ahead, which a slow reply can look like', 30_000, 0],
  ['is ours when Google’s is half a minute behind', -30_000, 0],
  ['is Google’s when it is clearly ahead', 30_001, 30_001],
  ['is Google’s when it is clearly behind', -3_600_000, -3_600_000],
])('the time %s', (_, skew, difference) => {
  const { google } = machine();
  if (skew !== null) google.saw(NOON + skew);
  expect(google.now()).toBe(NOON + difference);
  expect(google.skewMs()).toBe(skew);
});

test.each([HOUR, -HOUR, DAY, -DAY, 40 * DAY, -40 * DAY, 400 * DAY, -400 * DAY])(
  'a clock of the machine that is set %i ms off, and right again, changes nothing',
  (jump) => {
    const { clock, google } = machine();
    google.saw(NOON);
    clock.advance(60_000);
    clock.set(clock.now() + jump);
    expect([google.now(), google.isSure()]).toEqual([NOON + 60_000, false]);
    clock.advance(60_000);
    expect(google.now()).toBe(NOON + 120_000);
    clock.set(clock.now() - jump);
    expect([google.now(), google.isSure()]).toEqual([NOON + 120_000, true]);
  },
);

test('a clock that was wrong from the start is right from the first answer on, also once it is set right', () => {
  const { clock, google, warned } = machine();
  google.saw(NOON - 40 * DAY);
  expect(google.now()).toBe(NOON - 40 * DAY);
  clock.set(NOON - 40 * DAY);
  clock.advance(1000);
  expect(google.now()).toBe(NOON - 40 * DAY + 1000);
  expect(warned).toEqual([{ skew_ms: -40 * DAY }]);
});

test('is sure for an hour', () => {
  const { clock, google } = machine();
  expect([google.isSure(), google.timesSeen]).toEqual([false, 0]);
  google.saw(NOON);
  clock.advance(HOUR - 1);
  expect(google.isSure()).toBe(true);
  clock.advance(1);
  expect([google.isSure(), google.timesSeen]).toEqual([false, 1]);
});
