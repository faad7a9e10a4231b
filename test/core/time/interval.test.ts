import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  bridge,
  clip,
  difference,
  intersection,
  overlaps,
  totalMs,
  union,
  type Interval,
} from '../../../src/core/time/interval.ts';

/** A few instants only, so that touching, empty and reversed intervals are common. */
const instant = fc.integer({ min: 0, max: 40 });
const any: fc.Arbitrary<Interval> = fc.record({ start: instant, end: instant });
const anyList = fc.array(any, { maxLength: 8 });
const set = anyList.map(union);
const forwards = fc.tuple(instant, instant).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));

/** The instants of a list, one by one: the definition that the algebra must agree with. */
const instants = (intervals: readonly Interval[]): number[] => {
  const found = new Set<number>();
  for (const { start, end } of intervals) for (let t = start; t < end; t += 1) found.add(t);
  return [...found].sort((a, b) => a - b);
};

const isNormal = (intervals: readonly Interval[]): boolean =>
  intervals.every(({ start, end }, i) => start < end && (i === 0 || intervals[i - 1]!.end < start));

describe('union', () => {
  test('joins what overlaps or touches, and drops what is empty or reversed', () => {
    expect(
      union([
        { start: 30, end: 40 },
        { start: 0, end: 10 },
        { start: 10, end: 20 },
        { start: 5, end: 8 },
        { start: 25, end: 25 },
        { start: 29, end: 21 },
      ]),
    ).toEqual([
      { start: 0, end: 20 },
      { start: 30, end: 40 },
    ]);
  });

  test('of nothing is nothing', () => {
    expect(union([])).toEqual([]);
  });

  test('leaves its input alone', () => {
    const input = [
      { start: 5, end: 9 },
      { start: 1, end: 6 },
    ];
    union(input);
    expect(input).toEqual([
      { start: 5, end: 9 },
      { start: 1, end: 6 },
    ]);
  });

  test('holds exactly the instants of its parts, ascending, with gaps', () => {
    fc.assert(
      fc.property(anyList, (list) => {
        expect(instants(union(list))).toEqual(instants(list));
        expect(isNormal(union(list))).toBe(true);
      }),
    );
  });

  test('is its own fixed point', () => {
    fc.assert(
      fc.property(anyList, (list) => {
        expect(union(union(list))).toEqual(union(list));
      }),
    );
  });

  test('ignores order', () => {
    fc.assert(
      fc.property(
        anyList.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(union(shuffled)).toEqual(union(list));
        },
      ),
    );
  });

  test('may be taken in parts', () => {
    fc.assert(
      fc.property(anyList, anyList, (a, b) => {
        expect(union([...union(a), ...union(b)])).toEqual(union([...a, ...b]));
      }),
    );
  });

  test('is never longer than the sum', () => {
    fc.assert(
      fc.property(fc.array(forwards), (list) => {
        expect(totalMs(union(list))).toBeLessThanOrEqual(totalMs(list));
      }),
    );
  });
});

describe('intersection and difference', () => {
  test('E35 intervals that touch share no instant', () => {
    expect(intersection([{ start: 0, end: 10 }], [{ start: 10, end: 20 }])).toEqual([]);
    expect(difference([{ start: 0, end: 10 }], [{ start: 10, end: 20 }])).toEqual([{ start: 0, end: 10 }]);
  });

  test('a hole splits', () => {
    expect(difference([{ start: 0, end: 10 }], [{ start: 3, end: 4 }])).toEqual([
      { start: 0, end: 3 },
      { start: 4, end: 10 },
    ]);
  });

  test('intersection holds what both hold, and has no side', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const inB = new Set(instants(b));
        expect(instants(intersection(a, b))).toEqual(instants(a).filter((t) => inB.has(t)));
        expect(intersection(a, b)).toEqual(intersection(b, a));
        expect(isNormal(intersection(a, b))).toBe(true);
      }),
    );
  });

  test('together they are the whole, and they share nothing', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const inside = intersection(a, b);
        const outside = difference(a, b);
        expect(union([...inside, ...outside])).toEqual(a);
        expect(intersection(inside, outside)).toEqual([]);
        expect(totalMs(inside) + totalMs(outside)).toBe(totalMs(a));
        expect(isNormal(outside)).toBe(true);
      }),
    );
  });
});

describe('clip', () => {
  test('is the intersection with one interval', () => {
    fc.assert(
      fc.property(set, forwards, (a, slot) => {
        expect(clip(a, slot)).toEqual(intersection(a, union([slot])));
      }),
    );
  });

  test('keeps nothing of an empty slot', () => {
    expect(clip([{ start: 0, end: 10 }], { start: 5, end: 5 })).toEqual([]);
  });
});

describe('bridge', () => {
  test('E27 fills a gap of exactly the longest, not a millisecond more', () => {
    const drop = [
      { start: 0, end: 100 },
      { start: 220, end: 300 },
    ];
    expect(bridge(drop, 120)).toEqual([{ start: 0, end: 300 }]);
    expect(bridge(drop, 119)).toEqual(drop);
  });

  test('never shortens, fills only gaps, and leaves only longer ones', () => {
    fc.assert(
      fc.property(set, fc.nat(20), (a, longest) => {
        const bridged = bridge(a, longest);
        expect(difference(a, bridged)).toEqual([]);
        expect(bridged.at(0)?.start).toBe(a.at(0)?.start);
        expect(bridged.at(-1)?.end).toBe(a.at(-1)?.end);
        for (const filled of difference(bridged, a)) expect(filled.end - filled.start).toBeLessThanOrEqual(longest);
        const whole = bridged.length === 0 ? [] : [{ start: bridged[0]!.start, end: bridged.at(-1)!.end }];
        for (const left of difference(whole, bridged)) expect(left.end - left.start).toBeGreaterThan(longest);
      }),
    );
  });

  test('of nothing changes nothing', () => {
    fc.assert(
      fc.property(set, (a) => {
        expect(bridge(a, 0)).toEqual(a);
      }),
    );
  });
});

test('overlapping is sharing an instant', () => {
  fc.assert(
    fc.property(forwards, forwards, (a, b) => {
      fc.pre(a.start < a.end && b.start < b.end);
      expect(overlaps(a, b)).toBe(intersection([a], [b]).length > 0);
    }),
  );
});
