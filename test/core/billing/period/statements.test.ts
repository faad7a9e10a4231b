import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { BilledClass } from '../../../../src/core/billing/lesson/billed-class.ts';
import {
  familyStatements,
  payHash,
  teacherStatements,
  totalsOf,
} from '../../../../src/core/billing/period/statements.ts';
import { at, bill, ids, lesson, person, rate, takenBack } from '../../../support/billing.ts';
import { charge, correction, pay } from '../../../support/statements.ts';

const sum = (lines: readonly { readonly amountMinor: number }[]): number =>
  lines.reduce((total, { amountMinor }) => total + amountMinor, 0);

const held = (until: string, changed: Partial<BilledClass> = {}) =>
  lesson(['16:00-17:00'], [`16:00-${until}`], changed);

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
    familyStatements(charges).map(({ familyId, studentId, total, currency }) => [familyId, studentId, total, currency]),
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

describe('whatever the lines', () => {
  const amount = fc.integer({ min: -5000, max: 5000 });
  const currency = fc.constantFrom('EUR', 'GBP');
  const charges = fc
    .array(fc.record({ familyId: fc.constantFrom(1, 2, null), studentId: fc.nat(3), currency, amountMinor: amount }))
    .map((lines) => lines.map((line, n) => charge({ ...line, lineId: `c${n}-3` })));
  const paid = fc
    .array(fc.record({ teacherId: fc.nat(2), currency, amountMinor: amount }))
    .map((lines) => lines.map((line) => pay({ ...line, teacherEmail: `t${line.teacherId}@x.example` })));
  const corrections = fc
    .array(fc.record({ side: fc.constantFrom('charge' as const, 'pay' as const), currency, amountMinor: amount }))
    .map((all) => all.map((one, n) => correction({ ...one, adjustmentId: `a1-c${n}-3` })));

  test('every line and correction stands on one statement, and a total is their sum', () => {
    fc.assert(
      fc.property(charges, paid, corrections, (charged, earned, later) => {
        const families = familyStatements(charged, later);
        const teachers = teacherStatements(earned, later);
        const stated = [...families, ...teachers].flatMap((statement) => [
          ...statement.lines,
          ...statement.adjustments,
        ]);
        expect(new Set(stated)).toEqual(new Set([...charged, ...earned, ...later]));
        expect(stated).toHaveLength(charged.length + earned.length + later.length);
        for (const statement of [...families, ...teachers]) {
          expect(statement.totalMinor).toBe(sum([...statement.lines, ...statement.adjustments]));
        }
      }),
    );
  });

  test('what a teacher is paid and what is carried on are what is due, and nobody is paid a negative', () => {
    fc.assert(
      fc.property(paid, fc.integer({ min: -9000, max: 0 }), (earned, debt) => {
        const carried = new Map([[1, new Map([['EUR', debt]])]]);
        for (const statement of teacherStatements(earned, [], carried)) {
          const { payoutMinor, carryMinor, totalMinor, carriedInMinor, needsApproval } = statement;
          expect(payoutMinor + carryMinor).toBe(totalMinor + carriedInMinor);
          expect([payoutMinor >= 0, carryMinor <= 0, needsApproval]).toEqual([true, true, carryMinor < 0]);
        }
      }),
    );
  });

  test('the totals of a period are the sums of its statements, by currency', () => {
    fc.assert(
      fc.property(charges, paid, (charged, earned) => {
        const of = { families: familyStatements(charged), teachers: teacherStatements(earned) };
        for (const { currency: code, billed_minor, paid_minor } of totalsOf(of)) {
          expect(billed_minor).toBe(sum(charged.filter((line) => line.currency === code)));
          expect(paid_minor).toBe(sum(earned.filter((line) => line.currency === code)));
        }
      }),
    );
  });
});

test('families come in order of their number, students without a family last, teachers by e-mail', () => {
  const families = familyStatements([
    charge({ familyId: null, studentId: 2 }),
    charge({ familyId: 10 }),
    charge({ familyId: 9, currency: 'GBP' }),
    charge({ familyId: 9 }),
  ]);
  expect(families.map(({ familyId, studentId, currency }) => [familyId, studentId, currency])).toEqual([
    [9, null, 'EUR'],
    [9, null, 'GBP'],
    [10, null, 'EUR'],
    [null, 2, 'EUR'],
  ]);
  const teachers = teacherStatements([
    pay({ teacherId: 1, teacherEmail: 'zoe@x.example' }),
    pay({ teacherId: 2, teacherEmail: 'abe@x.example' }),
  ]);
  expect(teachers.map(({ teacherEmail }) => teacherEmail)).toEqual(['abe@x.example', 'zoe@x.example']);
});

test('what a teacher accepts changes with a minute, an amount or a correction of own, and with nothing else', () => {
  const hash = (...of: Parameters<typeof teacherStatements>) => payHash(teacherStatements(...of), 11);
  const own = pay();
  const accepted = hash([own]);
  expect(hash([own, pay({ teacherId: 12, teacherEmail: 'theo@example.com' })])).toBe(accepted);
  expect(hash([pay({ reason: 'Taught as a substitute.' })])).toBe(accepted);
  const others = [
    hash([pay({ paidMs: own.paidMs - 1 })]),
    hash([pay({ amountMinor: 2201 })]),
    hash([own], [correction({ side: 'pay', personId: 11 })]),
    hash([]),
  ];
  expect(new Set([accepted, ...others]).size).toBe(5);
});
