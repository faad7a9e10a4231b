import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createWindow } from '../../../src/google/call/window.ts';

test('calls of the last minute are counted, both ends included', () => {
  const window = createWindow([30_000, 0, 1000]);
  expect([window.count(59_999), window.count(60_000), window.count(60_001)]).toEqual([3, 3, 2]);
  window.add(60_001);
  expect([window.count(61_000), window.count(61_001), window.count(200_000)]).toEqual([3, 2, 0]);
});

test('another call waits until the oldest that fills the limit is more than a minute ago', () => {
  const window = createWindow([0, 10_000, 20_000]);
  expect(window.waitMs(20_000, 4)).toBe(0);
  expect(window.waitMs(20_000, 3)).toBe(40_001);
  // Two calls too many: the second one has to leave as well.
  expect(window.waitMs(20_000, 2)).toBe(50_001);
  expect(window.waitMs(60_001, 3)).toBe(0);
});

test('calls that wait as they are told never make more than the limit in any minute', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 8 }), (waits, limit) => {
      const window = createWindow();
      const made: number[] = [];
      let now = 0;
      for (const gap of waits) {
        now += gap;
        now += window.waitMs(now, limit);
        window.add(now);
        made.push(now);
        expect(made.filter((at) => at >= now - 60_000).length).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test('what was forgotten long ago changes nothing', () => {
  const window = createWindow();
  for (let at = 0; at < 5000 * 100; at += 100) {
    window.add(at);
    expect(window.count(at)).toBe(Math.min(at / 100, 600) + 1);
  }
});
