import { expect, test } from 'vitest';

import { flagSet } from '../../../../src/core/billing/lesson/flags.ts';

test('flags are listed once, in a fixed order', () => {
  expect(flagSet(['review', 'no_family'], ['review'], [])).toEqual(['no_family', 'review']);
});
