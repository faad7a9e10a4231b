import { describe, expect, test } from 'vitest';
import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import { buildLines } from '../../../../src/core/billing/lines.ts';
import type { PeriodLines } from '../../../../src/core/billing/lines.ts';
import { auditPeriod, closable, exceptionsOf } from '../../../../src/core/billing/period/audit.ts';
import type { PeriodToClose } from '../../../../src/core/billing/period/audit.ts';
import { payHash, teacherStatements } from '../../../../src/core/billing/period/statements.ts';
import { at, books, lesson, rate } from '../../../support/billing.ts';

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
});
