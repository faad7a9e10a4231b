import { expect, test } from 'vitest';

import { systemClock } from '../../src/system.ts';
import { called } from './rollbook.ts';

test.for(['2026-11-01', '2026-12-25', '2027-03-31'])(
  'on %s there is a closed month with a correction, a dispute and a review',
  async (day) => {
    const shift = Date.parse(`${day}T12:00:00Z`) - systemClock.now();
    const clock = { ...systemClock, now: () => systemClock.now() + shift };
    const { code, stdout } = await called(['demo', '--exit-after-capture'], {}, clock);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Policy and rates are set; \d{4}-\d\d is closed with its exceptions/m);
    expect(stdout).toMatch(/^Google corrected a class of it after the close: 1 correction to accept or reject\.$/m);
    expect(stdout).toMatch(/^A teacher disputes a line\.$/m);
    expect(stdout).toMatch(/^In the review queue somebody has to name [1-9]\d* participants\.$/m);
  },
);
