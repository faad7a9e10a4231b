import { describe, expect, test } from 'vitest';

import type { BlockedLine } from '../../../src/core/billing/lesson/line.ts';
import { billingReport, payrollReport, statementReference } from '../../../src/core/reports/report.ts';
import {
  billing,
  charge,
  correction,
  minutes,
  onlyFamily,
  onlyTeacher,
  pay,
  payroll,
} from '../../support/statements.ts';

describe('the billing report', () => {
  test('has every line with its minutes, rate and amount', () => {
    const report = billing([charge({ billedMs: 3_400_000, togetherMs: 3_400_000, amountMinor: 3967 })]);

    expect(report).toMatchObject({ period: '2026-01', timezone: 'Europe/London', blocked: [] });
    expect(onlyFamily(report)).toMatchObject({
      family_id: 1,
      name: 'Silva',
      currency: 'EUR',
      subtotal: '39.67',
      total: '39.67',
      total_minor: 3967,
    });
    expect(onlyFamily(report).lines[0]).toEqual({
      line_id: 'c5-3',
      class_id: 5,
      date: '2026-01-16',
      start_time: '2026-01-16T16:00:00Z',
      end_time: '2026-01-16T17:00:00Z',
      subject: 'Algebra',
      student_email: 'ana@example.com',
      student_name: 'Ana Silva',
      teacher_email: 'tess@example.com',
      scheduled_minutes: 60,
      present_minutes: 60,
      together_minutes: 56.67,
      overrun_minutes: 0,
      billed_minutes: 56.67,
      rate: '42.00',
      rate_unit: 'hour',
      price: '39.67',
      price_minor: 3967,
      discount: '0.00',
      discount_minor: 0,
      tax_code: null,
      tax_inclusive: false,
      tax: '0.00',
      tax_minor: 0,
      amount: '39.67',
      amount_minor: 3967,
      outcome: 'attended',
      reason: 'The student attended.',
      flags: [],
      credit: false,
    });
  });

  test('gives a family with two currencies two statements', () => {
    const report = billing([charge(), charge({ lineId: 'c6-3', currency: 'JPY', amountMinor: 2917 })]);

    expect(report.families.map(({ name, currency, total }) => [name, currency, total])).toEqual([
      ['Silva', 'EUR', '42.00'],
      ['Silva', 'JPY', '2917'],
    ]);
    expect(report.families.map((family) => statementReference('2026-01', family))).toEqual([
      '2026-01-F1-EUR',
      '2026-01-F1-JPY',
    ]);
  });

  test('puts tax and corrections beside the lines', () => {
    const tax = { code: 'VAT', basisPoints: 750, inclusive: false, per: 'line' } as const;
    const family = onlyFamily(billing([charge({ tax, taxMinor: 315 })], [correction({ tax, taxMinor: 63 })]));

    expect(family.adjustments[0]).toMatchObject({
      adjustment_id: 'a1-c2-3',
      line_id: 'c2-3',
      minutes: 12,
      amount: '8.40',
    });
    expect(family).toMatchObject({ subtotal: '50.40', total: '54.18', total_minor: 5418 });
    expect(family.taxes).toEqual([
      {
        code: 'VAT',
        percent: '7.50',
        inclusive: false,
        per: 'line',
        base: '50.40',
        base_minor: 5040,
        tax: '3.78',
        tax_minor: 378,
      },
    ]);
  });

  test('calls a student without a family by name', () => {
    const family = onlyFamily(billing([charge({ familyId: null })]));

    expect(family).toMatchObject({ family_id: null, student_id: 3, name: 'Ana Silva' });
    expect(statementReference('2026-01', family)).toBe('2026-01-S3-EUR');
  });
});

describe('the payroll report', () => {
  test('has what was held and what is paid', () => {
    const teacher = onlyTeacher(payroll([pay({ heldMs: minutes(48), paidMs: minutes(48), amountMinor: 1760 })]));

    expect(teacher).toMatchObject({
      teacher_email: 'tess@example.com',
      currency: 'EUR',
      total: '17.60',
      total_minor: 1760,
    });
    expect(teacher.lines[0]).toEqual({
      line_id: 'p5-11',
      class_id: 5,
      date: '2026-01-16',
      start_time: '2026-01-16T16:00:00Z',
      end_time: '2026-01-16T17:00:00Z',
      subject: 'Algebra',
      teacher_email: 'tess@example.com',
      scheduled_minutes: 60,
      held_minutes: 48,
      paid_minutes: 48,
      rate: '22.00',
      rate_unit: 'hour',
      amount: '17.60',
      amount_minor: 1760,
      outcome: 'attended',
      reason: 'The class was held.',
      flags: [],
    });
  });

  test('pays nothing out while a teacher owes, and says what is left', () => {
    const overpaid = correction({ side: 'pay', personId: 11, personEmail: 'tess@example.com', amountMinor: -4000 });

    expect(onlyTeacher(payroll([pay({ amountMinor: 2500 })], [overpaid]))).toMatchObject({
      total: '-15.00',
      payout: '0.00',
      carry: '-15.00',
      needs_approval: true,
    });
  });
});

test('each report holds only what its own side cannot bill yet', () => {
  const blocked = (['charge', 'pay'] as const).map((side): BlockedLine => ({
    lineId: `${side[0]}9-1`,
    side,
    classId: 9,
    subject: 'Algebra',
    start: 1_768_579_200_000,
    date: '2026-01-16',
    personId: 1,
    personEmail: 'somebody@example.com',
    outcome: 'unknown',
    code: 'no_rate',
    reason: 'No rate is valid on that day.',
    flags: [],
  }));
  const common = { period: '2026-01', zone: 'UTC', statements: [], blocked };

  expect(billingReport({ ...common, familyNames: new Map() }).blocked.map(({ line_id }) => line_id)).toEqual(['c9-1']);
  expect(payrollReport(common).blocked).toEqual([
    {
      line_id: 'p9-1',
      class_id: 9,
      date: '2026-01-16',
      start_time: '2026-01-16T16:00:00Z',
      subject: 'Algebra',
      person_email: 'somebody@example.com',
      outcome: 'unknown',
      code: 'no_rate',
      reason: 'No rate is valid on that day.',
      flags: [],
    },
  ]);
});
