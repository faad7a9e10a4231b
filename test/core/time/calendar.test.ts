import { describe, expect, test } from 'vitest';

import {
  addMonths,
  formatInstant,
  isDate,
  isZone,
  localDate,
  clockTime,
  monthOf,
  periodBounds,
  periodDays,
  startOfDay,
  wallTime,
} from '../../../src/core/time/calendar.ts';

const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;
const london = 'Europe/London';

describe('instants', () => {
  test('whole seconds are written without a fraction, others with three decimals', () => {
    expect(formatInstant(at('2026-01-16T15:00:00Z'))).toBe('2026-01-16T15:00:00Z');
    expect(formatInstant(at('2026-01-16T15:01:02.5Z'))).toBe('2026-01-16T15:01:02.500Z');
    expect(formatInstant(-1)).toBe('1969-12-31T23:59:59.999Z');
  });

  test('the day depends on the zone, not on the process', () => {
    expect(localDate(at('2026-01-31T23:30:00Z'), 'UTC')).toBe('2026-01-31');
    expect(localDate(at('2026-01-31T23:30:00Z'), 'Asia/Kolkata')).toBe('2026-02-01');
    expect(clockTime(at('2026-07-01T15:00:00Z'), london)).toBe('16:00');
  });

  test('E85 a day that has ended for the family has not for the organisation: one zone decides', () => {
    const used = at('2026-01-31T20:00:00Z');
    expect(localDate(used, 'Asia/Tokyo') <= '2026-01-31').toBe(false);
    expect(localDate(used, london) <= '2026-01-31').toBe(true);
  });

  test('only zones and days that exist are accepted', () => {
    expect([isZone(london), isZone('Europe/Atlantis'), isZone('')]).toEqual([true, false, false]);
    expect([isDate('2028-02-29'), isDate('2026-02-29'), isDate('2026-1-1'), isDate('20260101')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('periods', () => {
  test('a month runs from local midnight to local midnight', () => {
    expect(periodBounds('2026-03', london)).toEqual({
      start: at('2026-03-01T00:00:00Z'),
      end: at('2026-03-31T23:00:00Z'),
    });
    expect(periodDays('2028-02')).toEqual({ first: '2028-02-01', last: '2028-02-29' });
    expect(monthOf('2026-03-14')).toBe('2026-03');
  });

  test('a custom period names its first and its last day', () => {
    expect(periodBounds('2026-01-05..2026-01-18', 'UTC')).toEqual({
      start: at('2026-01-05T00:00:00Z'),
      end: at('2026-01-19T00:00:00Z'),
    });
  });

  test('what is no period is refused', () => {
    for (const text of [
      '2026',
      '2026-13',
      '2026-1',
      '2026-01-10..2026-01-05',
      '2026-01-01..2026-02-30',
      'a..b',
      '..',
    ]) {
      expect(periodDays(text)).toBeNull();
      expect(() => periodBounds(text, 'UTC')).toThrow(RangeError);
    }
  });

  test('a day whose midnight is skipped begins at its first minute', () => {
    // Beirut sprang forward at midnight.
    expect(formatInstant(startOfDay('2026-03-29', 'Asia/Beirut'))).toBe('2026-03-28T22:00:00Z');
  });

  test('E99 a monthly series from the 29th, 30th or 31st takes the last day of a shorter month', () => {
    expect([0, 1, 2, 13].map((n) => addMonths('2028-01-31', n))).toEqual([
      '2028-01-31',
      '2028-02-29',
      '2028-03-31',
      '2029-02-28',
    ]);
    expect(addMonths('2028-02-29', 12)).toBe('2029-02-28');
  });
});

describe('wall clock', () => {
  test('E91 a lesson of 120 minutes over the spring change ends at 03:30', () => {
    const start = wallTime('2026-03-29T00:30', london);
    expect(start).toEqual({ kind: 'exact', at: at('2026-03-29T00:30:00Z') });
    expect(clockTime(start.at + 120 * 60_000, london)).toBe('03:30');
  });

  test('a time that clocks skip is reported and moved behind the jump', () => {
    expect(wallTime('2026-03-29T01:30', london)).toEqual({ kind: 'gap', at: at('2026-03-29T01:30:00Z') });
  });

  test('E94 a time that comes twice is the first, and says so', () => {
    expect(wallTime('2026-10-25T01:30', london)).toEqual({
      kind: 'ambiguous',
      at: at('2026-10-25T00:30:00Z'),
      second: at('2026-10-25T01:30:00Z'),
    });
  });
});
