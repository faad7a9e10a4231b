import { describe, expect, test } from 'vitest';

import type { BilledClass } from '../../../src/core/billing/lesson/billed-class.ts';
import { at, bill, lesson, person, rate } from '../../support/billing.ts';

// Test policy A: charge 60.00 and pay 30.00 an hour, so that minutes are money.
const rates = [rate(1, { kind: 'charge', amount: '60.00' }), rate(2, { kind: 'pay', amount: '30.00' })];

/** Charged and paid minutes of the only line, as the list of cases writes them. */
function minutes(c: BilledClass | readonly BilledClass[], settings: Readonly<Record<string, unknown>> = {}): string {
  const { charges, pay } = bill(c, settings, { rates });
  for (const { billedMs, amountMinor } of charges) expect(amountMinor).toBe(billedMs / 600);
  for (const { paidMs, amountMinor } of pay) expect(amountMinor).toBe(paidMs / 1200);
  const c1 = charges.map(({ billedMs }) => `C${billedMs / 60_000}`).join('+');
  return `${c1} ${pay.map(({ paidMs }) => `P${paidMs / 60_000}`).join('+')}`;
}

/** The second class of the room, 17:00 to 18:00. */
const next = { classId: 6, start: at('17:00'), end: at('18:00') };

describe('classes of one room', () => {
  test('E01 two classes, one call, one teacher: each family pays its hour, the teacher is paid two', () => {
    const first = lesson(['15:55-17:00'], [], {
      students: [person('ana', ['15:58-17:00'])],
    });
    const second = lesson(['17:00-18:05'], [], { ...next, students: [person('ben', ['17:00-18:01'])] });
    expect(minutes([first, second])).toBe('C60+C60 P60+P60');
  });

  test('E02 the same child in both pays 60 and 60', () => {
    const first = lesson(['15:55-17:00'], ['15:59-17:00']);
    const second = lesson(['17:00-18:05'], ['17:00-18:02'], next);
    expect(minutes([first, second])).toBe('C60+C60 P60+P60');
  });

  test('E07 a teacher who stays into the next class is nobody there', () => {
    const first = lesson(['15:58-17:10'], ['16:00-17:00']);
    const second = lesson([], [], {
      ...next,
      coverage: 'complete',
      teachers: [person('theo', ['17:04-18:00'])],
      students: [person('ben', ['17:00-18:00'])],
    });
    expect(minutes([first, second])).toBe('C60+C56 P60+P56');
  });
});

describe('time inside the lesson', () => {
  test.each([
    ['E16 both early', ['15:45-17:00'], ['15:45-17:00'], 'C60 P60'],
    ['E17 overrun that nobody approved', ['16:00-17:20'], ['16:00-17:20'], 'C60 P60'],
    ['E18 student 4 minutes late', ['16:00-17:00'], ['16:04-17:00'], 'C60 P60'],
    ['E20 student 12 minutes late', ['16:00-17:00'], ['16:12-17:00'], 'C48 P60'],
    ['E21 teacher 12 minutes late', ['16:12-17:00'], ['15:59-17:00'], 'C48 P48'],
    ['E22 both 4 minutes late', ['16:04-17:00'], ['16:04-17:00'], 'C56 P56'],
    ['E23 both 10 minutes late', ['16:10-17:00'], ['16:10-17:00'], 'C50 P50'],
    ['E25 teacher leaves at 16:40', ['16:00-16:40'], ['16:00-17:00'], 'C40 P40'],
    ['E27 a drop of 90 seconds', ['16:00-17:00'], ['16:00-16:30', '16:31:30-17:00'], 'C60 P60'],
    ['E29 E32 laptop and phone', ['16:00-17:00'], ['16:00-17:00', '16:10-16:50'], 'C60 P60'],
    ['E31 teacher changes device with a hole of 3 minutes', ['16:00-16:20', '16:23-17:00'], ['16:00-17:00'], 'C57 P57'],
    ['E33 a session without length', ['16:00-17:00'], ['16:00-17:00', '16:10-16:10'], 'C60 P60'],
    ['E34 a session that ends before it starts', ['16:00-17:00'], ['16:00-17:00', '16:30-16:10'], 'C60 P60'],
  ])('%s', (_, teacher, student, expected) => {
    expect(minutes(lesson(teacher, student))).toBe(expected);
  });

  test('E17 an approved overrun counts for both', () => {
    const overrun = lesson(['16:00-17:20'], ['16:00-17:20']);
    expect(bill(overrun).charges[0]).toMatchObject({ overrunMs: 20 * 60_000, flags: ['unapproved_overrun'] });
    expect(minutes({ ...overrun, approvedOverrunMinutes: 20 })).toBe('C80 P80');
    expect(bill({ ...overrun, approvedOverrunMinutes: 20 }).charges[0]).toMatchObject({ overrunMs: 0, flags: [] });
  });

  test('E20 E21 other bases', () => {
    expect(minutes(lesson(['16:00-17:00'], ['16:12-17:00']), { 'charge.basis': 'held' })).toBe('C60 P60');
    expect(minutes(lesson(['16:12-17:00'], ['15:59-17:00']), { 'charge.basis': 'actual' })).toBe('C60 P48');
  });

  test('E35 who leaves as the next class begins has no minute of it', () => {
    const second = lesson(['17:00-18:00'], ['16:00-17:00'], next);
    expect(bill(second).charges[0]).toMatchObject({ presentMs: 0, outcome: 'student_no_show' });
  });

  test('E37 59:29.6 are 59', () => {
    const pieces = lesson(['16:00-17:00'], ['16:00:30.400-17:00']);
    expect(minutes(pieces, { 'charge.forgive': { late: 0, early: 0 } })).toBe('C59 P60');
  });

  test('one millisecond past the grace nothing is forgiven', () => {
    expect(minutes(lesson(['16:00-17:00'], ['16:05-17:00']))).toBe('C60 P60');
    expect(minutes(lesson(['16:00-17:00'], ['16:05:00.001-17:00']))).toBe('C55 P60');
    expect(minutes(lesson(['16:00-17:00'], ['16:00-16:55']))).toBe('C60 P60');
    expect(minutes(lesson(['16:00-17:00'], ['16:00-16:54:59.999']))).toBe('C55 P60');
  });

  test('a gap of exactly the bridge is filled, one millisecond more is not', () => {
    expect(minutes(lesson(['16:00-17:00'], ['16:00-16:30', '16:32-17:00']))).toBe('C60 P60');
    expect(minutes(lesson(['16:00-17:00'], ['16:00-16:30', '16:32:00.001-17:00']))).toBe('C58 P60');
  });

  test('the teacher’s absence is never forgiven to the family’s cost: both gone early', () => {
    expect(minutes(lesson(['16:00-16:56'], ['16:00-16:56']))).toBe('C56 P56');
  });
});

describe('who was that', () => {
  test('E39 while a guest may be the student nothing is billed; once matched, all of it', () => {
    const guest = lesson(['16:00-17:00'], [], { openReviews: 1 });
    const { charges, pay, blocked } = bill(guest);
    expect(blocked).toEqual([]);
    expect([...charges, ...pay].map(({ lineId, amount, outcome, flags }) => [lineId, amount, outcome, flags])).toEqual([
      ['c5-3', '0.00', 'unknown', ['review_open']],
      ['p5-11', '0.00', 'unknown', ['review_open']],
    ]);
    expect(minutes(lesson(['16:00-17:00'], ['16:01-17:00']))).toBe('C60 P60');
  });

  test('a guest in review does not hold up a student who surely attended', () => {
    const { charge, charges } = bill(lesson(['16:00-17:00'], ['16:00-17:00'], { openReviews: 1 }));
    expect([charge, charges[0]?.flags]).toEqual(['60 min 42.00', ['review_open']]);
  });

  test('E45 siblings on one device both attended', () => {
    const siblings = lesson(['16:00-17:00'], [], {
      students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-17:00'])],
    });
    expect(minutes(siblings)).toBe('C60+C60 P60');
  });

  test('E52 E54 bots and observers are no heads: they are not handed in, and pay has one head', () => {
    const { paid } = bill(lesson(['16:00-17:00'], ['16:00-17:00']), { 'pay.tiers': { extra_head: '3.00' } });
    expect(paid).toBe('60 min 22.00');
  });

  test('E55 a substitute is paid once confirmed; who was replaced is not, and the family pays its hour', () => {
    const standIn = (confirmed: boolean) =>
      lesson([], ['16:00-17:00'], {
        teachers: [person('tess', []), person('theo', ['16:00-17:00'], { substitute: true, confirmed })],
      });
    expect(minutes(standIn(true))).toBe('C60 P0+P60');
    expect(bill(standIn(true)).pay.map(({ teacherEmail, reason }) => [teacherEmail, reason])).toEqual([
      ['tess@example.com', 'Was not there; theo taught.'],
      ['theo@example.com', 'Taught as a substitute.'],
    ]);
    const waiting = bill(standIn(false));
    expect(waiting.charges.map(({ amount, flags }) => [amount, flags])).toEqual([['0.00', ['review_open']]]);
    expect(waiting.pay.map(({ amount }) => amount)).toEqual(['0.00']);
    expect(waiting.blocked.map(({ code }) => code)).toEqual(['review_open']);
  });

  test('E58 a student enrolled twice has one line and a warning', () => {
    const twice = lesson(['16:00-17:00'], [], {
      students: [person('ana', ['16:00-16:30']), person('ana', ['16:20-17:00'])],
    });
    expect(minutes(twice)).toBe('C60 P60');
    expect(bill(twice).charges[0]?.flags).toEqual(['enrolled_twice']);
  });

  test('a weak identity that does not bill is neither presence nor absence', () => {
    const weak = lesson(['16:00-17:00'], [], { students: [person('ana', ['16:00-17:00'], { confirmed: false })] });
    const { charges, pay } = bill(weak);
    expect([...charges, ...pay].map(({ amount, flags }) => [amount, flags])).toEqual([
      ['0.00', ['review_open']],
      ['0.00', ['review_open']],
    ]);
  });
});

describe('a call that outlasts its class', () => {
  test('E104 nobody knows when people left a call that Google does not end: no overrun', () => {
    const c = lesson(['16:00-18:00'], ['16:00-18:00'], { flags: ['call_still_open'] });
    expect(bill(c)).toMatchObject({ charge: '60 min 42.00', paid: '60 min 22.00' });
    expect(bill(c).charges[0]).toMatchObject({ overrunMs: 0, flags: ['call_still_open'] });
  });
});

describe('nobody, late notice, cancel, move', () => {
  test('E65 student never came, the wait was served', () => {
    const c = lesson(['15:58-16:20'], []);
    expect(minutes(c)).toBe('C60 P60');
    expect(bill(c).charges[0]?.outcome).toBe('student_no_show');
  });

  test('E66 teacher left after 5 minutes: presence is paid, a person looks', () => {
    const c = lesson(['16:00-16:05'], []);
    expect(minutes(c)).toBe('C0 P5');
    expect(bill(c).charges[0]).toMatchObject({ outcome: 'wait_not_served', flags: ['empty_call_timeout', 'review'] });
  });

  test('E67 Meet sends who is alone away: no automatic cut, and the teacher’s word settles it', () => {
    const c = lesson(['16:00-16:07'], []);
    expect(minutes(c)).toBe('C0 P7');
    expect(bill(c).pay[0]?.flags).toContain('empty_call_timeout');
    const attested = { studentId: null, outcome: 'student_no_show' } as const;
    expect(minutes({ ...c, decisions: [attested] })).toBe('C60 P60');
    expect(bill({ ...c, decisions: [attested] }).charges[0]?.reason).toBe(
      'The student did not attend; a teacher was there. It counts so by a decision of the school.',
    );
  });

  test('E68 teacher never came: nothing is due and a credit is issued', () => {
    const c = lesson([], ['16:00-16:20']);
    expect(minutes(c)).toBe('C0 P0');
    expect(bill(c).charges[0]).toMatchObject({
      outcome: 'teacher_no_show',
      credit: true,
      presentMs: 20 * 60_000,
      flags: ['credit_issued', 'teacher_alert'],
    });
  });

  test('E69 nobody, and the room could be read: not held', () => {
    const c = lesson([], []);
    expect(minutes(c)).toBe('C0 P0');
    expect(bill(c).charges[0]).toMatchObject({ outcome: 'not_held', credit: false, flags: ['review'] });
  });

  test.each(['pending', 'live', 'settling', 'partial', 'no_access', 'expired'] as const)(
    'E70 coverage %s is never money',
    (coverage) => {
      for (const c of [lesson([], [], { coverage }), lesson(['16:00-17:00'], ['16:00-17:00'], { coverage })]) {
        const { charges, pay, blocked } = bill(c);
        expect([charges, pay]).toEqual([[], []]);
        expect(blocked.map(({ code, outcome }) => [code, outcome])).toEqual([
          ['no_evidence', 'unknown'],
          ['no_evidence', 'unknown'],
        ]);
      }
    },
  );

  test('E113 an expired class is settled by a decision with a reason', () => {
    const c = lesson(['16:00-17:00'], ['16:00-17:00'], { coverage: 'expired' });
    const settled = { studentId: null, outcome: 'as_recorded' } as const;
    expect(minutes({ ...c, decisions: [settled] })).toBe('C60 P60');
  });

  test('E71 three minutes are a no-show, and are shown', () => {
    const c = lesson(['15:58-16:20'], ['16:00-16:03']);
    expect(minutes(c)).toBe('C60 P60');
    expect(bill(c).charges[0]).toMatchObject({ outcome: 'student_no_show', presentMs: 180_000 });
  });

  test.each([
    ['E73 30 hours ahead', { canceledAt: at('10:00', '2026-01-15') }, 'C0 P0'],
    ['exactly 24 hours ahead', { canceledAt: at('16:00', '2026-01-15') }, 'C0 P0'],
    ['a millisecond less', { canceledAt: at('16:00:00.001', '2026-01-15') }, 'C30 P30'],
    ['E75 5 hours ahead', { canceledAt: at('11:00') }, 'C30 P30'],
    ['after the start', { canceledAt: at('16:05') }, 'C30 P30'],
    ['E77 5 hours ahead by the school', { canceledAt: at('11:00'), canceledBy: 'school' as const }, 'C0 P30'],
    ['5 hours ahead by the teacher', { canceledAt: at('11:00'), canceledBy: 'teacher' as const }, 'C0 P0'],
    [
      'E81 moved late to next week, then canceled: the notice is that of the old time',
      { canceledAt: at('11:00', '2026-01-09'), noticeForStart: at('16:00', '2026-01-09') },
      'C30 P30',
    ],
  ])('%s', (_, changed, expected) => {
    expect(minutes(lesson([], [], { status: 'canceled', canceledBy: 'family', ...changed }))).toBe(expected);
  });

  test('a tier for who canceled goes before one for anybody', () => {
    const cancel = [
      { notice_hours: 0, charge_percent: 50, pay_percent: 50 },
      { notice_hours: 0, by: 'school', charge_percent: 0, pay_percent: 100, credit: true },
    ];
    const c = lesson([], [], { status: 'canceled', canceledAt: at('11:00') });
    expect(minutes({ ...c, canceledBy: 'school' }, { cancel })).toBe('C0 P60');
    expect(bill({ ...c, canceledBy: 'school' }, { cancel }).charges[0]?.credit).toBe(true);
    expect(minutes({ ...c, canceledBy: 'family' }, { cancel })).toBe('C30 P30');
  });

  test('E78 canceled, yet held: nothing until a person decides, then the minutes', () => {
    const c = lesson(['16:00-16:50'], ['16:00-16:50'], {
      status: 'canceled',
      canceledAt: at('11:00'),
      coverage: 'complete',
    });
    const waiting = bill(c);
    expect(waiting.blocked).toEqual([]);
    for (const line of [...waiting.charges, ...waiting.pay]) {
      expect(line).toMatchObject({
        outcome: 'held_although_canceled',
        amount: '0.00',
        flags: ['review', 'review_open'],
      });
    }
    const reinstated = { studentId: null, outcome: 'as_recorded' } as const;
    expect(minutes({ ...c, decisions: [reinstated] }, { 'charge.forgive': { late: 0, early: 0 } })).toBe('C50 P50');
    const confirmed = { studentId: null, outcome: 'canceled' } as const;
    expect(minutes({ ...c, decisions: [confirmed] })).toBe('C30 P30');
  });

  const both = (stay: string, canceled: string, changed: Partial<BilledClass> = {}) =>
    lesson([stay], [stay], { status: 'canceled', canceledAt: at(canceled), canceledBy: 'family', ...changed });

  test.each([
    ['both there until then: the minutes, which are more than half', both('16:00-16:50', '16:50'), {}, 'C50 P50'],
    ['ten minutes are less than half', both('16:00-16:10', '16:10'), {}, 'C30 P30'],
    [
      'the school calls it off: what was given counts',
      both('16:00-16:50', '16:50', { canceledBy: 'school' }),
      {},
      'C50 P50',
    ],
    ['the teacher calls it off', both('16:00-16:05', '16:05', { canceledBy: 'teacher' }), {}, 'C5 P5'],
    ['nothing is charged by tier', both('16:00-16:50', '16:50'), { preset: 'actual_time' }, 'C50 P50'],
    ['what comes after it does not count', both('16:00-16:55', '16:50'), {}, 'C50 P50'],
    [
      'the teacher waited alone',
      lesson(['16:00-16:40'], [], { status: 'canceled', canceledAt: at('16:40'), canceledBy: 'family' }),
      {},
      'C30 P40',
    ],
    [
      'nobody came',
      lesson([], [], { status: 'canceled', canceledAt: at('16:40'), canceledBy: 'family' }),
      {},
      'C30 P30',
    ],
    ['by the timetable: as far as it went', both('16:03-16:50', '16:50'), { preset: 'timetable' }, 'C50 P50'],
    [
      'by the presence of the teacher',
      lesson(['16:00-16:50'], ['16:20-16:50'], { status: 'canceled', canceledAt: at('16:50'), canceledBy: 'family' }),
      { preset: 'slot_held' },
      'C50 P50',
    ],
    ['after it was over, in ledgers of before', both('16:00-17:00', '19:00'), {}, 'C60 P60'],
  ])('E78 canceled while it was on: %s', (_, c, changed, expected) => {
    expect(minutes(c, changed)).toBe(expected);
    expect(bill(c, changed).charges[0]).toMatchObject({ outcome: 'canceled' });
  });

  test('E78 canceled while it was on, and taught on for ten minutes: nothing until a person decides', () => {
    const c = both('16:00-17:00', '16:50');
    expect(bill(c).charges[0]).toMatchObject({ outcome: 'held_although_canceled', amount: '0.00' });
    const confirmed = { studentId: null, outcome: 'canceled' } as const;
    expect(minutes({ ...c, decisions: [confirmed] })).toBe('C50 P50');
    expect(minutes({ ...c, decisions: [{ ...confirmed, outcome: 'as_recorded' }] })).toBe('C60 P60');
    expect(minutes({ ...c, status: 'completed', canceledAt: null, canceledBy: null })).toBe('C60 P60');
  });

  test('canceled while it was on: the amount waits for the evidence, and the decision to take it as recorded does, too', () => {
    const c = both('16:00-16:50', '16:50', { coverage: 'live' });
    expect(bill(c).blocked.map(({ code }) => code)).toEqual(['no_evidence', 'no_evidence']);
    const ahead = { status: 'canceled', canceledAt: at('11:00'), canceledBy: 'family', coverage: 'pending' } as const;
    expect(minutes(lesson([], [], ahead))).toBe('C30 P30');
    const asRecorded = { studentId: null, outcome: 'as_recorded' } as const;
    expect(bill(lesson([], [], { ...ahead, decisions: [asRecorded] })).blocked.map(({ code }) => code)).toEqual([
      'no_evidence',
      'no_evidence',
    ]);
  });

  test('the explanation shows both amounts of time of which the greater counts', () => {
    const texts = bill(both('16:00-16:50', '16:50')).charges[0]!.steps.map(({ text }) => text);
    expect(texts).toContain(
      'Until it was canceled 50:00 min count; the cancellation costs 50 % of the timetable, 30:00 min. The greater of the two is charged.',
    );
    expect(bill(both('16:00-16:50', '16:50')).charges[0]!.reason).toBe(
      'Canceled 50 min after the start by the family.',
    );
  });

  test('a guest beside the teacher of a canceled class may have been the student: the line asks for a review', () => {
    const c = lesson(['16:00-16:50'], [], {
      status: 'canceled',
      canceledAt: at('11:00'),
      canceledBy: 'family',
      openReviews: 1,
    });
    expect(bill(c).charges[0]).toMatchObject({ outcome: 'canceled', flags: ['review_open'] });
    expect(bill({ ...c, teachers: [person('tess', [])] }).charges[0]).toMatchObject({ flags: [] });
  });

  test('E86 a group of four of which one comes: others by the no-show rule, pay for one head', () => {
    const group = lesson(['16:00-17:00'], [], {
      students: [person('ana', ['16:00-17:00']), person('ben', []), person('cleo', [])],
    });
    expect(minutes(group, { 'pay.tiers': { extra_head: '3.00' } })).toBe('C60+C60+C60 P60');
    expect(bill(group).charges.map(({ outcome }) => outcome)).toEqual([
      'attended',
      'student_no_show',
      'student_no_show',
    ]);
  });

  test('E87 an excused student is charged nothing, the teacher who waited is paid', () => {
    const excused = lesson(['15:58-16:20'], [], { students: [person('ana', [], { status: 'excused' })] });
    expect(minutes(excused)).toBe('C0 P60');
    expect(bill(excused).charges[0]?.outcome).toBe('excused');
  });
});

describe('calendar', () => {
  test('E89 a class over the end of January is wholly January’s', () => {
    const times = { start: at('23:30', '2026-01-31'), end: at('00:30', '2026-02-01') };
    const night = lesson([], [], {
      ...times,
      coverage: 'complete',
      teachers: [person('tess', [], { intervals: [times] })],
      students: [person('ana', [], { intervals: [times] })],
    });
    expect(bill(night).charges.map(({ date, billedMs }) => [date, billedMs / 60_000])).toEqual([['2026-01-31', 60]]);
  });

  test('E91 a lesson over the spring change is as long as it is', () => {
    const times = { start: at('00:30', '2026-03-29'), end: at('02:30', '2026-03-29') };
    const night = lesson([], [], {
      ...times,
      coverage: 'complete',
      teachers: [person('tess', [], { intervals: [times] })],
      students: [person('ana', [], { intervals: [times] })],
    });
    expect(minutes(night)).toBe('C120 P120');
  });
});

describe('money', () => {
  const cut = (length: string) => lesson([`16:00-16:${length}`], [`16:00-16:${length}`]);

  test.each([
    ['E121 52:30 to the nearest 15', '52:30', { increment: 15 }, 60],
    ['52:29.999 to the nearest 15', '52:29.999', { increment: 15 }, 45],
    ['E123 45:00 up by 15', '45:00', { increment: 15, mode: 'up' }, 45],
    ['45:00.001 up by 15', '45:00.001', { increment: 15, mode: 'up' }, 60],
    ['59:59 down by 15', '59:59', { increment: 15, mode: 'down' }, 45],
  ])('%s', (_, length, round, expected) => {
    const { charges } = bill(cut(length), { round, 'charge.forgive': { late: 0, early: 0 } });
    expect(charges[0]?.billedMs).toBe(expected * 60_000);
  });

  test('E126 rate of the local start date: the day of the organisation’s zone decides', () => {
    const changing = [
      rate(1, { kind: 'charge', amount: '40.00', valid_to: '2026-01-16' }),
      rate(2, { kind: 'charge', amount: '44.00', valid_from: '2026-01-17' }),
    ];
    const c = lesson(['16:00-17:00'], ['16:00-17:00']);
    expect(bill(c, {}, { rates: changing }).charge).toBe('60 min 40.00');
    expect(bill(c, {}, { rates: changing, zone: 'Pacific/Auckland' }).charge).toBe('60 min 44.00');
  });

  test('E129 no rate blocks the line; E130 a rate of nothing is a line of nothing', () => {
    const c = lesson(['16:00-17:00'], ['16:00-17:00']);
    const none = bill(c, {}, { rates: [] });
    expect([none.charges, none.pay]).toEqual([[], []]);
    expect(none.blocked.map(({ reason }) => reason)).toEqual([
      'No charge rate is valid on 2026-01-16 for ana@example.com in Algebra.',
      'No pay rate is valid on 2026-01-16 for tess@example.com in Algebra.',
    ]);
    const free = bill(c, {}, { rates: [rate(1, { kind: 'charge', amount: '0' })] });
    expect(free.charge).toBe('60 min 0.00');
  });

  test('E131 a flat rate ignores minutes; half of it is due on a late cancellation', () => {
    const flat = [rate(1, { kind: 'charge', amount: '50.00', unit: 'lesson' })];
    expect(bill(lesson(['16:00-17:00'], ['16:00-16:41']), {}, { rates: flat }).charge).toBe('41 min 50.00');
    const canceled = lesson([], [], { status: 'canceled', canceledAt: at('11:00'), canceledBy: 'family' });
    expect(bill(canceled, {}, { rates: flat }).charge).toBe('30 min 25.00');
  });

  test('E139 the student left after 12 minutes: the minimum', () => {
    expect(minutes(lesson(['16:00-17:00'], ['16:00-16:12']), { min: 30 })).toBe('C30 P60');
    expect(minutes(lesson(['16:00-16:30'], ['16:00-16:12']), { min: 30 })).toBe('C30 P30');
  });

  test('E141 rounding lifts 58 to 60, the cap is 60', () => {
    expect(minutes(lesson(['16:00-17:00'], ['16:00-16:58']), { round: { increment: 15 } })).toBe('C60 P60');
    const fifty = lesson(['16:00-16:50'], ['16:00-16:50'], { end: at('16:50') });
    expect(minutes(fifty, { round: { increment: 15, mode: 'up' } })).toBe('C50 P50');
    expect(minutes(fifty, { round: { increment: 15, mode: 'up' }, max: 'none' })).toBe('C60 P60');
  });

  test('E143 a student in two classes at once is charged for the first', () => {
    const first = lesson(['16:00-17:00'], ['16:00-17:00']);
    const second = lesson([], [], {
      classId: 6,
      start: at('16:30'),
      end: at('17:30'),
      coverage: 'complete',
      teachers: [person('theo', ['16:30-17:30'])],
      students: [person('ana', ['16:30-17:30'])],
    });
    expect(minutes([second, first])).toBe('C60+C0 P60+P60');
    expect(bill([second, first]).charges.map(({ flags }) => flags)).toEqual([
      ['student_double_booked'],
      ['review', 'student_double_booked'],
    ]);
    const elsewhere = { ...second, students: [person('ana', ['16:00-17:30'])] };
    const missed = lesson(['16:00-17:00'], []);
    expect(minutes([missed, elsewhere])).toBe('C0+C60 P60+P60');
  });

  test('an instant of a teacher is paid once: the class that starts first keeps it', () => {
    const first = lesson(['16:00-17:00'], ['16:00-17:00']);
    const second = lesson(['16:30-17:30'], [], {
      classId: 6,
      start: at('16:30'),
      end: at('17:30'),
      students: [person('ben', ['16:30-17:30'])],
    });
    expect(minutes([second, first])).toBe('C60+C60 P60+P30');
    expect(bill([second, first]).pay.map(({ flags }) => flags)).toEqual([
      ['teacher_double_booked'],
      ['teacher_double_booked'],
    ]);
  });

  test('E144 30 minutes at 28.00 and 30 at 25.00 are 26.50', () => {
    const group = lesson(['16:00-17:00'], [], {
      students: [person('ana', ['16:00-17:00']), person('ben', ['16:00-17:00']), person('cleo', ['16:00-16:30'])],
    });
    expect(bill(group, { 'pay.tiers': { base: '22.00', extra_head: '3.00' } }, { rates }).paid).toBe('60 min 26.50');
  });

  test('E155 a policy that changes in mid-month governs the classes from its day on', () => {
    const later = lesson([], [], {
      classId: 6,
      start: at('16:00', '2026-01-20'),
      end: at('17:00', '2026-01-20'),
      canceledAt: at('11:00', '2026-01-20'),
      canceledBy: 'family',
      status: 'canceled',
    });
    const earlier = lesson([], [], { canceledAt: at('11:00'), canceledBy: 'family', status: 'canceled' });
    const { charges } = bill([earlier, later], { valid_from: '2026-01-20' });
    // Before the first version holds the default, actual time, which charges no cancellation.
    expect(charges.map(({ amount, policyFrom }) => [amount, policyFrom])).toEqual([
      ['0.00', '0001-01-01'],
      ['21.00', '2026-01-20'],
    ]);
  });
});
