import { expect, test } from 'vitest';

import { counted } from '../../src/core/counted.ts';

test('a count has its noun in the singular where it is one, and in the plural otherwise', () => {
  expect([0, 1, 2].map((count) => counted(count, 'line'))).toEqual(['0 lines', '1 line', '2 lines']);
  expect([1, 2].map((count) => counted(count, 'entry', 'entries'))).toEqual(['1 entry', '2 entries']);
});
