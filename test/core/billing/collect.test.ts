import { expect, test } from 'vitest';

import { decisionSchema } from '../../../src/core/attendance/decision.ts';
import {
  collectClass,
  isEnrolled,
  type ClassRecord,
  type EnrolmentDates,
  type PersonLog,
} from '../../../src/core/billing/collect.ts';
import { at, bill, lesson, person } from '../../support/billing.ts';

const rules = { weakMatchesBill: true, zone: 'Europe/London', now: at('18:00') };
const BEN = 4;

function record(changed: Partial<ClassRecord> = {}): ClassRecord {
  return {
    classId: 5,
    seriesId: null,
    subject: 'Algebra',
    start: at('16:00'),
    end: at('17:00'),
    noticeStart: null,
    coverage: 'complete',
    canceledAt: null,
    canceledBy: null,
    flags: [],
    roster: [
      { personId: 11, role: 'teacher', email: 'tess@example.com', name: null },
      { personId: BEN, role: 'student', email: 'ben@example.com', name: null },
    ],
    logs: [],
    beside: [],
    decisions: [],
    openReviews: 0,
    enrolments: [],
    ...changed,
  };
}

const decided = (kind: string, payload: Record<string, unknown>, personId: number | null = null) =>
  decisionSchema.parse({ kind, personId, payload });

test('the last decision on a status, an overrun and an outcome is the one that counts', () => {
  const billed = collectClass(
    record({
      decisions: [
        decided('set_status', { status: 'absent' }, BEN),
        decided('set_status', { status: 'late' }, BEN),
        decided('approve_overrun', { minutes: 10 }),
        decided('approve_overrun', { minutes: 20 }),
        decided('set_outcome', { outcome: 'not_held' }),
      ],
    }),
    rules,
  );
  expect(billed.students[0]?.status).toBe('present');
  expect(billed.approvedOverrunMinutes).toBe(20);
  expect(billed.decisions).toEqual([{ studentId: null, outcome: 'not_held' }]);
});

test('a class that is over and was never read has no evidence; its status follows its slot', () => {
  const stale = record({ coverage: null });
  expect(collectClass(stale, rules)).toMatchObject({ status: 'completed', coverage: 'pending' });
  expect(collectClass(stale, { ...rules, now: at('16:30') })).toMatchObject({ status: 'active' });
  expect(collectClass(stale, { ...rules, now: at('15:30') })).toMatchObject({ status: 'scheduled' });
  expect(collectClass(record({ canceledAt: at('15:00') }), rules)).toMatchObject({ status: 'canceled' });
});

test('a visiting teacher is a substitute in question only where no teacher of the class came', () => {
  const guest: PersonLog = {
    personId: 12,
    email: 'theo@example.com',
    name: null,
    confidence: 'strong',
    intervals: [{ start: at('16:00'), end: at('17:00') }],
    evidence: [],
    flags: ['possible_substitute'],
  };
  const tess = { ...guest, personId: 11, email: 'tess@example.com', flags: [] };
  const teachers = (changed: Partial<ClassRecord>): unknown =>
    collectClass(record(changed), rules).teachers.map(({ personId, confirmed }) => [personId, confirmed]);
  expect(teachers({ logs: [guest] })).toEqual([
    [11, true],
    [12, false],
  ]);
  expect(teachers({ logs: [tess, guest] })).toEqual([[11, true]]);
  expect(teachers({ logs: [tess, guest], decisions: [decided('substitute', { confirmed: true }, 12)] })).toEqual([
    [11, true],
    [12, true],
  ]);
  expect(teachers({ logs: [guest], decisions: [decided('substitute', { confirmed: false }, 12)] })).toEqual([
    [11, true],
  ]);
});

test('somebody known who may have been a student is told', () => {
  const guest: PersonLog = {
    personId: 12,
    email: 'mum@example.com',
    name: null,
    confidence: 'strong',
    intervals: [],
    evidence: [],
    flags: ['possible_student'],
  };
  expect(collectClass(record({ logs: [guest] }), rules).guestMayBeStudent).toBe(true);
  expect(collectClass(record({ logs: [{ ...guest, flags: [] }] }), rules).guestMayBeStudent).toBe(false);
});

const dates = (changed: Partial<EnrolmentDates>): EnrolmentDates => ({
  personId: BEN,
  seriesId: null,
  subject: null,
  from: '2026-01-01',
  to: '2026-01-31',
  ...changed,
});

test.each([
  ['no dates at all', [], true],
  ['dates of another subject', [dates({ subject: 'Chess', to: '2026-01-02' })], true],
  ['dates of somebody else', [dates({ personId: 9, subject: 'Algebra', to: '2026-01-02' })], true],
  ['the first day', [dates({ subject: 'algebra ', from: '2026-01-16' })], true],
  ['the last day', [dates({ subject: 'Algebra', to: '2026-01-16' })], true],
  ['the day behind the last', [dates({ subject: 'Algebra', to: '2026-01-15' })], false],
  [
    'a second term',
    [dates({ subject: 'Algebra', to: '2026-01-02' }), dates({ subject: 'Algebra', from: '2026-01-10', to: null })],
    true,
  ],
  [
    'dates of the series before those of the subject',
    [dates({ seriesId: 's', to: '2026-01-02' }), dates({ subject: 'Algebra' })],
    false,
  ],
])('a student is enrolled by %s', (_what, enrolments, expected) => {
  expect(isEnrolled(enrolments, BEN, { seriesId: 's', subject: 'Algebra' }, '2026-01-16')).toBe(expected);
});

test('who is not enrolled is not charged, and a teacher paid by the share of charges gets none of it', () => {
  const held = lesson(['16:00-17:00'], ['16:00-17:00'], {
    students: [person('ana', ['16:00-17:00'], { enrolled: false })],
  });
  expect(bill(held)).toMatchObject({ charge: '0 min 0.00', paid: '60 min 22.00' });
  expect(bill(held).charges[0]?.flags).toEqual(expect.arrayContaining(['not_enrolled', 'review']));
  expect(bill(held, { pay: { basis: 'percent', percent: 50 } }).pay[0]?.amount).toBe('0.00');
});

test('of two classes that start together the one with the lower number keeps the minutes', () => {
  const there = { teachers: [person('tess', ['16:00-17:00'])] };
  const first = lesson([], ['16:00-17:00'], { ...there, classId: 2 });
  const second = lesson([], [], { ...there, classId: 9, students: [person('ben', ['16:00-17:00'])] });
  expect(bill([second, first]).pay.map(({ classId, amount }) => [classId, amount])).toEqual([
    [2, '22.00'],
    [9, '0.00'],
  ]);
});
