import { describe, expect, test } from 'vitest';

import { overlappingRate, rateBook, rateInput, type RateQuestion } from '../../../../src/core/billing/policy/rates.ts';
import { rate } from '../../../support/billing.ts';

const question: RateQuestion = {
  classId: 5,
  seriesId: 's1',
  subject: 'Algebra',
  teacherEmails: ['tess@example.com', 'theo@example.com'],
  studentEmail: 'ana@example.com',
  date: '2026-01-16',
};

const student_email = 'ana@example.com';
const teacher_email = 'tess@example.com';
const subject = 'Algebra';
const scopes = [
  { class_id: 5 },
  { student_email, teacher_email, subject },
  { student_email, subject },
  { student_email },
  { series_id: 's1' },
  { teacher_email, subject },
  { subject },
  {},
];

describe('resolution', () => {
  test('a charge takes the first of the eight scopes that has a rate', () => {
    const rows = scopes.map((scope, i) => rate(i + 1, { kind: 'charge', amount: '1', scope }));
    const found = scopes.map((_, i) => rateBook(rows.slice(i)).resolve('charge', question)?.id);
    expect(found).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(rateBook([]).resolve('charge', question)).toBeNull();
  });

  test('pay takes the first of five, and never one for a student', () => {
    const own = [{ class_id: 5 }, { teacher_email, subject }, { teacher_email }, { subject }, {}];
    const rows = own.map((scope, i) => rate(i + 1, { kind: 'pay', amount: '1', scope }));
    expect(own.map((_, i) => rateBook(rows.slice(i)).resolve('pay', question)?.id)).toEqual([1, 2, 3, 4, 5]);
    expect(rateBook(rows).resolve('charge', question)).toBeNull();
  });

  test('a row that is not valid on the day gives way to the next scope', () => {
    const rows = [
      rate(1, { kind: 'charge', amount: '40', scope: { subject }, valid_to: '2026-01-15' }),
      rate(2, { kind: 'charge', amount: '44', scope: {} }),
    ];
    expect(rateBook(rows).resolve('charge', { ...question, date: '2026-01-15' })?.id).toBe(1);
    expect(rateBook(rows).resolve('charge', question)?.id).toBe(2);
  });

  test('the first teacher of the roster who has a rate decides', () => {
    const theo = rate(1, { kind: 'charge', amount: '1', scope: { teacher_email: 'theo@example.com', subject } });
    expect(rateBook([theo]).resolve('charge', question)?.id).toBe(1);
  });

  test('case and white space of e-mail and subject do not count', () => {
    const row = rate(1, {
      kind: 'charge',
      amount: '1',
      scope: { student_email: ' Ana@Example.com', subject: 'algebra ' },
    });
    expect(rateBook([row]).resolve('charge', question)?.id).toBe(1);
  });
});

describe('saving', () => {
  test('E128 two rates of one scope that share a day are refused', () => {
    const row = rate(1, { kind: 'charge', amount: '40', scope: { subject }, valid_to: '2026-03-14' });
    const from = (valid_from: string, changed = {}) =>
      overlappingRate([row], rate(2, { kind: 'charge', amount: '44', scope: { subject }, valid_from, ...changed }))?.id;
    expect(from('2026-03-14')).toBe(1);
    expect(from('2026-03-15')).toBeUndefined();
    expect(from('2026-03-01', { scope: {} })).toBeUndefined();
    expect(from('2026-03-01', { kind: 'pay' })).toBeUndefined();
    expect(from('2019-01-01', { valid_to: '2020-01-01' })).toBe(1);
    expect(overlappingRate([row], row, row.id)).toBeNull();
  });

  test('a rate that would never be looked up, or is no amount of its currency, is refused', () => {
    const faults = (changed: Readonly<Record<string, unknown>>) =>
      rateInput
        .safeParse({ kind: 'charge', amount: '42.00', currency: 'EUR', valid_from: '2026-01-01', ...changed })
        .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    expect(faults({})).toBeUndefined();
    expect(faults({ amount: '42.001' })).toEqual(['amount: has too many decimals: EUR has 2, such as "42.00"']);
    expect(faults({ amount: '-1' })).toEqual(['amount: must not be negative']);
    expect(faults({ amount: '12,50' })).toEqual([
      'amount: must have no comma: write it with a decimal point, such as "42.00"',
    ]);
    expect(faults({ amount: 'much' })).toEqual(['amount: must be an amount in EUR such as "42.00"']);
    expect(faults({ currency: 'eur' })).toEqual(['currency: must be an ISO 4217 code such as EUR']);
    expect(faults({ valid_to: '2025-12-31' })).toEqual(['valid_to: must not be before the first day']);
    expect(faults({ kind: 'pay', scope: { student_email } })).toEqual([
      'scope: no pay rate is looked up by this combination: class_id, teacher_email + subject, teacher_email, subject, empty',
    ]);
    expect(faults({ scope: { teacher_email } })).toHaveLength(1);
  });
});
