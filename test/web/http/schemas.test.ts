import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { HttpProblem } from '../../../src/web/http/problem.ts';
import {
  cut,
  emailInput,
  idInput,
  instantInput,
  limitInput,
  page,
  readCursor,
  reasonInput,
  spanOf,
  writeCursor,
} from '../../../src/web/http/schemas.ts';

/** The field that a problem names. */
function faultOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (err) {
    if (err instanceof HttpProblem) return err.errors.map(({ path }) => path).join();
    throw err;
  }
}

describe('inputs', () => {
  test.each(['2026-01-16T16:00:00+01:00', '2026-01-16T16:00:00Z', '2026-01-16T16:00:00.250-05:30'])(
    '%s is an instant',
    (input) => {
      expect(instantInput.safeParse(input).success).toBe(true);
    },
  );

  test.each(['2026-01-16T16:00:00', '2026-01-16', '2026-02-30T16:00:00Z', 'now'])('%s is no instant', (input) => {
    expect(instantInput.safeParse(input).success).toBe(false);
  });

  test('an address of 255 characters is too long', () => {
    const long = `${'a'.repeat(60)}@${'b.'.repeat(94)}example`;
    expect([emailInput.safeParse('ana@example.com').success, emailInput.safeParse(long).success]).toEqual([
      true,
      false,
    ]);
  });

  test('a reason is trimmed, and white space is none', () => {
    expect(reasonInput.parse('  the family called ')).toBe('the family called');
    expect([undefined, '', '   ', 'x'.repeat(1001)].map((input) => reasonInput.safeParse(input).success)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('a number in a path is a number from 1, written as one writes it', () => {
    const id = idInput('a class');
    expect(id.parse('5')).toBe(5);
    const wrong = ['0', '05', '-1', '1.5', '1e3', ' 1', '9'.repeat(16)];
    expect(wrong.filter((input) => id.safeParse(input).success)).toEqual([]);
  });

  test('a page holds 1 to 500 items, 100 where none is said', () => {
    expect([limitInput.parse(undefined), limitInput.parse('1'), limitInput.parse('500')]).toEqual([100, 1, 500]);
    expect(['0', '501', '1000', '-5', '5.5', ''].filter((input) => limitInput.safeParse(input).success)).toEqual([]);
  });
});

describe('a span', () => {
  const at = (text: string) => Date.parse(text);

  test('of days holds both of them, on the calendar of the organisation', () => {
    // The night of the 29th has 23 hours in Berlin.
    expect(spanOf({ from: '2026-03-29', to: '2026-03-29' }, 'Europe/Berlin')).toEqual({
      from: at('2026-03-28T23:00:00Z'),
      to: at('2026-03-29T22:00:00Z'),
    });
    expect(spanOf({ from: '2026-01-16' }, 'Asia/Kathmandu')).toEqual({
      from: at('2026-01-15T18:15:00Z'),
      to: undefined,
    });
  });

  test('of instants is that, also where the plus sign came as a space', () => {
    const span = { from: at('2026-01-16T15:00:00Z'), to: at('2026-01-16T15:00:00Z') };
    expect(spanOf({ from: '2026-01-16T16:00:00+01:00', to: '2026-01-16T16:00:00 01:00' }, 'UTC')).toEqual(span);
  });

  test.each([
    ['from', { from: '16.01.2026' }],
    ['from', { from: '2026-02-30' }],
    ['to', { to: '2026-01-16T16:00:00' }],
    ['to', { from: '2026-01-17', to: '2026-01-15' }],
  ])('names %s where that is wrong: %j', (field, given) => {
    expect(faultOf(() => spanOf(given, 'UTC'))).toBe(field);
  });
});

describe('a cursor', () => {
  test('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { maxLength: 3 }), (place) => {
        expect(readCursor(writeCursor(place), place.length)).toEqual(place);
      }),
    );
    expect(readCursor(undefined, 1)).toBeUndefined();
  });

  test('that is none of this list is refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(faultOf(() => readCursor(text, 1))).toBe('cursor');
      }),
    );
    expect(faultOf(() => readCursor(writeCursor([1, 2]), 1))).toBe('cursor');
    expect(faultOf(() => readCursor(writeCursor([1.5]), 1))).toBe('cursor');
  });
});

describe('a list in pages', () => {
  test('is read whole, each item once, whatever the size of a page', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 99 })), fc.integer({ min: 1, max: 9 }), (ids, limit) => {
        const list = ids.toSorted((a, b) => a - b).map((id) => ({ id }));
        const read: number[] = [];
        for (let cursor: string | null | undefined; cursor !== null;) {
          const found = page(
            { limit, cursor },
            ({ after, limit: most }) => list.filter(({ id }) => id > after).slice(0, most),
            ({ id }) => id,
          );
          expect(found.items.length).toBeLessThanOrEqual(limit);
          read.push(...found.items);
          cursor = found.next_cursor;
        }
        expect(read).toEqual(list.map(({ id }) => id));
      }),
    );
  });

  test('has no next page after one that is just full', () => {
    const show = (item: number) => `item ${item}`;
    const place = (item: number) => [item];
    expect(cut([1, 2], 2, show, place)).toEqual({ items: ['item 1', 'item 2'], next_cursor: null });
    expect(cut([1, 2, 3], 2, show, place)).toEqual({ items: ['item 1', 'item 2'], next_cursor: writeCursor([2]) });
    expect(cut([], 2, show, place)).toEqual({ items: [], next_cursor: null });
  });
});
