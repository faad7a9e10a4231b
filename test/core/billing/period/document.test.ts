import { expect, test } from 'vitest';

import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import { buildLines } from '../../../../src/core/billing/lines.ts';
import type { Adjustment } from '../../../../src/core/billing/period/adjustments.ts';
import { freezePeriod, periodDocument } from '../../../../src/core/billing/period/document.ts';
import { at, books, lesson, policy, rate } from '../../../support/billing.ts';

const names = { family: (id: number) => `Family ${id}` };
const until = (time: string, changed: Partial<BilledClass> = {}) => lesson(['16:00-17:00'], [`16:00-${time}`], changed);
const whole = lesson(['16:00-17:00'], ['16:00-17:00']);

test('a document names lines by time, subject and person instead of the numbers of a ledger', () => {
  const lines = buildLines(
    books([whole], {
      policies: [policy({ 'pay.basis': 'flat' })],
      rates: [rate(7, { kind: 'charge', amount: '42.00' }), rate(8, { kind: 'pay', amount: '22.00' })],
    }),
    '2026-01',
  );
  const blocked = lines.blocked[0]!;
  expect([blocked.reason, blocked.rateId]).toEqual([
    'Pay is flat, but rate 8 is by the hour: a rate per lesson is needed.',
    8,
  ]);
  const adjustment: Adjustment = {
    adjustmentId: 'a2-c4-3',
    side: 'charge',
    lineId: 'c4-3',
    closedPeriod: '2025-12',
    classId: 4,
    subject: 'Algebra',
    date: '2025-12-19',
    personId: 3,
    personEmail: 'ana@example.com',
    familyId: 1,
    ms: -60_000,
    currency: 'EUR',
    amountMinor: -70,
    amount: '-0.70',
    tax: null,
    taxMinor: 0,
    reason: 'Line c4-3 of 2025-12 (1 min, 0.70 EUR) is no longer due.',
  };
  const document = periodDocument(
    {
      period: '2026-01',
      version: 1,
      zone: 'Europe/London',
      policies: [],
      ...lines,
      adjustments: [adjustment],
      carries: [],
      exceptions: [
        { invariant: 'every_line_has_a_rate', lineId: blocked.lineId, text: blocked.reason },
        { invariant: 'no_line_is_disputed', lineId: 'p99-9', text: null },
      ],
    },
    names,
  );
  expect(document).toMatchObject({
    format: 'rollbook-period-2',
    adjustments: [
      {
        nth: 2,
        line: '2025-12-19 Algebra ana@example.com',
        family: 'Family 1',
        reason: 'Line 2025-12-19 Algebra ana@example.com of 2025-12 (1 min, 0.70 EUR) is no longer due.',
      },
    ],
    exceptions: [
      {
        invariant: 'every_line_has_a_rate',
        line: '2026-01-16T16:00:00Z Algebra tess@example.com',
        text: 'Pay is flat, but a rate is by the hour: a rate per lesson is needed.',
      },
      { invariant: 'no_line_is_disputed', line: 'p99-9', text: null },
    ],
  });
  const numbers = Object.keys(document.charges[0]!).filter((key) =>
    /^(lineId|classId|studentId|familyId|steps)$/.test(key),
  );
  expect(numbers).toEqual([]);
});

test('E154 the same period has the same id, in whatever order it was read; any change gives another', () => {
  const classes = [until('17:00'), until('16:40', { classId: 6, start: at('18:00'), end: at('19:00') })];
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
