import { expect, test } from 'vitest';

import type { BilledClass } from '../../../src/core/billing/lesson/billed-class.ts';
import { buildLines } from '../../../src/core/billing/lines.ts';
import { compareLines } from '../../../src/core/billing/what-if.ts';
import { at, books, lesson, policy, rate } from '../../support/billing.ts';
import { correction } from '../../support/statements.ts';

const held = (until: string, changed: Partial<BilledClass> = {}) =>
  lesson(['16:00-17:00'], [`16:00-${until}`], changed);

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
        name: null,
        currency: 'EUR',
        beforeMinor: 3360,
        nowMinor: 3360,
        afterMinor: 4200,
        deltaMinor: 840,
        delta: '8.40',
        driftMinor: 0,
        effectMinor: 840,
        correctedMinor: 0,
        changedLines: ['c5-3'],
        driftedLines: [],
      },
    ],
    teachers: [
      {
        party: 'tess@example.com',
        name: 'tess',
        currency: 'EUR',
        beforeMinor: 2200,
        nowMinor: 2200,
        afterMinor: 2200,
        deltaMinor: 0,
        delta: '0.00',
        driftMinor: 0,
        effectMinor: 0,
        correctedMinor: 0,
        changedLines: [],
        driftedLines: [],
      },
    ],
    newlyBlocked: [],
    unblocked: [],
  });
});

test('the same lines make no difference, and the way back is the opposite', () => {
  const now = buildLines(books([held('16:48')]), '2026-01');
  const then = buildLines(books([held('17:00')]), '2026-01');
  const deltas = (...of: Parameters<typeof compareLines>) => compareLines(...of).families.map((one) => one.deltaMinor);
  expect([deltas(now, now), deltas(now, then), deltas(then, now)]).toEqual([[0], [840], [-840]]);
});

test('lines that only one side can bill are named', () => {
  const now = buildLines(books([held('17:00')]), '2026-01');
  const charging = [rate(1, { kind: 'charge', amount: '42.00' })];
  const then = buildLines(books([held('17:00')], { rates: charging }), '2026-01');
  expect(compareLines(now, then)).toMatchObject({
    newlyBlocked: ['p5-11'],
    unblocked: [],
    teachers: [{ beforeMinor: 2200, afterMinor: 0, delta: '-22.00', changedLines: ['p5-11'] }],
  });
  expect(compareLines(then, now)).toMatchObject({ newlyBlocked: [], unblocked: ['p5-11'] });
});

test('minutes alone are a change, and a student without a family is a party by e-mail', () => {
  const flat = { rates: [rate(1, { kind: 'charge', amount: '45.00', unit: 'lesson' })], familyOf: new Map() };
  const [now, then] = ['16:48', '17:00'].map((until) => buildLines(books([held(until)], flat), '2026-01'));
  expect(compareLines(now!, then!).families).toMatchObject([
    { party: 'ana@example.com', deltaMinor: 0, changedLines: ['c5-3'] },
  ]);
});

test('a tax that comes on top is part of what a family would pay, be it per line or on the whole', () => {
  const now = buildLines(books([held('16:48')]), '2026-01');
  for (const per of ['line', 'statement']) {
    const tax = { code: 'VAT', basis_points: 2000, per };
    const then = buildLines(books([held('16:48')], { policies: [policy({ tax })] }), '2026-01');
    expect(compareLines(now, then)).toMatchObject({
      families: [{ beforeMinor: 3360, afterMinor: 4032, delta: '6.72', changedLines: ['c5-3'] }],
      teachers: [{ deltaMinor: 0 }],
    });
  }
});

test('of a closed period it starts from what was issued, and parts what changed since from what the rules do', () => {
  const issued = buildLines(books([held('16:40')]), '2026-01');
  const now = buildLines(books([held('16:48')]), '2026-01');
  const then = buildLines(books([held('16:48')], { policies: [policy({ preset: 'slot_held' })] }), '2026-01');
  const half = correction({ lineId: 'c5-3', amountMinor: 300 });
  const paid = correction({ side: 'pay', personEmail: 'other@example.com', familyId: null, amountMinor: 100 });
  const found = compareLines(now, then, { ...issued, corrections: [half, paid] });
  expect(found.families).toMatchObject([
    {
      beforeMinor: 2800,
      nowMinor: 3360,
      afterMinor: 4200,
      deltaMinor: 1400,
      driftMinor: 560,
      effectMinor: 840,
      correctedMinor: 300,
      changedLines: ['c5-3'],
      driftedLines: ['c5-3'],
    },
  ]);
  expect(found.teachers).toMatchObject([
    { party: 'other@example.com', beforeMinor: 0, afterMinor: 0, correctedMinor: 100 },
    { party: 'tess@example.com', driftMinor: 0 },
  ]);
});
