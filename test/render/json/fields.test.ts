import { expect, test } from 'vitest';

import { instantOrNull, showSpan } from '../../../src/render/json/fields.ts';

test('an instant is shown in UTC, with milliseconds only where it has some', () => {
  expect(instantOrNull(Date.parse('2026-01-16T17:00:00+02:00'))).toBe('2026-01-16T15:00:00Z');
  expect(instantOrNull(Date.parse('2026-01-16T15:00:00.250Z'))).toBe('2026-01-16T15:00:00.250Z');
  expect([instantOrNull(0), instantOrNull(null)]).toEqual(['1970-01-01T00:00:00Z', null]);
});

test('an interval is shown by its two ends', () => {
  expect(showSpan({ start: 0, end: 1500 })).toEqual({
    start_time: '1970-01-01T00:00:00Z',
    end_time: '1970-01-01T00:00:01.500Z',
  });
});
