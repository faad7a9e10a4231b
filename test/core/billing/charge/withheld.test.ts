import { describe, expect, test } from 'vitest';

import { at, bill, lesson, person } from '../../../support/billing.ts';

const half = { start: at('16:30'), end: at('17:30') };
const pick = ({
  lineId,
  billedMs,
  amountMinor,
  taxMinor,
  flags,
  reason,
}: ReturnType<typeof bill>['charges'][number]) => ({
  lineId,
  billedMs,
  amountMinor,
  taxMinor,
  flags,
  reason,
});

describe('a line whose price is known', () => {
  test('is not charged while the student is not enrolled, and shows what it would be', () => {
    const students = [person('ana', ['16:00-17:00'], { enrolled: false })];
    const [line] = bill(lesson(['16:00-17:00'], [], { students }), { tax: { basis_points: 2000 } }).charges;
    expect(pick(line!)).toEqual({
      lineId: 'c5-3',
      billedMs: 0,
      amountMinor: 0,
      taxMinor: 0,
      flags: ['not_enrolled', 'review'],
      reason: `${line!.steps.find(({ name }) => name === 'classify')!.text} The student is not enrolled on this day: not charged until a person decides.`,
    });
    expect(line!.steps.filter(({ name }) => name === 'price').map(({ minor }) => minor)).toEqual([4200, 0]);
    expect(line!.steps.at(-1)).toEqual({
      name: 'price',
      text: 'The student is not enrolled on this day: not charged.',
      minor: 0,
    });
  });

  test('is not charged where the student is in an earlier class at that time; both are flagged', () => {
    const students = [person('ana', ['16:00-17:30'])];
    const earlier = lesson(['16:00-17:00'], [], { students });
    const later = lesson(['16:30-17:30'], [], { classId: 6, ...half, students });
    const { charges } = bill([later, earlier]);
    expect(charges.map(pick)).toMatchObject([
      { lineId: 'c5-3', billedMs: 3_600_000, amountMinor: 4200, flags: ['student_double_booked'] },
      {
        lineId: 'c6-3',
        billedMs: 0,
        amountMinor: 0,
        flags: ['review', 'student_double_booked'],
      },
    ]);
    expect(charges[1]!.reason).toContain('The student is in another class at the same time: not charged');
  });

  test('of the class that was attended is charged, although the one that was missed starts first', () => {
    const missed = lesson(['16:00-17:00'], [], { students: [person('ana', [])] });
    const students = [person('ana', ['16:30-17:30'])];
    const attended = lesson(['16:30-17:30'], [], { classId: 6, ...half, students });
    expect(bill([missed, attended], { 'no_show.charge_percent': 100 }).charges.map(pick)).toMatchObject([
      { lineId: 'c5-3', amountMinor: 0, billedMs: 0 },
      { lineId: 'c6-3', amountMinor: 4200 },
    ]);
  });

  test('of a class that was missed is not charged while another one was attended, however they overlap', () => {
    const attended = lesson(['16:00-17:00'], [], { students: [person('ana', ['16:00-16:20'])] });
    const missed = lesson(['16:30-17:30'], [], { classId: 6, ...half, students: [person('ana', [])] });
    expect(bill([attended, missed], { 'no_show.charge_percent': 100 }).charges.map(pick)).toMatchObject([
      { lineId: 'c5-3', flags: ['short', 'student_double_booked'] },
      { lineId: 'c6-3', amountMinor: 0, billedMs: 0, flags: ['review', 'student_double_booked'] },
    ]);
  });

  test('of two classes that start together is charged where the number is lower', () => {
    const students = [person('ana', ['16:00-17:00'])];
    const one = lesson(['16:00-17:00'], [], { classId: 8, subject: 'Zoology', students });
    const other = lesson(['16:00-17:00'], [], { classId: 9, subject: 'Algebra', students });
    expect(bill([other, one]).charges.map(pick)).toMatchObject([
      { lineId: 'c8-3', amountMinor: 4200 },
      { lineId: 'c9-3', amountMinor: 0, flags: ['review', 'student_double_booked'] },
    ]);
  });

  test('of two classes at once is charged where the student is enrolled', () => {
    const there = ['16:00-17:30'];
    const first = lesson(['16:00-17:00'], [], { students: [person('ana', there, { enrolled: false })] });
    const later = lesson(['16:30-17:30'], [], { classId: 6, ...half, students: [person('ana', there)] });
    expect(bill([first, later]).charges.map(pick)).toMatchObject([
      { lineId: 'c5-3', amountMinor: 0, flags: ['not_enrolled', 'review', 'student_double_booked'] },
      { lineId: 'c6-3', amountMinor: 4200, flags: ['student_double_booked'] },
    ]);
  });

  test('says both causes when there are two', () => {
    const students = [person('ana', ['16:00-17:30'], { enrolled: false })];
    const earlier = lesson(['16:00-17:00'], [], { students: [person('ana', ['16:00-17:30'])] });
    const later = lesson(['16:30-17:30'], [], { classId: 6, ...half, students });
    const { flags, reason, steps } = bill([earlier, later]).charges[1]!;
    expect(flags).toEqual(expect.arrayContaining(['not_enrolled', 'review', 'student_double_booked']));
    expect(reason).toMatch(/not enrolled on this day: not charged .* in another class at the same time: not charged/);
    expect(steps.slice(-2).map(({ text }) => text)).toEqual([
      'The student is not enrolled on this day: not charged.',
      'The student is in another class at the same time: not charged.',
    ]);
  });
});
