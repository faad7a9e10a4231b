import { describe, expect, test } from 'vitest';

import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import { buildLines, type PeriodLines } from '../../../../src/core/billing/lines.ts';
import { auditPeriod, closable, exceptionsOf, type PeriodToClose } from '../../../../src/core/billing/period/audit.ts';
import { payHash, teacherStatements } from '../../../../src/core/billing/period/statements.ts';
import { at, books, lesson, rate } from '../../../support/billing.ts';
import { charge, correction, pay } from '../../../support/statements.ts';

/** Student → family. */
const families: ReadonlyMap<number, number> = new Map([[3, 1]]);

const held = (until: string, changed: Partial<BilledClass> = {}) =>
  lesson(['16:00-17:00'], [`16:00-${until}`], changed);
const nothing = { adjustments: [], unresolved: [] };

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
    expect(exceptionsOf(audit, lines, families)).toContainEqual({
      invariant: 'no_line_is_disputed',
      lineId: 'p9-11',
      text: 'The teacher disputes the line.',
    });
    expect(exceptionsOf(audit, lines, families)).toContainEqual({
      invariant: 'evidence_is_whole',
      lineId: 'c6-3',
      text: 'Algebra, 16 Jan 2026: The record of the call could not be opened, so who was there is not known yet.',
      familyId: 1,
      student: { name: 'ana', email: 'ana@example.com' },
    });
  });

  test('pay that nobody accepted, or that is other pay now, is a warning and on no cover', () => {
    const lines = buildLines(books([held('17:00')]), '2026-01');
    const later = { ...lines, pay: lines.pay.map((line) => ({ ...line, paidMs: line.paidMs - 1 })) };
    for (const acceptedPay of [new Map<number, string>(), acceptedBy(later)]) {
      const audit = auditPeriod(toClose(lines, { acceptedPay }), after);
      expect(audit).toHaveLength(21);
      expect(audit.filter(({ holds }) => !holds)).toMatchObject([
        { name: 'teachers_have_accepted', severity: 'warns', against: [{ lineId: null, text: 'tess@example.com' }] },
      ]);
      expect([closable(audit), exceptionsOf(audit, lines, families)]).toEqual(['clean', []]);
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

  const lines = (changed: Partial<PeriodLines>): PeriodLines => ({
    charges: [charge()],
    pay: [pay()],
    blocked: [],
    ...changed,
  });
  const heldAnyway = charge({
    outcome: 'held_although_canceled',
    amountMinor: 0,
    amount: '0.00',
    flags: ['review_open'],
  });

  test.each<[name: string, lines: PeriodLines, lineId: string, verdict: ReturnType<typeof closable>]>([
    ['cancellations_are_settled', lines({ charges: [heldAnyway] }), 'c5-3', 'with_exceptions'],
    ['nobody_is_unidentified', lines({ charges: [charge({ flags: ['review_open'] })] }), 'c5-3', 'with_exceptions'],
    ['no_minute_is_negative', lines({ charges: [charge({ billedMs: -1 })] }), 'c5-3', 'no'],
    ['no_minute_is_negative', lines({ pay: [pay({ paidMs: -1 })] }), 'p5-11', 'no'],
    ['nothing_unknown_is_money', lines({ charges: [charge({ outcome: 'unknown' })] }), 'c5-3', 'no'],
    ['line_ids_are_unique', lines({ charges: [charge(), charge()] }), 'c5-3', 'no'],
    ['amounts_are_exact', lines({ charges: [charge({ amount: '42' })] }), 'c5-3', 'no'],
    ['no_line_to_look_at', lines({ charges: [charge({ flags: ['review'] })] }), 'c5-3', 'clean'],
    ['nobody_is_double_booked', lines({ charges: [charge({ flags: ['student_double_booked'] })] }), 'c5-3', 'clean'],
    ['nobody_is_double_booked', lines({ pay: [pay({ flags: ['teacher_double_booked'] })] }), 'p5-11', 'clean'],
    ['every_student_has_a_family', lines({ charges: [charge({ flags: ['no_family'] })] }), 'c5-3', 'clean'],
  ])('%s names the line that speaks against it', (name, given, lineId, verdict) => {
    const audit = auditPeriod(toClose(given), after);
    expect(failing(audit)).toEqual([name]);
    expect(audit.find(({ holds }) => !holds)?.against.map((item) => item.lineId)).toEqual([lineId]);
    expect(closable(audit)).toBe(verdict);
  });

  test('a lesson whose guest waits for a name says so, and not that the student attended', () => {
    const audit = auditPeriod(toClose(lines({ charges: [charge({ flags: ['review_open'] })] })), after);
    expect(audit.find(({ holds }) => !holds)?.against.map(({ text }) => text)).toEqual([
      'Algebra, 16 Jan 2026: Somebody in the call was not recognised yet, so its minutes may change.',
    ]);
  });

  test('corrections that wait are told by their own number, and a debt of a teacher by the amount', () => {
    const proposals = { adjustments: [correction()], unresolved: [] };
    const waiting = auditPeriod(toClose(lines({}), { proposals }), after);
    expect(waiting.filter(({ holds }) => !holds)).toMatchObject([
      { name: 'closed_periods_agree', severity: 'warns', against: [{ lineId: 'a1-c2-3' }] },
    ]);

    const owed = new Map([[11, new Map([['EUR', -3000]])]]);
    const indebted = auditPeriod(toClose(lines({}), { carriedIn: owed }), after);
    expect(indebted.find(({ name }) => name === 'no_pay_is_negative')).toMatchObject({
      holds: false,
      against: [{ lineId: null, text: 'tess@example.com: -8.00 EUR is carried over' }],
    });
    expect(closable(indebted)).toBe('clean');
  });
});
