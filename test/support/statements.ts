import type { BlockedLine, ChargeLine, PayLine } from '../../src/core/billing/lesson/line.ts';
import { formatAmount } from '../../src/core/billing/money/money.ts';
import type { Adjustment } from '../../src/core/billing/period/adjustments.ts';
import { familyStatements, teacherStatements } from '../../src/core/billing/period/statements.ts';
import {
  billingReport,
  payrollReport,
  type FamilyBill,
  type Report,
  type TeacherPay,
} from '../../src/core/reports/report.ts';

export function minutes(count: number): number {
  return count * 60_000;
}

export const ZONE = 'Europe/London';

const START = Temporal.Instant.from('2026-01-16T16:00:00Z').epochMilliseconds;

/** An hour of Algebra of Ana with Tess on 16 January 2026, 16:00 in London, at 42.00 EUR an hour. */
export function charge(changed: Partial<ChargeLine> = {}): ChargeLine {
  const { amountMinor = 4200, currency = 'EUR' } = changed;
  return {
    side: 'charge',
    lineId: 'c5-3',
    classId: 5,
    seriesId: null,
    subject: 'Algebra',
    start: START,
    end: START + minutes(60),
    date: '2026-01-16',
    scheduledMs: minutes(60),
    currency,
    rate: { rateId: 1, amount: formatAmount(4200, currency), amountMinor: 4200, unit: 'hour' },
    amount: formatAmount(amountMinor, currency),
    amountMinor,
    outcome: 'attended',
    reason: 'The student attended.',
    flags: [],
    policyFrom: '2026-01-01',
    bridgedMs: 0,
    evidence: [],
    steps: [],
    studentId: 3,
    studentEmail: 'ana@example.com',
    studentName: 'Ana Silva',
    familyId: 1,
    teacherEmail: 'tess@example.com',
    presentMs: minutes(60),
    togetherMs: minutes(60),
    overrunMs: 0,
    billedMs: minutes(60),
    priceMinor: amountMinor,
    discountMinor: 0,
    tax: null,
    taxMinor: 0,
    credit: false,
    ...changed,
  };
}

/** The same hour, paid to Tess at 22.00 EUR. */
export function pay(changed: Partial<PayLine> = {}): PayLine {
  const { amountMinor = 2200, currency = 'EUR' } = changed;
  return {
    side: 'pay',
    lineId: 'p5-11',
    classId: 5,
    seriesId: null,
    subject: 'Algebra',
    start: START,
    end: START + minutes(60),
    date: '2026-01-16',
    scheduledMs: minutes(60),
    currency,
    rate: { rateId: 2, amount: formatAmount(2200, currency), amountMinor: 2200, unit: 'hour' },
    amount: formatAmount(amountMinor, currency),
    amountMinor,
    outcome: 'attended',
    reason: 'The class was held.',
    flags: [],
    policyFrom: '2026-01-01',
    bridgedMs: 0,
    evidence: [],
    steps: [],
    teacherId: 11,
    teacherEmail: 'tess@example.com',
    teacherName: 'Tess Moreau',
    heldMs: minutes(60),
    paidMs: minutes(60),
    ...changed,
  };
}

/** January was closed with 48 minutes for 33.60; it is 60 for 42.00 now. */
export function correction(changed: Partial<Adjustment> = {}): Adjustment {
  const { amountMinor = 840, currency = 'EUR' } = changed;
  return {
    adjustmentId: 'a1-c2-3',
    side: 'charge',
    lineId: 'c2-3',
    closedPeriod: '2025-12',
    classId: 2,
    subject: 'Algebra',
    date: '2025-12-12',
    personId: 3,
    personEmail: 'ana@example.com',
    familyId: 1,
    ms: minutes(12),
    currency,
    amountMinor,
    amount: formatAmount(amountMinor, currency),
    tax: null,
    taxMinor: 0,
    reason: 'In December 2025 this was 48 min, 33.60 EUR; it is 60 min, 42.00 EUR now. The student attended.',
    ...changed,
  };
}

/** Of class 9, which has no rate. */
export function blockedLine(side: 'charge' | 'pay'): BlockedLine {
  return {
    lineId: `${side === 'charge' ? 'c' : 'p'}9-1`,
    side,
    classId: 9,
    subject: 'Algebra',
    start: 1_768_579_200_000,
    date: '2026-01-16',
    personId: 1,
    personEmail: 'somebody@example.com',
    personName: 'Some Body',
    outcome: 'unknown',
    code: 'no_rate',
    reason: 'No rate is valid on that day.',
    flags: [],
    evidence: [],
  };
}

/** The only family is 1. */
export function familyOf(id: number) {
  return id === 1 ? { name: 'Silva', billingEmail: 'silva@example.com' } : null;
}

export function billing(charges: readonly ChargeLine[], adjustments: readonly Adjustment[] = []): Report<FamilyBill> {
  const statements = familyStatements(charges, adjustments);
  return billingReport({ period: '2026-01', zone: ZONE, statements, blocked: [] }, familyOf);
}

export function payroll(
  lines: readonly PayLine[],
  adjustments: readonly Adjustment[] = [],
  carriedIn = new Map<number, Map<string, number>>(),
): Report<TeacherPay> {
  const statements = teacherStatements(lines, adjustments, carriedIn);
  return payrollReport({ period: '2026-01', zone: ZONE, statements, blocked: [] }, () => null);
}

export function onlyStatement<Statement>({ statements }: Report<Statement>): Statement {
  if (statements.length !== 1) throw new Error(`${statements.length} statements`);
  return statements[0]!;
}
