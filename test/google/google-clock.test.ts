import { expect, test } from 'vitest';

import { createGoogleClock } from '../../src/google/google-clock.ts';
import { handClock } from '../support/clock.ts';

const NOON = Date.parse('2026-01-16T12:00:00Z');

test.each([
  ['is ours while Google’s was not seen yet', null, 0],
  ['is ours where both agree', 0, 0],
  ['is ours when Google’s is half a minute ahead, which a slow reply can look like', 30_000, 0],
  ['is ours when Google’s is half a minute behind', -30_000, 0],
  ['is Google’s when it is clearly ahead', 30_001, 30_001],
  ['is Google’s when it is clearly behind', -3_600_000, -3_600_000],
])('the time %s', (_, skew, difference) => {
  expect(createGoogleClock(handClock(NOON), () => skew).now()).toBe(NOON + difference);
});

test('a correction follows what was seen last, and our clock as it goes on', () => {
  const clock = handClock(NOON);
  let skew: number | null = null;
  const google = createGoogleClock(clock, () => skew);
  expect(google.now()).toBe(NOON);
  skew = 120_000;
  expect(google.now()).toBe(NOON + 120_000);
  clock.advance(1000);
  expect(google.now()).toBe(NOON + 121_000);
  // Our clock was set right meanwhile.
  clock.set(NOON + 121_000);
  skew = 0;
  expect(google.now()).toBe(NOON + 121_000);
});
