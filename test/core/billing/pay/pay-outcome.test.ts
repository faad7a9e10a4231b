import { expect, test } from 'vitest';

import { assessClass } from '../../../../src/core/billing/charge/assess.ts';
import { chargeClass } from '../../../../src/core/billing/charge/charge.ts';
import type { BilledClass, PersonPresence } from '../../../../src/core/billing/lesson/billed-class.ts';
import { outcomeForPay } from '../../../../src/core/billing/pay/pay-outcome.ts';
import { classToBill, ids, lesson, person } from '../../../support/billing.ts';

function outcomeOf(c: BilledClass, settings: Readonly<Record<string, unknown>> = {}) {
  const toBill = classToBill(c, settings);
  return outcomeForPay(toBill, chargeClass(assessClass(toBill), new Map()));
}

const held = ['16:00-17:00'];
const came = person('ben', held);
const away = person('ben', []);
const alsoAway = person('ana', []);
const excused = [person('ana', [], { status: 'excused' }), person('ben', [], { status: 'excused' })];

const group = (students: readonly PersonPresence[], teacher: readonly string[] = held) =>
  lesson(teacher, [], { coverage: 'complete', students });

test.each([
  ['one student came, one stayed away', group([alsoAway, came]), 'attended'],
  ['one is excused, one stayed away', group([excused[0]!, away]), 'student_no_show'],
  ['all are excused, and the teacher waited', group(excused), 'excused'],
  ['all are excused, and the teacher did not wait', group(excused, ['16:00-16:10']), 'excused'],
  ['all are excused, and no teacher came', group(excused, []), 'excused'],
  ['all stayed away, and the teacher left early', group([alsoAway, away], ['16:00-16:10']), 'wait_not_served'],
  ['no student on the roster', group([], ['16:00-16:30']), 'attended'],
])('for the teacher: %s', (_, c, kind) => {
  expect(outcomeOf(c)).toMatchObject({ kind, blocked: null });
});

test('pay waits until it is known who the guest was', () => {
  const guest = lesson(held, [], { openReviews: 1 });
  expect(outcomeOf(guest)).toMatchObject({ kind: 'unknown', blocked: 'review_open' });
});

test('where a no-show pays as a lesson does, it need not wait', () => {
  const guest = lesson(held, [], { openReviews: 1 });
  expect(outcomeOf(guest, { preset: 'actual_time' })).toMatchObject({
    kind: 'wait_not_served',
    blocked: null,
    flags: ['review_open'],
  });
  expect(outcomeOf(guest, { preset: 'actual_time', 'pay.min': 30 }).blocked).toBe('review_open');
  const noTeacher = lesson([], [], { coverage: 'complete', openReviews: 1 });
  expect(outcomeOf(noTeacher, { preset: 'actual_time' }).blocked).toBe('review_open');
});

test('one student who came makes the class held, even while another is not known', () => {
  const c = { ...group([alsoAway, came]), openReviews: 1 };
  expect(outcomeOf(c)).toMatchObject({ kind: 'attended', reason: 'The class was held.', blocked: null });
});

test('of students who came out differently the one counts that most speaks for the teacher', () => {
  const decided = (studentId: number, outcome: 'teacher_no_show' | 'student_no_show') => ({
    studentId,
    outcome,
    reason: 'Somebody called.',
  });
  const c = group([alsoAway, away]);
  const decisions = [decided(ids.ana, 'teacher_no_show'), decided(ids.ben, 'student_no_show')];
  expect(outcomeOf({ ...c, decisions }).kind).toBe('student_no_show');
  expect(outcomeOf({ ...c, decisions: decisions.slice(0, 1) }).kind).toBe('student_no_show');
  const excusedAna = group([person('ana', [], { status: 'excused' }), away], []);
  expect(outcomeOf(excusedAna).kind).toBe('teacher_no_show');
});
