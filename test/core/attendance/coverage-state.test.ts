import { expect, test } from 'vitest';

import {
  alarmAfter,
  COVERAGES,
  FINAL_COVERAGES,
  fresh,
  isFinal,
  isOpen,
  needsHelp,
  OPEN_COVERAGES,
  OWED_COVERAGES,
  type Coverage,
} from '../../../src/core/attendance/coverage-state.ts';

test('a coverage is final, still asked for, or expired, and never two of them', () => {
  expect(FINAL_COVERAGES).toEqual(['complete', 'empty']);
  expect(OPEN_COVERAGES).toEqual(['pending', 'live', 'settling', 'partial', 'no_access']);
  for (const coverage of COVERAGES) {
    expect([isFinal(coverage), isOpen(coverage), coverage === 'expired'].filter(Boolean)).toHaveLength(1);
  }
});

test('what is owed is neither captured nor still followed; evidence that Google deleted stays owed', () => {
  expect(OWED_COVERAGES).toEqual(['pending', 'settling', 'partial', 'no_access', 'expired']);
});

test('a person has to help where Google refuses, or has deleted what was never read', () => {
  expect(COVERAGES.filter((coverage) => needsHelp({ coverage }))).toEqual(['no_access', 'expired']);
});

test('people are told once, and not again until the class is well', () => {
  const told = (before: number | null, coverage: Coverage, now: number) =>
    alarmAfter(before, { ...fresh, coverage }, now);
  expect(told(null, 'no_access', 1000)).toBe(1000);
  expect(told(1000, 'no_access', 2000)).toBe(1000);
  expect(told(1000, 'expired', 2000)).toBe(1000);
  // A read that failed in between says nothing: the next refusal is no news.
  expect(told(1000, 'partial', 2000)).toBe(1000);
  expect(told(null, 'partial', 2000)).toBeNull();
  expect(COVERAGES.filter((coverage) => told(1000, coverage, 2000) === null)).toEqual([
    'pending',
    'live',
    'settling',
    'complete',
    'empty',
  ]);
});
