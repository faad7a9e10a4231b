import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { BilledClass } from '../../../src/core/billing/lesson/billed-class.ts';
import { buildLines } from '../../../src/core/billing/lines.ts';
import { auditPeriod } from '../../../src/core/billing/period/audit.ts';
import { familyStatements, teacherStatements } from '../../../src/core/billing/period/statements.ts';
import { presetNames } from '../../../src/core/billing/policy/policy.ts';
import type { Interval } from '../../../src/core/time/interval.ts';
import { at, books, lesson, person, policy, rate, takenBack } from '../../support/billing.ts';

const MINUTE = 60_000;
const SECOND = 1000;

const interval = (base: number): fc.Arbitrary<Interval> =>
  fc
    .tuple(fc.integer({ min: -20 * 60, max: 80 * 60 }), fc.integer({ min: -60, max: 80 * 60 }))
    .map(([from, length]) => ({ start: base + from * SECOND, end: base + (from + length) * SECOND }));

const presence = (base: number) => fc.array(interval(base), { maxLength: 4 });

const aClass = (classId: number): fc.Arbitrary<BilledClass> =>
  fc.integer({ min: 0, max: 3 }).chain((halfHours) => {
    const start = at('16:00') + halfHours * 30 * MINUTE;
    return fc
      .record({
        tess: presence(start),
        theo: presence(start),
        ana: presence(start),
        ben: presence(start),
        slot: fc.constantFrom(30, 45, 60, 90),
        approvedOverrunMinutes: fc.constantFrom(0, 0, 10),
        openReviews: fc.constantFrom(0, 0, 0, 1),
        coverage: fc.constantFrom('complete' as const, 'complete' as const, 'complete' as const, 'partial' as const),
        canceled: fc.constantFrom(false, false, false, true),
        canceledAt: fc.integer({ min: -48, max: 1 }),
      })
      .map(({ tess, theo, ana, ben, slot, canceled, canceledAt, ...rest }) =>
        lesson([], [], {
          ...rest,
          classId,
          start,
          end: start + slot * MINUTE,
          status: canceled ? 'canceled' : 'completed',
          canceledAt: canceled ? start + canceledAt * 60 * MINUTE : null,
          teachers: [person('tess', [], { intervals: tess }), person('theo', [], { intervals: theo })],
          students: [person('ana', [], { intervals: ana }), person('ben', [], { intervals: ben })],
        }),
      );
  });

const classes = fc.tuple(aClass(5), aClass(6), aClass(7)).map((all) => [...all]);

const settings = fc.record({
  preset: fc.constantFrom(...presetNames),
  round: fc.record({
    increment: fc.constantFrom(1, 6, 15, 30),
    mode: fc.constantFrom('nearest', 'up', 'down'),
  }),
  min: fc.constantFrom('none', 30),
  'group.charge': fc.constantFrom('each', 'split'),
  'pay.basis': fc.constantFrom('held', 'overlap', 'scheduled', 'charged'),
  tax: fc.constantFrom(null, { basis_points: 750 }, { basis_points: 2000, inclusive: true, per: 'statement' }),
  discount: fc.constantFrom([], [{ basis_points: 333 }]),
});

const rates = [rate(1, { kind: 'charge', amount: '41.37' }), rate(2, { kind: 'pay', amount: '22.11' })];
const build = (all: readonly BilledClass[], changed: Readonly<Record<string, unknown>>) =>
  buildLines(books(all, { policies: [policy(changed)], rates }), '2026-01');

describe('whatever happened and whatever the policy', () => {
  test('no line is negative or above the timetable and its approved overrun', () => {
    fc.assert(
      fc.property(classes, settings, (all, changed) => {
        const lines = build(all, changed);
        for (const line of [...lines.charges, ...lines.pay]) {
          const overrun = all.find(({ classId }) => classId === line.classId)!.approvedOverrunMinutes * MINUTE;
          const ms = line.side === 'charge' ? line.billedMs : line.paidMs;
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(line.scheduledMs + overrun);
          expect(line.amountMinor).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test('every person on a roster has exactly one line, billed or blocked', () => {
    fc.assert(
      fc.property(classes, settings, (all, changed) => {
        const { charges, pay, blocked } = build(all, changed);
        const lineIds = [...charges, ...pay, ...blocked].map(({ lineId }) => lineId).sort();
        expect(lineIds).toEqual(
          all.flatMap(({ classId }) => [`c${classId}-3`, `c${classId}-4`, `p${classId}-11`, `p${classId}-12`]).sort(),
        );
      }),
    );
  });

  test('the order of classes and intervals never matters', () => {
    fc.assert(
      fc.property(classes, settings, (all, changed) => {
        const turned = all.toReversed().map((c) => ({
          ...c,
          teachers: c.teachers.map((teacher) => ({ ...teacher, intervals: teacher.intervals.toReversed() })),
          students: c.students.map((student) => ({ ...student, intervals: student.intervals.toReversed() })),
        }));
        expect(build(turned, changed)).toEqual(build(all, changed));
      }),
    );
  });

  test('totals are the sums of lines, and the audit finds no fault', () => {
    fc.assert(
      fc.property(classes, settings, (all, changed) => {
        const lines = build(all, changed);
        const sum = (values: readonly { readonly amountMinor: number }[]) =>
          values.reduce((total, { amountMinor }) => total + amountMinor, 0);
        expect(familyStatements(lines.charges).reduce((total, { subtotalMinor }) => total + subtotalMinor, 0)).toBe(
          sum(lines.charges),
        );
        expect(teacherStatements(lines.pay).reduce((total, { totalMinor }) => total + totalMinor, 0)).toBe(
          sum(lines.pay),
        );
        const proposals = { adjustments: [], unresolved: [] };
        const toClose = { period: '2026-01', zone: 'Europe/London', lines, adjustments: [], proposals };
        const faults = auditPeriod({ ...toClose, acceptedPay: new Map() }, at('00:00', '2026-02-02')).filter(
          ({ severity, holds }) => severity === 'fault' && !holds,
        );
        expect(faults).toEqual([]);
      }),
    );
  });

  test('a charge and its full credit are nothing', () => {
    fc.assert(
      fc.property(classes, settings, (all, changed) => {
        const { charges } = build(all, changed);
        const credits = charges.flatMap((line) => takenBack(line));
        for (const { subtotalMinor, totalMinor } of familyStatements(charges, credits)) {
          expect([subtotalMinor, totalMinor]).toEqual([0, 0]);
        }
      }),
    );
  });

  test('a teacher is never paid by presence for more than the time that passed', () => {
    fc.assert(
      fc.property(classes, (all) => {
        const { pay } = build(all, { preset: 'actual_time', round: { mode: 'down' } });
        for (const lines of Map.groupBy(pay, ({ teacherId }) => teacherId).values()) {
          const first = Math.min(...all.map(({ start }) => start));
          const last = Math.max(...all.map(({ end, approvedOverrunMinutes }) => end + approvedOverrunMinutes * MINUTE));
          expect(lines.reduce((sum, { paidMs }) => sum + paidMs, 0)).toBeLessThanOrEqual(last - first);
        }
      }),
    );
  });
});

describe('one lesson', () => {
  const billed = (c: BilledClass, changed: Readonly<Record<string, unknown>>) =>
    build([c], changed).charges[0]?.billedMs ?? 0;
  const attended = fc.tuple(presence(at('16:00')), presence(at('16:00'))).map(([teacher, student]) =>
    lesson([], [], {
      coverage: 'complete',
      teachers: [person('tess', [], { intervals: teacher })],
      students: [person('ana', [], { intervals: student })],
    }),
  );
  // Any presence is attended and no minimum is due, so that only the minutes themselves vary.
  const plain = { attended_if: 0, 'no_show.charge_percent': 0 };

  test('more grace never bills a family less, and never more than the slot', () => {
    fc.assert(
      fc.property(attended, fc.nat(20), fc.nat(20), (c, grace, more) => {
        const under = (minutes: number) => billed(c, { ...plain, 'charge.forgive': { late: minutes, early: minutes } });
        expect(under(grace + more)).toBeGreaterThanOrEqual(under(grace));
        expect(under(grace + more)).toBeLessThanOrEqual(60 * MINUTE);
      }),
    );
  });

  test('bridging never shortens', () => {
    fc.assert(
      fc.property(attended, fc.nat(300), fc.nat(300), (c, seconds, more) => {
        expect(billed(c, { ...plain, bridge: seconds + more })).toBeGreaterThanOrEqual(
          billed(c, { ...plain, bridge: seconds }),
        );
      }),
    );
  });

  test('a second device adds nothing, and another minute never takes one away', () => {
    fc.assert(
      fc.property(attended, interval(at('16:00')), (c, extra) => {
        const [ana] = c.students;
        const twice = { ...c, students: [{ ...ana!, intervals: [...ana!.intervals, ...ana!.intervals] }] };
        const longer = { ...c, students: [{ ...ana!, intervals: [...ana!.intervals, extra] }] };
        expect(billed(twice, plain)).toBe(billed(c, plain));
        // Grace is for one late start and one early end: who came on time, left and came back has none.
        const strict = { ...plain, 'charge.forgive': { late: 0, early: 0 } };
        expect(billed(longer, strict)).toBeGreaterThanOrEqual(billed(c, strict));
      }),
    );
  });
});
