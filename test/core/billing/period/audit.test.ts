import { describe, expect, test } from 'vitest';
import { proposeAdjustments } from '../../../../src/core/billing/period/adjustments.ts';
import type { Adjustment } from '../../../../src/core/billing/period/adjustments.ts';
import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import { buildLines } from '../../../../src/core/billing/lines.ts';
import type { PeriodLines } from '../../../../src/core/billing/lines.ts';
import { auditPeriod, closable, exceptionsOf } from '../../../../src/core/billing/period/audit.ts';
import { freezePeriod } from '../../../../src/core/billing/period/document.ts';
import type { PeriodToClose } from '../../../../src/core/billing/period/audit.ts';
import { familyStatements, payHash, teacherStatements } from '../../../../src/core/billing/period/statements.ts';
import { compareLines } from '../../../../src/core/billing/what-if.ts';
import { at, bill, books, ids, lesson, person, policy, rate, takenBack } from '../../../support/billing.ts';

const held = (until: string, changed: Partial<BilledClass> = {}) =>
  lesson(['16:00-17:00'], [`16:00-${until}`], changed);
const nothing = { adjustments: [], unresolved: [] };

function three(settings: Readonly<Record<string, unknown>>, amount: string) {
  const classes = [1, 2, 3].map((day) => {
    const times = { start: at('16:00', `2026-01-0${day}`), end: at('17:00', `2026-01-0${day}`) };
    return lesson([], [], {
      classId: day,
      ...times,
      coverage: 'complete',
      teachers: [person('tess', [], { intervals: [times] })],
      students: [person('ana', [], { intervals: [times] })],
    });
  });
  const { charges } = bill(classes, settings, { rates: [rate(1, { kind: 'charge', amount })] });
  return familyStatements(charges)[0];
}

describe('statements', () => {
  test('X11 E137 7.5 % on three lines of 10.03: 2.25 by line, 2.26 by statement', () => {
    const tax = { code: 'VAT', basis_points: 750 };
    expect(three({ tax }, '10.03')).toMatchObject({
      subtotalMinor: 3009,
      totalMinor: 3234,
      taxes: [{ taxMinor: 225 }],
    });
    expect(three({ tax: { ...tax, per: 'statement' } }, '10.03')).toMatchObject({
      total: '32.35',
      taxes: [{ taxMinor: 226 }],
    });
  });

  test('X11 20 % inside 60.00 are 10.00, and the total stays 60.00', () => {
    const statement = three({ tax: { basis_points: 2000, inclusive: true, per: 'statement' } }, '20.00');
    expect(statement).toMatchObject({ total: '60.00', taxes: [{ baseMinor: 6000, taxMinor: 1000 }] });
  });

  test('a discount comes off before tax', () => {
    const statement = three({ discount: [{ basis_points: 1000 }], tax: { basis_points: 2000 } }, '42.00');
    expect(statement?.lines[0]).toMatchObject({
      priceMinor: 4200,
      discountMinor: 420,
      amountMinor: 3780,
      taxMinor: 756,
    });
    expect(statement?.total).toBe('136.08');
  });

  test('E149 a family with two currencies has two statements; a student without a family has one alone', () => {
    const group = lesson(['16:00-17:00'], [], {
      students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-17:00']), person('cleo', ['16:00-17:00'])],
    });
    const { charges } = bill(
      group,
      {},
      {
        rates: [
          rate(1, { kind: 'charge', amount: '42.00' }),
          rate(2, { kind: 'charge', amount: '30', currency: 'GBP', scope: { student_email: 'ben@example.com' } }),
        ],
        familyOf: new Map([
          [ids.ana, 1],
          [ids.ben, 1],
        ]),
      },
    );
    expect(
      familyStatements(charges).map(({ familyId, studentId, total, currency }) => [
        familyId,
        studentId,
        total,
        currency,
      ]),
    ).toEqual([
      [1, null, '42.00', 'EUR'],
      [1, null, '30.00', 'GBP'],
      [null, ids.cleo, '42.00', 'EUR'],
    ]);
  });

  test('E148 an overpayment is taken from the next pay, and what is left is carried, never paid out', () => {
    const paying = (amount: string) => bill(held('17:00'), {}, { rates: [rate(2, { kind: 'pay', amount })] }).pay;
    const overpaid = takenBack(paying('40.00')[0]!);
    const [statement] = teacherStatements(paying('25.00'), overpaid);
    expect(statement).toMatchObject({ total: '-15.00', payoutMinor: 0, carryMinor: -1500, needsApproval: true });
    const carried = new Map([[ids.tess, new Map([['EUR', -1500]])]]);
    expect(teacherStatements(paying('22.00'), [], carried)[0]).toMatchObject({ payoutMinor: 700, carryMinor: 0 });
  });
});

describe('adjustments', () => {
  const january = buildLines(books([held('16:48')]), '2026-01');
  const propose = (now: readonly BilledClass[], posted: readonly Adjustment[] = [], changed = {}) =>
    proposeAdjustments('2026-01', january, posted, buildLines(books(now, changed), '2026-01'));

  test('X12 E150 a closed line of 48 minutes that is 60 now gives +12 minutes and +8.40, referring to it', () => {
    expect(january.charges.map(({ amount }) => amount)).toEqual(['33.60']);
    const { adjustments } = propose([held('17:00')]);
    expect(adjustments).toMatchObject([
      {
        adjustmentId: 'a1-c5-3',
        lineId: 'c5-3',
        closedPeriod: '2026-01',
        ms: 12 * 60_000,
        amount: '8.40',
        familyId: 1,
      },
    ]);
    expect(adjustments[0]?.reason).toBe(
      'Line c5-3 of 2026-01 was 48 min, 33.60 EUR; it is 60 min, 42.00 EUR now. The student attended.',
    );
  });

  test('once posted it is not proposed again, and a second change counts from both', () => {
    const { adjustments } = propose([held('17:00')]);
    expect(propose([held('17:00')], adjustments)).toEqual(nothing);
    expect(propose([held('16:48')], adjustments).adjustments).toMatchObject([
      { adjustmentId: 'a2-c5-3', amount: '-8.40' },
    ]);
  });

  test('E87 an excuse after billing takes the whole charge back', () => {
    const closed = buildLines(books([lesson(['15:58-16:20'], [])]), '2026-01');
    const excused = lesson(['15:58-16:20'], [], { students: [person('ana', [], { status: 'excused' })] });
    const { adjustments } = proposeAdjustments('2026-01', closed, [], buildLines(books([excused]), '2026-01'));
    expect(adjustments).toMatchObject([{ lineId: 'c5-3', amount: '-42.00', ms: -3_600_000 }]);
  });

  test('E60 an identity that was fixed after the close moves the charge to the student who was there', () => {
    const other = lesson(['16:00-17:00'], [], { students: [person('ben', ['16:00-16:48'])] });
    const { adjustments } = propose([other]);
    expect(adjustments.map(({ lineId, amount, closedPeriod }) => [lineId, amount, closedPeriod])).toEqual([
      ['c5-3', '-33.60', '2026-01'],
      ['c5-4', '33.60', null],
    ]);
  });

  test('a student who changed families is taken off one and put on the other', () => {
    const { adjustments } = propose([held('16:48')], [], { familyOf: new Map([[ids.ana, 9]]) });
    expect(adjustments.map(({ adjustmentId, familyId, amount }) => [adjustmentId, familyId, amount])).toEqual([
      ['a1-c5-3', 1, '-33.60'],
      ['a2-c5-3', 9, '33.60'],
    ]);
  });

  test('E127 a rate that was dated back is a proposal; the closed lines stay as they are', () => {
    const before = JSON.stringify(january);
    const dearer = [rate(7, { kind: 'charge', amount: '44.00' }), rate(2, { kind: 'pay', amount: '22.00' })];
    expect(propose([held('16:48')], [], { rates: dearer }).adjustments).toMatchObject([{ amount: '1.60', ms: 0 }]);
    expect(JSON.stringify(january)).toBe(before);
  });

  test('a line that cannot be reckoned again is named, not taken back', () => {
    const { adjustments, unresolved } = propose([held('16:48', { coverage: 'partial' })]);
    expect(adjustments).toEqual([]);
    expect(unresolved.map(({ lineId }) => lineId)).toEqual(['c5-3', 'p5-11']);
  });

  test('E125 a charge and its full credit are nothing together, tax included', () => {
    const { charges } = bill(
      held('16:07'),
      { tax: { basis_points: 750 }, attended_if: 0 },
      { rates: [rate(1, { kind: 'charge', amount: '27.55' })] },
    );
    const credit = takenBack(charges[0]!);
    expect(familyStatements(charges, credit)[0]).toMatchObject({ subtotalMinor: 0, totalMinor: 0 });
  });
});

describe('what if', () => {
  test('another policy shows who would pay and earn what', () => {
    const classes = [
      held('16:48'),
      held('17:00', {
        classId: 6,
        start: at('18:00'),
        end: at('19:00'),
        coverage: 'empty',
        teachers: [],
        students: [],
      }),
    ];
    const now = buildLines(books(classes), '2026-01');
    const then = buildLines(books(classes, { policies: [policy({ preset: 'slot_held' })] }), '2026-01');
    expect(compareLines(now, then)).toEqual({
      families: [
        {
          party: 1,
          currency: 'EUR',
          beforeMinor: 3360,
          afterMinor: 4200,
          deltaMinor: 840,
          delta: '8.40',
          changedLines: ['c5-3'],
        },
      ],
      teachers: [
        {
          party: 'tess@example.com',
          currency: 'EUR',
          beforeMinor: 2200,
          afterMinor: 2200,
          deltaMinor: 0,
          delta: '0.00',
          changedLines: [],
        },
      ],
      newlyBlocked: [],
      unblocked: [],
    });
  });
});

describe('close', () => {
  const after = at('00:00', '2026-02-03');
  const toClose = (lines: PeriodLines, changed: Partial<PeriodToClose> = {}): PeriodToClose => ({
    period: '2026-01',
    zone: 'Europe/London',
    lines,
    adjustments: [],
    proposals: nothing,
    acceptedPay: acceptedBy(lines),
    ...changed,
  });
  const acceptedBy = ({ pay }: PeriodLines) => {
    const statements = teacherStatements(pay);
    return new Map(statements.map(({ teacherId }) => [teacherId, payHash(statements, teacherId)]));
  };
  const failing = (audited: ReturnType<typeof auditPeriod>) =>
    audited.filter(({ holds }) => !holds).map(({ name }) => name);

  test('a clean period closes', () => {
    const audit = auditPeriod(toClose(buildLines(books([held('17:00')]), '2026-01')), after);
    expect([failing(audit), closable(audit)]).toEqual([[], 'clean']);
  });

  test('E152 E157 open reviews, missing evidence and rates, disputes: only with exceptions, which are listed', () => {
    const lines = buildLines(
      books([held('17:00', { openReviews: 3 }), held('17:00', { classId: 6, coverage: 'no_access' })], {
        rates: [rate(1, { kind: 'charge', amount: '42.00' })],
      }),
      '2026-01',
    );
    const audit = auditPeriod(toClose(lines, { disputed: ['p9-11'] }), after);
    expect(failing(audit)).toEqual([
      'evidence_is_whole',
      'nobody_is_unidentified',
      'every_line_has_a_rate',
      'no_line_is_disputed',
    ]);
    expect(closable(audit)).toBe('with_exceptions');
    expect(exceptionsOf(audit)).toContainEqual({ invariant: 'no_line_is_disputed', lineId: 'p9-11', text: null });
  });

  test('pay that nobody accepted, or that is other pay now, is a warning and on no cover', () => {
    const lines = buildLines(books([held('17:00')]), '2026-01');
    const later = { ...lines, pay: lines.pay.map((line) => ({ ...line, paidMs: line.paidMs - 1 })) };
    for (const acceptedPay of [new Map<number, string>(), acceptedBy(later)]) {
      const audit = auditPeriod(toClose(lines, { acceptedPay }), after);
      expect(audit).toHaveLength(17);
      expect(audit.filter(({ holds }) => !holds)).toMatchObject([
        { name: 'teachers_have_accepted', severity: 'warns', against: [{ lineId: null, text: 'tess@example.com' }] },
      ]);
      expect([closable(audit), exceptionsOf(audit)]).toEqual(['clean', []]);
    }
  });

  test('a period that is not over does not close, whatever is accepted', () => {
    const audit = auditPeriod(toClose(buildLines(books([held('17:00')]), '2026-01')), at('12:00', '2026-01-31'));
    expect([failing(audit), closable(audit)]).toEqual([['period_is_over'], 'no']);
  });

  test('a line that was tampered with is a fault', () => {
    const { charges, pay, blocked } = buildLines(books([held('17:00')]), '2026-01');
    const tampered = { charges: [{ ...charges[0]!, amountMinor: 4201 }, charges[0]!], pay, blocked };
    const audit = auditPeriod(toClose(tampered), after);
    expect([failing(audit), closable(audit)]).toEqual([['amounts_are_exact', 'line_ids_are_unique'], 'no']);
  });

  test('E154 the same period has the same id, in whatever order it was read; any change gives another', () => {
    const classes = [held('17:00'), held('16:40', { classId: 6, start: at('18:00'), end: at('19:00') })];
    const freeze = (input: readonly BilledClass[], version = 1) => {
      const { charges, pay } = buildLines(books(input), '2026-01');
      const policies = [policy()];
      return freezePeriod({
        period: '2026-01',
        version,
        zone: 'Europe/London',
        policies,
        charges,
        pay,
        adjustments: [],
        exceptions: [],
      });
    };
    expect(freeze(classes.toReversed())).toEqual(freeze(classes));
    expect(freeze(classes).id).toMatch(/^[0-9a-f]{64}$/);
    expect(freeze(classes, 2).id).not.toBe(freeze(classes).id);
  });

  test('classes of other periods make no lines, and what is not a period is refused', () => {
    expect(buildLines(books([held('17:00')]), '2026-02')).toEqual({ charges: [], pay: [], blocked: [] });
    expect(buildLines(books([held('17:00')]), '2026-01-16..2026-01-16').charges).toHaveLength(1);
    expect(() => buildLines(books([]), 'January')).toThrow(RangeError);
  });
});
