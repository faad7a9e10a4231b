import { describe, expect, test } from 'vitest';

import { nextOpen } from '../../../../src/core/billing/period/names.ts';

const nothing = () => false;

describe('the next open period', () => {
  test.each([
    ['2026-01', '2026-02'],
    ['2026-12', '2027-01'],
    ['2026-01-05..2026-01-18', '2026-01-19..2026-02-01'],
    // Over the change of clocks the span has as many days.
    ['2026-03-16..2026-03-29', '2026-03-30..2026-04-12'],
    ['2026-03-28..2026-03-28', '2026-03-29..2026-03-29'],
  ])('behind %s is %s', (period, next) => {
    expect(nextOpen(period, nothing)).toBe(next);
  });

  test('shares no day with a closed one', () => {
    const asked: string[] = [];
    const closed = ({ first, last }: { first: string; last: string }): boolean => {
      asked.push(`${first}..${last}`);
      return first < '2026-04-01';
    };
    expect(nextOpen('2026-01', closed)).toBe('2026-04');
    expect(asked).toEqual(['2026-02-01..2026-02-28', '2026-03-01..2026-03-31', '2026-04-01..2026-04-30']);
  });
});
