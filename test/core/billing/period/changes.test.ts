import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { sum } from '../../../../src/core/billing/money/money.ts';
import { changesBetween } from '../../../../src/core/billing/period/changes.ts';
import {
  familyStatements,
  teacherStatements,
  type FamilyStatement,
} from '../../../../src/core/billing/period/statements.ts';
import { charge, correction, minutes, pay } from '../../../support/statements.ts';

const family = (...entries: Parameters<typeof familyStatements>): FamilyStatement => familyStatements(...entries)[0]!;

describe('what a version says otherwise', () => {
  test('is what was added, taken off and changed, and re-adds to the difference', () => {
    const before = family([charge(), charge({ lineId: 'c6-3', amountMinor: 2100 }), charge({ lineId: 'c7-3' })]);
    const shorter = charge({ lineId: 'c6-3', amountMinor: 1400, billedMs: minutes(20) });
    const after = family([charge(), shorter, charge({ lineId: 'c8-3', date: '2026-01-20', amountMinor: 1000 })]);
    const found = changesBetween(1, before, after);
    expect(found).toMatchObject({
      version: 1,
      beforeMinor: 10_500,
      deltaMinor: -3900,
      taxDeltaMinor: 0,
      changes: [
        {
          kind: 'changed',
          id: 'c6-3',
          before: { amountMinor: 2100, ms: minutes(60) },
          after: { amountMinor: 1400, ms: minutes(20) },
          deltaMinor: -700,
        },
        { kind: 'taken_off', id: 'c7-3', before: { amountMinor: 4200 }, after: null, deltaMinor: -4200 },
        { kind: 'added', id: 'c8-3', before: null, after: { amountMinor: 1000 }, deltaMinor: 1000 },
      ],
    });
  });

  test('is nothing where both say the same, and all of it where only one has the statement', () => {
    const one = family([charge()], [correction()]);
    expect(changesBetween(1, one, one)).toMatchObject({ changes: [], deltaMinor: 0 });
    expect(changesBetween(1, null, one)).toMatchObject({
      beforeMinor: 0,
      deltaMinor: 5040,
      changes: [
        { kind: 'added', id: 'a1-c2-3' },
        { kind: 'added', id: 'c5-3' },
      ],
    });
  });

  test('of pay leaves out what is carried from other periods', () => {
    const of = (amountMinor: number, carried: number) =>
      teacherStatements([pay({ amountMinor })], [], new Map([[11, new Map([['EUR', carried]])]]))[0]!;
    expect(changesBetween(1, of(2200, 0), of(1100, -500))).toMatchObject({ deltaMinor: -1100, taxDeltaMinor: 0 });
  });

  test('re-adds with any tax', () => {
    const tax = fc.record({
      code: fc.constant('VAT'),
      basisPoints: fc.integer({ min: 0, max: 3000 }),
      inclusive: fc.boolean(),
      per: fc.constantFrom('line' as const, 'statement' as const),
    });
    const lines = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 9999 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(tax, lines, lines, (kind, old, now) => {
        const statement = (amounts: typeof old) => {
          const unique = [...new Map(amounts)].map(([n, amountMinor]) =>
            charge({
              lineId: `c${n}-3`,
              amountMinor,
              tax: kind,
              taxMinor: kind.per === 'line' ? Math.round((amountMinor * kind.basisPoints) / 10_000) : 0,
            }),
          );
          return familyStatements(unique)[0] ?? null;
        };
        const [before, after] = [statement(old), statement(now)];
        fc.pre(after !== null);
        const found = changesBetween(1, before, after!);
        expect(sum(found.changes.map(({ deltaMinor }) => deltaMinor)) + found.taxDeltaMinor).toBe(found.deltaMinor);
        expect(found.beforeMinor + found.deltaMinor).toBe(after!.totalMinor);
      }),
    );
  });
});
