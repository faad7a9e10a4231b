import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import { buildLines } from '../../../../src/core/billing/lines.ts';
import { proposeAdjustments, type Adjustment } from '../../../../src/core/billing/period/adjustments.ts';
import { familyStatements } from '../../../../src/core/billing/period/statements.ts';
import { bill, books, ids, lesson, person, policy, rate, takenBack } from '../../../support/billing.ts';

const held = (until: string, changed: Partial<BilledClass> = {}) =>
  lesson(['16:00-17:00'], [`16:00-${until}`], changed);
const nothing = { adjustments: [], unresolved: [] };

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
    'In January 2026 this was 48 min, 33.60 EUR; it is 60 min, 42.00 EUR now. Presence was 48 min and is 60 min now. The student attended.',
  );
});

test('once posted it is not proposed again, and a second change counts from both', () => {
  const { adjustments } = propose([held('17:00')]);
  expect(propose([held('17:00')], adjustments)).toEqual(nothing);
  expect(propose([held('16:48')], adjustments).adjustments).toMatchObject([
    { adjustmentId: 'a2-c5-3', amount: '-8.40' },
  ]);
});

test('the reason of a second correction counts from the first one', () => {
  const { adjustments } = propose([held('17:00')]);
  const second = propose([held('16:48')], adjustments).adjustments;
  expect(second[0]?.reason).toBe(
    'In January 2026 this was 60 min, 42.00 EUR with its corrections; it is 48 min, 33.60 EUR now. ' +
      'It is again what was issued. The student attended.',
  );
});

test('a line that waits for a person is unresolved: its 0.00 is proposed to nobody', () => {
  const canceled = {
    status: 'canceled',
    canceledAt: Date.parse('2026-01-16T11:00:00Z'),
    canceledBy: 'family',
  } as const;
  const closed = buildLines(books([lesson([], [], canceled)]), '2026-01');
  const heldAnyway = buildLines(books([held('16:50', canceled)]), '2026-01');
  const { adjustments, unresolved } = proposeAdjustments('2026-01', closed, [], heldAnyway);

  expect(closed.charges[0]?.amount).toBe('21.00');
  expect(adjustments).toEqual([]);
  expect(unresolved).toMatchObject([
    { lineId: 'c5-3', code: 'held_although_canceled' },
    { lineId: 'p5-11', code: 'held_although_canceled' },
  ]);
  expect(proposeAdjustments('2026-01', heldAnyway, [], heldAnyway)).toEqual(nothing);
});

test('numbers of corrections that were withdrawn are not given again', () => {
  const since = { settled: () => [], isOtherPolicy: false, numbersGiven: new Map([['c5-3', 2]]) };
  const { adjustments } = proposeAdjustments(
    '2026-01',
    january,
    [],
    buildLines(books([held('17:00')]), '2026-01'),
    since,
  );
  expect(adjustments.map(({ adjustmentId }) => adjustmentId)).toEqual(['a3-c5-3']);
});

test('E87 an excuse after billing takes the whole charge back', () => {
  const closed = buildLines(books([lesson(['15:58-16:20'], [])]), '2026-01');
  const excused = lesson(['15:58-16:20'], [], { students: [person('ana', [], { status: 'excused' })] });
  const { adjustments } = proposeAdjustments('2026-01', closed, [], buildLines(books([excused]), '2026-01'));
  expect(adjustments).toMatchObject([{ lineId: 'c5-3', amount: '-42.00', ms: -3_600_000 }]);
});

test('minutes alone, which earlier versions counted otherwise, are no correction of a share of the charge', () => {
  const byShare = { policies: [policy({ 'pay.basis': 'percent', 'pay.percent': 60, 'no_show.charge_percent': 0 })] };
  const now = buildLines(books([lesson(['16:00-17:00'], [])], byShare), '2026-01');
  const [pay] = now.pay;
  const issued = { ...now, pay: [{ ...pay!, paidMs: 3_600_000 }] };
  expect(pay).toMatchObject({ paidMs: 0, amountMinor: 0, rate: null });
  expect(proposeAdjustments('2026-01', issued, [], now)).toEqual(nothing);

  const shared = buildLines(books([held('16:48')], byShare), '2026-01');
  const collided = { ...shared, pay: shared.pay.map((line) => ({ ...line, paidMs: 0 })) };
  expect(proposeAdjustments('2026-01', collided, [], shared)).toEqual(nothing);

  // Once it comes to money the minutes are told too.
  const came = buildLines(books([lesson(['16:00-17:00'], ['16:00-16:50'])], byShare), '2026-01');
  expect(proposeAdjustments('2026-01', issued, [], came).adjustments).toMatchObject([
    { lineId: 'c5-3', amount: '35.00', ms: 50 * 60_000 },
    { lineId: 'p5-11', amount: '21.00' },
  ]);
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

test('what is closed and all its corrections together are what is due, however often it changes', () => {
  const minute = fc.integer({ min: 10, max: 59 });
  fc.assert(
    fc.property(minute, fc.array(minute, { maxLength: 3 }), (first, later) => {
      const closed = buildLines(books([held(`16:${first}`)]), '2026-01');
      let posted: readonly Adjustment[] = [];
      for (const until of later) {
        const now = buildLines(books([held(`16:${until}`)]), '2026-01');
        posted = [...posted, ...proposeAdjustments('2026-01', closed, posted, now).adjustments];
        expect(proposeAdjustments('2026-01', closed, posted, now)).toEqual(nothing);
        const booked = [...closed.charges, ...posted].reduce((sum, { amountMinor }) => sum + amountMinor, 0);
        expect(booked).toBe(now.charges[0]?.amountMinor);
      }
      expect(new Set(posted.map(({ adjustmentId }) => adjustmentId)).size).toBe(posted.length);
    }),
  );
});

test('a changed currency takes the old amount back and posts the new one', () => {
  const pounds = [
    rate(7, { kind: 'charge', amount: '40.00', currency: 'GBP' }),
    rate(2, { kind: 'pay', amount: '22' }),
  ];
  expect(propose([held('16:48')], [], { rates: pounds }).adjustments).toMatchObject([
    { currency: 'EUR', amount: '-33.60', ms: -48 * 60_000 },
    { currency: 'GBP', amount: '32.00', ms: 48 * 60_000 },
  ]);
});

test('a class that is no longer there takes back charge and pay', () => {
  expect(propose([]).adjustments).toMatchObject([
    {
      lineId: 'c5-3',
      amount: '-33.60',
      reason: 'In January 2026 this was 48 min, 33.60 EUR; it is no longer due. The class is no longer as it was.',
    },
    { lineId: 'p5-11', amount: '-22.00', personEmail: 'tess@example.com', familyId: null },
  ]);
});
