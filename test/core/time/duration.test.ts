import { expect, test } from 'vitest';

import { clockText, minutesOf } from '../../../src/core/time/duration.ts';

test('minutes for people have two decimals, and none where they are whole', () => {
  expect([3_400_000, 1_735_000, 3_600_000, 0].map(minutesOf)).toEqual([56.67, 28.92, 60, 0]);
});

test('times in sentences are exact', () => {
  expect([200_000, 3_600_000, 59_999, 0].map(clockText)).toEqual(['3:20', '60:00', '0:59.999', '0:00']);
});
