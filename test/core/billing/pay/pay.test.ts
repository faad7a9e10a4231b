import { describe, expect, test } from 'vitest';

import { assessClass } from '../../../../src/core/billing/charge/assess.ts';
import { chargeClass } from '../../../../src/core/billing/charge/charge.ts';
import type { BilledClass, PersonPresence } from '../../../../src/core/billing/lesson/billed-class.ts';
import { measurePay, payLines, type Claim } from '../../../../src/core/billing/pay/pay.ts';
import { classToBill, ids, lesson, person, rate, rates, spans } from '../../../support/billing.ts';

type Changed = Readonly<Record<string, unknown>>;

function measure(c: BilledClass, settings: Changed = {}, claimed: readonly Claim[] = [], list = rates) {
  const toBill = classToBill(c, settings, { rates: list });
  return measurePay(toBill, chargeClass(assessClass(toBill), new Map()), new Map([[ids.tess, claimed]]));
}

function lines(measured: ReturnType<typeof measure>, lineIds: readonly string[] = []) {
  return payLines(measured, { doubleBooked: new Set(lineIds), disputed: new Set(lineIds) });
}

const held = lesson(['16:00-17:00'], ['16:00-17:00']);
const claim = (classId: number, span: string): Claim => ({ ...spans(span)[0]!, classId });

describe('what a class pays for', () => {
  test('is claimed, so that no other class pays it again', () => {
    expect(measure(held).claims).toEqual(new Map([[ids.tess, [claim(5, '16:00-17:00')]]]));
  });

  test('names the classes that had claimed some of it before, and not those beside it', () => {
    const measured = measure(held, {}, [claim(3, '14:00-15:00'), claim(4, '15:30-16:30')]);
    expect(measured.claims).toEqual(new Map([[ids.tess, [claim(5, '16:30-17:00')]]]));
    expect(measured.collisions).toEqual(new Map([[ids.tess, [4]]]));
    expect(lines(measured)).toMatchObject([{ amount: '11.00', flags: ['teacher_double_booked'] }]);
  });

  test('is nothing while the outcome is not known', () => {
    const measured = measure({ ...held, coverage: 'partial' });
    expect(measured.claims.size).toBe(0);
    expect(lines(measured)).toMatchObject([{ lineId: 'p5-11', code: 'no_evidence' }]);
  });
});

test('a line says what was held, what is paid and by which rate', () => {
  // 55 minutes of 22.00 are 20.1666.
  expect(lines(measure(lesson(['16:05-17:10'], ['16:00-17:00'])))).toMatchObject([
    {
      lineId: 'p5-11',
      heldMs: 55 * 60_000,
      paidMs: 55 * 60_000,
      amount: '20.17',
      reason: 'The class was held.',
      rate: { rateId: 2, amount: '22.00', unit: 'hour' },
    },
  ]);
});

describe('flags and reasons', () => {
  const taughtBy = (...teachers: PersonPresence[]) =>
    lines(measure(lesson([], ['16:00-17:00'], { coverage: 'complete', teachers })));

  test('a teacher who came late, and one who did not come while another taught', () => {
    expect(taughtBy(person('tess', []), person('theo', ['16:06-17:00']))).toMatchObject([
      {
        flags: ['teacher_absent'],
        reason: 'Was not there; theo taught.',
        amount: '0.00',
        steps: expect.arrayContaining([{ name: 'classify', text: 'Was not there; theo taught.' }]),
      },
      { flags: ['teacher_late'], reason: 'The class was held.' },
    ]);
  });

  test('a substitute who is confirmed is paid, one who is not waits for a word', () => {
    const theo = (confirmed: boolean) => person('theo', ['16:00-17:00'], { substitute: true, confirmed });
    expect(taughtBy(person('tess', []), theo(true))[1]).toMatchObject({
      amount: '22.00',
      flags: ['substitute'],
      reason: 'Taught as a substitute.',
    });
    expect(taughtBy(person('tess', ['16:00-17:00']), theo(false))[1]).toMatchObject({
      code: 'review_open',
      reason: 'theo@example.com is not confirmed as a substitute.',
    });
  });

  test('what happened elsewhere: a double booking and a dispute', () => {
    expect(lines(measure(held), ['p5-11'])).toMatchObject([{ flags: ['disputed', 'teacher_double_booked'] }]);
  });
});

describe('why a line comes to less than was held is said in its reason', () => {
  const apart = lesson(['16:00-16:30'], ['16:30-17:00']);
  const cases: [what: string, c: BilledClass, settings: Changed, claimed: Claim[], amount: string, reason: string][] = [
    [
      'another class pays for some of it',
      held,
      {},
      [claim(4, '15:30-16:30')],
      '11.00',
      'The class was held. Another class at the same time pays for some of it.',
    ],
    [
      'another class pays for all of it',
      held,
      {},
      [claim(4, '15:30-17:00')],
      '0.00',
      'The class was held. Another class at the same time pays for all of it.',
    ],
    [
      'time together is paid, and there was none',
      apart,
      { 'pay.basis': 'overlap' },
      [],
      '0.00',
      'The class was held, but no student was there together with this teacher.',
    ],
    [
      'what is charged is paid, and nothing is',
      apart,
      { 'pay.basis': 'charged' },
      [],
      '0.00',
      'The class was held, but no minutes are charged for it.',
    ],
  ];
  test.each(cases)('%s', (_, c, settings, claimed, amount, reason) => {
    expect(lines(measure(c, settings, claimed))).toMatchObject([{ amount, reason }]);
  });
});

describe('a pay line is blocked', () => {
  const [charging, paying] = rates;

  test.each([
    [
      'without a rate',
      {},
      [charging!],
      'no_rate',
      'No pay rate is valid on 2026-01-16 for tess@example.com in Algebra.',
    ],
    [
      'flat, with a rate by the hour',
      { 'pay.basis': 'flat' },
      rates,
      'no_rate',
      'Pay is flat, but rate 2 is by the hour: a rate per lesson is needed.',
    ],
    [
      'as charged, while the charge is blocked',
      { 'pay.basis': 'charged' },
      [paying!],
      'charge_blocked',
      'The pay follows the charge, and a charge of this class is blocked.',
    ],
  ])('%s', (_, settings, list, code, reason) => {
    expect(lines(measure(held, settings, [], list))).toMatchObject([{ code, reason }]);
  });

  test('a percentage of the charge needs no rate of pay', () => {
    const percent = { 'pay.basis': 'percent', 'pay.percent': 60 };
    expect(lines(measure(held, percent, [], [charging!]))).toMatchObject([
      { amount: '25.20', rate: null, percent: 60 },
    ]);
    expect(lines(measure(held))[0]).not.toHaveProperty('percent');
  });

  test('a share of nothing pays no minutes either', () => {
    const percent = { 'pay.basis': 'percent', 'pay.percent': 60, attended_if: 10 };
    const none = { amount: '0.00', paidMs: 0, percent: 60 };
    const excused = lesson(['16:00-17:00'], [], { students: [person('ana', [], { status: 'excused' })] });
    expect(lines(measure(excused, percent, [], [charging!]))).toMatchObject([
      {
        ...none,
        outcome: 'excused',
        reason: 'The student is excused. Nothing is charged, and the pay is a share of the charge.',
      },
    ]);
    const away = lesson(['16:00-17:00'], []);
    const free = { ...percent, 'no_show.charge_percent': 0 };
    expect(lines(measure(away, free, [], [charging!]))).toMatchObject([{ ...none, outcome: 'student_no_show' }]);
    expect(lines(measure(away, percent, [], [charging!]))).toMatchObject([{ amount: '25.20', paidMs: 3_600_000 }]);
    const canceled = {
      status: 'canceled',
      canceledAt: Date.parse('2026-01-16T11:00:00Z'),
      canceledBy: 'family',
    } as const;
    const heldAnyway = lesson(['16:00-17:00'], ['16:00-17:00'], canceled);
    expect(lines(measure(heldAnyway, percent, [], [charging!]))).toMatchObject([
      { ...none, reason: expect.stringMatching(/Nothing is charged or paid until [^.]*\.$/) },
    ]);
  });

  test('who waited for an excused student is paid as for one who stays away, and reads that it is an excuse', () => {
    const excused = lesson(['16:00-17:00'], [], { students: [person('ana', [], { status: 'excused' })] });
    expect(lines(measure(excused))).toMatchObject([
      {
        outcome: 'excused',
        amount: '22.00',
        paidMs: 3_600_000,
        reason: 'The student is excused. The teacher waited, and is paid as for a student who stays away.',
      },
    ]);
  });
});

describe('pay by heads', () => {
  const tiers = { 'pay.tiers': { extra_head: '3.00' } };
  const group = lesson(['16:00-17:00'], [], {
    students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-17:00']), person('cleo', ['16:00-16:30'])],
  });

  test('three heads for half an hour are 14.00, two for the next 12.50', () => {
    expect(lines(measure(group, tiers))).toMatchObject([{ amount: '26.50' }]);
  });

  test('one head is the base, which may differ from the rate', () => {
    expect(lines(measure(held, tiers))).toMatchObject([{ amount: '22.00' }]);
    const base = { 'pay.tiers': { base: '20.00', extra_head: '3.00' } };
    expect(lines(measure(held, base))).toMatchObject([{ amount: '20.00' }]);
  });

  test('the line says how it was priced', () => {
    const text = (...of: Parameters<typeof measure>) =>
      lines(measure(...of)).map((line) => 'steps' in line && line.steps.find(({ name }) => name === 'price')?.text);
    expect(text(group, tiers)).toEqual([
      '60:00 min at 22.00 EUR an hour (rate 2), and 90:00 min of further students at 3.00 EUR an hour. There were 30:00 min with 2 students, 30:00 min with 3 students.',
    ]);
    const base = { 'pay.tiers': { base: '20.00', extra_head: '3.00' } };
    expect(text(held, base)).toEqual([
      '60:00 min at 20.00 EUR an hour ("base" of "pay.tiers"). There were 60:00 min with 1 student.',
    ]);
    expect(text(group)).toEqual(['60:00 min at 22.00 EUR an hour (rate 2).']);
  });

  test('the line holds what it is added up from', () => {
    const two = lesson(['16:00-17:00'], [], {
      students: [person('ana', ['16:03-17:00']), person('ben', ['16:01-16:58'])],
    });
    const settings = {
      'pay.tiers': { base: '18.00', extra_head: '3.00' },
      bridge: 0,
      'charge.forgive.late': 0,
      'charge.forgive.early': 0,
    };
    // 18.00 for the hour, and 55 minutes of 3.00.
    expect(lines(measure(two, settings))).toMatchObject([
      {
        amount: '20.75',
        rate: { rateId: 2, amount: '22.00' },
        tiers: {
          base: '18.00',
          extraHead: '3.00',
          heads: [
            { heads: 0, ms: 60_000 },
            { heads: 1, ms: 4 * 60_000 },
            { heads: 2, ms: 55 * 60_000 },
          ],
        },
        reason: 'The class was held. 55 min with 2 students: each further student adds 3.00 EUR an hour.',
      },
    ]);
  });

  test('what is forgiven to a student counts as there, as it does for the family', () => {
    const two = lesson(['16:00-17:00'], [], {
      students: [person('ana', ['16:03-17:00']), person('ben', ['16:01-16:58'])],
    });
    const base = { 'pay.tiers': { base: '18.00', extra_head: '3.00' } };
    expect(lines(measure(two, base))).toMatchObject([
      { amount: '21.00', tiers: { heads: [{ heads: 2, ms: 3_600_000 }] } },
    ]);
  });

  test('the time of further students is rounded in the proportion of the line', () => {
    const short = lesson(['16:00-16:50'], [], {
      students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-16:40'])],
    });
    const quarters = { ...tiers, 'pay.round': { increment: 30, mode: 'up', tolerance: 0 } };
    // 60 minutes at 22.00, and 40 of 50 minutes as 48 of 60 at 3.00.
    expect(lines(measure(short, quarters))).toMatchObject([{ amount: '24.40', paidMs: 3_600_000 }]);
    const [line] = lines(measure(short, quarters));
    expect('steps' in line! && line.steps.find(({ name }) => name === 'price')?.text).toBe(
      '60:00 min at 22.00 EUR an hour (rate 2), and 40:00 min of further students, times 60:00 / 50:00, at 3.00 EUR an hour. There were 10:00 min with 1 student, 40:00 min with 2 students.',
    );
  });

  test('a no-show, a cancellation and a wait that was not served are paid by the base, too', () => {
    const base = { 'pay.tiers': { base: '18.00', extra_head: '3.00' } };
    const missed = lesson(['16:00-16:20'], []);
    expect(lines(measure(missed, base))).toMatchObject([
      { outcome: 'student_no_show', amount: '18.00', tiers: { base: '18.00', heads: [] } },
    ]);
    const canceled = lesson([], [], {
      status: 'canceled',
      canceledAt: Date.parse('2026-01-16T11:00:00Z'),
      canceledBy: 'family',
    });
    expect(lines(measure(canceled, base))).toMatchObject([{ outcome: 'canceled', amount: '9.00' }]);
    const left = lesson(['16:00-16:10'], []);
    expect(lines(measure(left, base))).toMatchObject([{ outcome: 'wait_not_served', amount: '3.00' }]);
    const excused = lesson(['16:00-17:00'], [], { students: [person('ana', [], { status: 'excused' })] });
    expect(lines(measure(excused, base))).toMatchObject([{ outcome: 'excused', amount: '18.00' }]);
  });

  test('a rate per lesson and a no-show have no heads', () => {
    const flat = [rates[0]!, rate(3, { kind: 'pay', amount: '25.00', unit: 'lesson' })];
    expect(lines(measure(group, tiers, [], flat))).toMatchObject([{ amount: '25.00' }]);
    expect(lines(measure(lesson(['16:00-16:20'], []), tiers))).toMatchObject([{ amount: '22.00' }]);
  });
});
