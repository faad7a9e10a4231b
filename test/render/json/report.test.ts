import { describe, expect, test } from 'vitest';

import type { UnbilledMeeting } from '../../../src/queries/reports/unbilled.ts';
import {
  showAttendance,
  showBill,
  showBlocked,
  showPay,
  showTeacherPay,
  showUnbilled,
} from '../../../src/render/json/report.ts';
import {
  billing,
  blockedLine,
  charge,
  correction,
  minutes,
  onlyStatement,
  pay,
  payroll,
} from '../../support/statements.ts';

describe('a bill as JSON', () => {
  test('has every line with its minutes, rate and amount', () => {
    const bill = showBill(
      onlyStatement(billing([charge({ billedMs: 3_400_000, togetherMs: 3_400_000, amountMinor: 3967 })])),
    );

    expect(bill).toMatchObject({
      family_id: 1,
      name: 'Silva',
      currency: 'EUR',
      subtotal: '39.67',
      total: '39.67',
      total_minor: 3967,
    });
    expect(bill.lines[0]).toEqual({
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
      bridged_minutes: 0,
      billed_minutes: 56.67,
      rate: '42.00',
      rate_unit: 'hour',
      price: '39.67',
      price_minor: 3967,
      discount: '0.00',
      discount_minor: 0,
      tax_code: null,
      tax_inclusive: false,
      net: '39.67',
      net_minor: 3967,
      tax: '0.00',
      tax_minor: 0,
      gross: '39.67',
      gross_minor: 3967,
      amount: '39.67',
      amount_minor: 3967,
      outcome: 'attended',
      reason: 'The student attended.',
      flags: [],
      credit: false,
    });
  });

  test('puts tax and corrections beside the lines', () => {
    const tax = { code: 'VAT', basisPoints: 750, inclusive: false, per: 'line' } as const;
    const bill = showBill(
      onlyStatement(billing([charge({ tax, taxMinor: 315 })], [correction({ tax, taxMinor: 63 })])),
    );

    expect(bill.adjustments[0]).toMatchObject({
      adjustment_id: 'a1-c2-3',
      line_id: 'c2-3',
      minutes: 12,
      amount: '8.40',
    });
    expect(bill).toMatchObject({ subtotal: '50.40', total: '54.18', total_minor: 5418 });
    expect(bill.taxes).toEqual([
      {
        code: 'VAT',
        percent: '7.50',
        inclusive: false,
        per: 'line',
        base: '50.40',
        base_minor: 5040,
        net: '50.40',
        net_minor: 5040,
        tax: '3.78',
        tax_minor: 378,
        gross: '54.18',
        gross_minor: 5418,
      },
    ]);
  });

  test.each([
    // 20 % inside 60.00 are 10.00, and inside 10.03 they are 1.67: the net of 8.3583… is rounded.
    [6000, true, 'line', 1000, { net: '50.00', tax: '10.00', gross: '60.00', net_minor: 5000, gross_minor: 6000 }],
    [1003, true, 'line', 167, { net: '8.36', tax: '1.67', gross: '10.03' }],
    [1003, false, 'line', 201, { net: '10.03', tax: '2.01', gross: '12.04' }],
    [1003, true, 'statement', 0, { net: null, tax: '0.00', gross: '10.03', net_minor: null }],
    [1003, false, 'statement', 0, { net: '10.03', tax: '0.00', gross: null, gross_minor: null }],
  ] as const)(
    'says net, tax and gross of %i, inclusive: %s, per %s',
    (amountMinor, inclusive, per, taxMinor, shown) => {
      const tax = { code: 'VAT', basisPoints: 2000, inclusive, per };
      const bill = showBill(onlyStatement(billing([charge({ amountMinor, tax, taxMinor })])));
      expect(bill.lines[0]).toMatchObject(shown);
      expect((bill.net_minor ?? 0) + bill.tax_minor).toBe(bill.gross_minor);
      expect(bill.gross).toBe(bill.total);
    },
  );
});

describe('the pay of a teacher as JSON', () => {
  test('has what was held and what is paid', () => {
    const teacher = showTeacherPay(
      onlyStatement(payroll([pay({ heldMs: minutes(48), paidMs: minutes(48), amountMinor: 1760 })])),
    );

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
      bridged_minutes: 0,
      paid_minutes: 48,
      tiers: null,
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

    expect(showTeacherPay(onlyStatement(payroll([pay({ amountMinor: 2500 })], [overpaid])))).toMatchObject({
      total: '-15.00',
      payout: '0.00',
      carry: '-15.00',
      needs_approval: true,
    });
  });
});

test('a line without an amount says what is missing', () => {
  expect(showBlocked(blockedLine('pay'))).toEqual({
    line_id: 'p9-1',
    class_id: 9,
    date: '2026-01-16',
    start_time: '2026-01-16T16:00:00Z',
    subject: 'Algebra',
    person_email: 'somebody@example.com',
    person_name: 'Some Body',
    outcome: 'unknown',
    code: 'no_rate',
    reason: 'No rate is valid on that day.',
    flags: [],
  });
});

test('an unbilled meeting has its times as text and its minutes as numbers', () => {
  const start = Date.parse('2026-01-16T09:05:00Z');
  const found: UnbilledMeeting = {
    closedPeriod: null,
    kind: 'other_room',
    space: 'spaces/personal',
    meetCode: 'abc-defg-hij',
    organizerEmail: 'tess@example.com',
    records: ['r1'],
    start,
    end: start + minutes(35),
    togetherMs: minutes(35),
    people: [{ personId: 11, email: 'tess@example.com', name: 'Tess', role: 'teacher', presentMs: 3_000_500 }],
    confidence: 'likely',
    suggestion: { action: 'link_call', classId: 5, text: 'Link the call to the class.' },
  };

  expect(showUnbilled(found)).toEqual({
    kind: 'other_room',
    space: 'spaces/personal',
    meet_code: 'abc-defg-hij',
    organizer_email: 'tess@example.com',
    records: ['r1'],
    start_time: '2026-01-16T09:05:00Z',
    end_time: '2026-01-16T09:40:00Z',
    together_minutes: 35,
    people: [{ person_id: 11, email: 'tess@example.com', name: 'Tess', role: 'teacher', minutes: 50.01 }],
    confidence: 'likely',
    closed_period: null,
    suggestion: {
      action: 'link_call',
      class_id: 5,
      substitute: null,
      text: 'Link the call to the class.',
      requests: [
        {
          method: 'POST',
          path: '/api/decisions',
          body: { kind: 'link_call', class_id: 5, record: 'r1', reason: 'held in another room' },
        },
      ],
    },
  });

  const suggested = (action: 'create_class' | 'reinstate_class', classId: number | null) =>
    showUnbilled({ ...found, suggestion: { action, classId, text: '' } }).suggestion.requests;
  expect(suggested('reinstate_class', 5)).toMatchObject([{ path: '/api/classes/5/reinstate' }]);
  expect(suggested('create_class', null)).toEqual([
    {
      method: 'POST',
      path: '/api/schedule/class',
      body: {
        teacher_email: 'tess@example.com',
        student_emails: [],
        subject: null,
        start_time: '2026-01-16T09:05:00Z',
        duration_minutes: 35,
        meet_code: 'abc-defg-hij',
        organizer_email: 'tess@example.com',
      },
    },
  ]);
});

test('a month of attendance names the person', () => {
  const counts = { expected: 4, present: 2, late: 1, absent: 1, excused: 0, pending: 0, visited: 0, minutes: 178.5 };
  const month = { email: 'ana@example.com', name: 'Ana', month: '2026-01', ...counts };
  const summary = { kind: 'attendance', period: '2026-01', zone: 'Europe/London' } as const;

  expect(showAttendance({ ...summary, people: [{ personId: 3, ...month }] })).toEqual({
    period: '2026-01',
    timezone: 'Europe/London',
    people: [{ person_id: 3, ...month }],
  });
});

test('pay by a share of the charge says which', () => {
  expect(showPay(pay({ rate: null, percent: 60 }))).toMatchObject({ rate: '60', rate_unit: 'percent' });
  // What was issued before the share was kept.
  expect(showPay(pay({ rate: null }))).toMatchObject({ rate: null, rate_unit: null });
});

test('pay by heads says the base, the extra and the minutes with so many students', () => {
  const tiers = { base: '18.00', extraHead: '3.00', heads: [{ heads: 2, ms: 3_180_000 }] };
  expect(showPay(pay({ tiers }))).toMatchObject({
    rate: '18.00',
    rate_unit: 'hour',
    tiers: { base: '18.00', extra_head: '3.00', heads: [{ heads: 2, minutes: 53 }] },
  });
  expect(showPay(pay({}))).toMatchObject({ tiers: null });
});
