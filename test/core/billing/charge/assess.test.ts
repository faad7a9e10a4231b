import { describe, expect, test } from 'vitest';

import { assessClass, isChargeable } from '../../../../src/core/billing/charge/assess.ts';
import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import { at, classToBill, lesson, person, rate, rates } from '../../../support/billing.ts';

const MINUTE = 60_000;
type Changed = Readonly<Record<string, unknown>>;

const assess = (c: BilledClass, changed: Changed = {}, inputs: Parameters<typeof classToBill>[2] = {}) =>
  assessClass(classToBill(c, changed, inputs)).lines;

/** Minutes and percentage of the only line. */
function quantity(c: BilledClass, changed: Changed = {}): [minutes: number, percent: number] | string {
  const line = assess(c, changed)[0]!;
  return isChargeable(line) ? [line.quantity.billedMs / MINUTE, line.quantity.lessonPercent] : line.code;
}

const canceled = lesson([], [], { status: 'canceled', canceledAt: at('11:00'), canceledBy: 'family' });

test.each([
  ['attended', lesson(['16:00-17:00'], ['16:12-17:00']), {}, [48, 100]],
  ['attended for less than the minimum', lesson(['16:00-17:00'], ['16:00-16:12']), { min: 30 }, [30, 100]],
  ['short because of the teacher', lesson(['16:48-17:00'], ['16:00-17:00']), { min: 30 }, [12, 100]],
  ['no-show', lesson(['16:00-16:20'], []), {}, [60, 100]],
  ['no-show at half', lesson(['16:00-16:20'], []), { 'no_show.charge_percent': 50 }, [30, 50]],
  ['no-show under a cap', lesson(['16:00-16:20'], []), { max: 45 }, [45, 100]],
  ['the teacher did not wait', lesson(['16:00-16:12'], []), {}, [0, 0]],
  ['no teacher came', lesson([], ['16:00-17:00']), {}, [0, 0]],
  ['nobody came', lesson([], []), {}, [0, 0]],
  ['canceled five hours before', canceled, {}, [30, 50]],
  ['never together', lesson(['16:00-16:30'], ['16:30-17:00']), {}, [0, 0]],
])('%s', (_, c, changed, wanted) => {
  expect(quantity(c, changed)).toEqual(wanted);
});

describe('a line that cannot have a price', () => {
  test('evidence that is missing, and a rate that is missing', () => {
    expect(quantity(lesson(['16:00-17:00'], ['16:00-17:00'], { coverage: 'partial' }))).toBe('no_evidence');
    expect(assess(lesson(['16:00-17:00'], ['16:00-17:00']), {}, { rates: [rates[1]!] })).toMatchObject([
      {
        lineId: 'c5-3',
        code: 'no_rate',
        reason: 'No charge rate is valid on 2026-01-16 for ana@example.com in Algebra.',
      },
    ]);
  });

  test('an absence while a guest is not identified stands at nothing, for all to see', () => {
    const [line] = assess(lesson(['16:00-17:00'], [], { openReviews: 1 }));
    expect(line).toMatchObject({ quantity: { billedMs: 0 }, outcome: { kind: 'unknown', flags: ['review_open'] } });
  });
});

describe('a price that is split over the group', () => {
  const split = { 'group.charge': 'split' };
  const group = (changed: Partial<BilledClass> = {}) =>
    lesson(['16:00-17:00'], [], {
      students: [person('ana', ['16:00-16:30']), person('ben', ['16:20-17:00']), person('cleo', [])],
      ...changed,
    });

  test('those who attended are measured together, the absent one as a no-show, each for a third', () => {
    expect(assess(group(), split)).toMatchObject([
      { quantity: { billedMs: 60 * MINUTE }, part: { index: 0, of: 3 } },
      { quantity: { billedMs: 60 * MINUTE }, part: { index: 1, of: 3 } },
      { outcome: { kind: 'student_no_show' }, part: { index: 2, of: 3 } },
    ]);
  });

  test('a group of one shares with nobody', () => {
    expect(assess(lesson(['16:00-17:00'], ['16:00-17:00']), split)).toMatchObject([{ part: null }]);
  });

  test('one student who is not known yet blocks every line', () => {
    expect(assess(group({ openReviews: 1 }), split).map((line) => 'code' in line && line.code)).toEqual([
      'review_open',
      'review_open',
      'review_open',
    ]);
  });

  test('students with different rates have no price to split', () => {
    const dearer = rate(7, { kind: 'charge', amount: '50.00', scope: { student_email: 'ben@example.com' } });
    const codes = assess(group(), split, { rates: [...rates, dearer] }).map((line) => 'code' in line && line.code);
    expect(codes).toEqual(['rates_differ', 'rates_differ', 'rates_differ']);
  });
});

test('a family pays the rate of the teacher on the roster, whoever stood in', () => {
  const ofTess = rate(7, {
    kind: 'charge',
    amount: '60.00',
    scope: { teacher_email: 'tess@example.com', subject: 'Algebra' },
  });
  const substituted = lesson([], ['16:00-17:00'], {
    coverage: 'complete',
    teachers: [person('tess', []), person('theo', ['16:00-17:00'], { substitute: true })],
  });
  expect(assess(substituted, {}, { rates: [...rates, ofTess] })).toMatchObject([{ rate: { id: 7 } }]);
});
