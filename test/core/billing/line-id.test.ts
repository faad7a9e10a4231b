import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatAdjustmentId, formatLineId, parseLineId } from '../../../src/core/billing/line-id.ts';

const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('line ids', () => {
  test('name the side, the class and the person', () => {
    expect(formatLineId({ side: 'charge', classId: 5, personId: 3 })).toBe('c5-3');
    expect(formatLineId({ side: 'pay', classId: 5, personId: 2 })).toBe('p5-2');
  });

  test('of a correction name the line it corrects', () => {
    expect(formatAdjustmentId(2, 'p5-2')).toBe('a2-p5-2');
    expect(parseLineId('a2-p5-2')).toEqual({ side: 'pay', classId: 5, personId: 2, lineId: 'p5-2', nth: 2 });
  });

  test.each(['', 'c5', 'x5-3', 'c5-3 ', ' c5-3', 'c5-3-1', 'a-c5-3', 'a1c5-3', 'c-5-3', 'C5-3', 'c5-3\n', 'c1.5-3'])(
    '%j is no line id',
    (text) => {
      expect(parseLineId(text)).toBeNull();
    },
  );

  test('are read as written', () => {
    fc.assert(
      fc.property(fc.constantFrom('charge' as const, 'pay' as const), number, number, (side, classId, personId) => {
        const lineId = formatLineId({ side, classId, personId });
        expect(parseLineId(lineId)).toEqual({ side, classId, personId, lineId, nth: null });
      }),
    );
  });

  test('of corrections are read as written', () => {
    fc.assert(
      fc.property(number, number, number, (nth, classId, personId) => {
        const lineId = formatLineId({ side: 'charge', classId, personId });
        expect(parseLineId(formatAdjustmentId(nth, lineId))).toMatchObject({ lineId, nth });
      }),
    );
  });
});
