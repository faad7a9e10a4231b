import { describe, expect, test } from 'vitest';

import { isFinal, type Coverage } from '../../../src/core/attendance/coverage-state.ts';
import { expectedStatus } from '../../../src/core/attendance/status.ts';
import { defaultThresholds, span } from '../../support/attendance.ts';

const slot = span('16:00', '17:00');
const statusOf = (coverage: Coverage, ...stays: readonly [string, string][]) =>
  expectedStatus(
    stays.map(([from, to]) => span(from, to)),
    slot,
    coverage,
    defaultThresholds,
  );

const open = ['pending', 'live', 'settling', 'partial', 'no_access', 'expired'] as const;

test.each([
  ...open.map((coverage) => [coverage, false] as const),
  ['complete', true] as const,
  ['empty', true] as const,
])('coverage %s is final: %s', (coverage, final) => {
  expect(isFinal(coverage)).toBe(final);
});

test.each(open)('while coverage is %s nobody is present or absent', (coverage) => {
  expect([statusOf(coverage), statusOf(coverage, ['16:00', '17:00'])]).toEqual(['pending', 'pending']);
});

describe('when the evidence is whole', () => {
  test.each([
    ['who did not come', [], 'absent'],
    [
      'who was there before and behind the slot only',
      [
        ['15:40', '16:00'],
        ['17:00', '17:20'],
      ],
      'absent',
    ],
    ['who was there for less than a second', [['16:00', '16:00:00.999']], 'absent'],
    ['who was there for a second', [['16:00', '16:00:01']], 'present'],
    ['who came five minutes into the slot', [['16:05', '17:00']], 'present'],
    ['who came a millisecond later', [['16:05:00.001', '17:00']], 'late'],
    [
      'who came before the slot and came back late',
      [
        ['15:55', '15:58'],
        ['16:20', '17:00'],
      ],
      'present',
    ],
  ] as const)('%s is %s', (_, stays, status) => {
    expect(statusOf('complete', ...stays.map(([from, to]): [string, string] => [from, to]))).toBe(status);
  });

  test('a school may set other thresholds; a threshold of nothing still asks for presence', () => {
    const strict = { lateAfterMs: 0, attendedIf: 0 };
    expect(expectedStatus([], slot, 'complete', strict)).toBe('absent');
    expect(expectedStatus([span('16:00', '16:00:00.001')], slot, 'complete', strict)).toBe('present');
    expect(expectedStatus([span('16:00:00.001', '16:01')], slot, 'complete', strict)).toBe('late');
  });
});
