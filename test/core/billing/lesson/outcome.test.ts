import { describe, expect, test } from 'vitest';

import type { BilledClass, OutcomeDecision } from '../../../../src/core/billing/lesson/billed-class.ts';
import {
  awaitingReview,
  cancelTier,
  classify,
  classifyEmptyRoster,
  decisionFor,
} from '../../../../src/core/billing/lesson/outcome.ts';
import { sliceClass } from '../../../../src/core/billing/lesson/sliced-presence.ts';
import { at, ids, lesson, person, policy } from '../../../support/billing.ts';

// Standard tutoring, slot 16:00 to 17:00: attended from 10 minutes, a no-show when a teacher waited 15 from the start.

type Changed = Readonly<Record<string, unknown>>;

function outcomeOf(c: BilledClass, changed: Changed = {}) {
  const { settings } = policy(changed);
  const sliced = sliceClass(c, settings);
  return classify(c, sliced, sliced.students[0]!, settings);
}

describe('from evidence that is whole', () => {
  test.each([
    ['ten minutes', ['16:00-17:00'], ['16:20-16:30'], 'attended'],
    ['a millisecond less, and the teacher waited', ['16:00-17:00'], ['16:20-16:29:59.999'], 'student_no_show'],
    ['forgiven minutes do not make it ten', ['16:00-17:00'], ['16:05-16:14'], 'student_no_show'],
    ['minutes before the slot do not count', ['16:00-17:00'], ['15:50-16:05'], 'student_no_show'],
    ['stayed away, and the teacher waited', ['16:00-16:15'], [], 'student_no_show'],
    ['stayed away, and the teacher left before', ['16:00-16:14'], [], 'wait_not_served'],
    ['waited for a teacher who did not come', [], ['16:00-16:30'], 'teacher_no_show'],
    ['nobody came', [], [], 'not_held'],
  ])('a student: %s', (_, teacher, student, kind) => {
    expect(outcomeOf(lesson(teacher, student))).toMatchObject({ kind, blocked: null });
  });

  test('an attendance has nothing to say besides', () => {
    expect(outcomeOf(lesson(['16:00-17:00'], ['16:00-17:00']))).toEqual({
      kind: 'attended',
      reason: 'The student attended.',
      blocked: null,
      credit: false,
      flags: [],
    });
  });

  test('who was there for all of a short class attended it', () => {
    expect(outcomeOf(lesson(['16:00-16:08'], ['16:00-16:08'], { end: at('16:08') })).kind).toBe('attended');
  });

  test('nobody in the slot, yet the evidence holds a call: the teacher did not come', () => {
    expect(outcomeOf(lesson([], [], { coverage: 'complete' })).kind).toBe('teacher_no_show');
  });

  test('a teacher alone for ten minutes may have been removed by Meet, and somebody should look', () => {
    expect(outcomeOf(lesson(['16:00-16:10'], [])).flags).toEqual(['review', 'empty_call_timeout']);
    expect(outcomeOf(lesson(['16:00-16:11'], [])).flags).toEqual(['review']);
  });

  test('where a no-show costs nothing and pays presence, the wait is not asked for', () => {
    expect(outcomeOf(lesson(['16:50-16:55'], []), { preset: 'actual_time' }).kind).toBe('student_no_show');
  });
});

describe('the reason says what the line hangs on', () => {
  const reasonOf = (student: readonly string[], changed: Partial<BilledClass> = {}) =>
    outcomeOf(lesson(['16:00-17:00'], student, changed)).reason;
  const asDecided = (status: 'present' | 'absent', times: readonly string[]) =>
    reasonOf([], { students: [person('ana', times, { status })] });

  test.each([
    [['16:00-16:40'], 'The student attended.'],
    [['16:00-16:20'], 'The student attended; 20 of 60 min were together with a teacher.'],
    [['16:00-16:03'], 'The student was there for 3 min, and attendance begins at 10 min; a teacher was there.'],
    [[], 'The student did not attend; a teacher was there.'],
  ])('of %j', (student, reason) => {
    expect(reasonOf(student)).toBe(reason);
  });

  test('never together', () => {
    expect(outcomeOf(lesson(['16:00-16:30'], ['16:30-17:00'])).reason).toBe(
      'The student attended, but was never there together with a teacher.',
    );
  });

  test('by a decision', () => {
    expect(asDecided('present', [])).toBe(
      'The student counts as present by a decision, but was never there together with a teacher.',
    );
    expect(asDecided('absent', ['16:00-17:00'])).toBe(
      'The student counts as absent by a decision; a teacher was there.',
    );
  });
});

describe('what is not known is not money', () => {
  test.each(['pending', 'live', 'settling', 'partial', 'no_access', 'expired'] as const)('coverage %s', (coverage) => {
    expect(outcomeOf(lesson(['16:00-17:00'], ['16:00-17:00'], { coverage }))).toMatchObject({
      kind: 'unknown',
      blocked: 'no_evidence',
    });
  });

  test('a class that is going on', () => {
    expect(outcomeOf(lesson([], [], { status: 'active' }))).toMatchObject({ kind: 'unknown', blocked: 'not_over' });
  });

  test('an absence waits for an open review, an attendance does not', () => {
    const withGuest = (student: readonly string[]) => outcomeOf(lesson(['16:00-17:00'], student, { openReviews: 1 }));
    expect(withGuest([])).toMatchObject({ kind: 'unknown', blocked: 'review_open' });
    expect(withGuest(['16:00-17:00'])).toMatchObject({ kind: 'attended', blocked: null, flags: ['review_open'] });
    expect(awaitingReview(withGuest([]))).toMatchObject({ kind: 'unknown', blocked: null, flags: ['review_open'] });
  });

  test('who was seen is no certain no-show where somebody known was there for the rest', () => {
    const asked = (student: readonly string[], status?: 'present' | 'absent', attendedIf = '80%') =>
      outcomeOf(
        lesson(['16:00-17:00'], [], {
          students: [person('ana', student, status === undefined ? {} : { status })],
          guestMayBeStudent: true,
        }),
        { attended_if: attendedIf },
      );
    expect(asked(['16:00-16:40'])).toMatchObject({
      kind: 'unknown',
      blocked: 'review_open',
      reason:
        'The student was there for 40 min, and attendance begins at 48 min; somebody else was in the call for the rest, at whose account the student may have been.',
    });
    expect(asked(['16:00-16:40'], 'absent').kind).toBe('student_no_show');
    expect(asked(['16:00-16:40'], 'present').kind).toBe('attended');
    expect(asked(['16:00-16:40'], undefined, '50%').kind).toBe('attended');
    expect(asked([]).kind).toBe('student_no_show');
  });

  test('a teacher who may have stood in was recognised: what is open is whether that was a substitute', () => {
    const theo = person('theo', ['16:00-17:00'], { substitute: true, confirmed: false });
    const c = lesson([], ['16:00-17:00'], { teachers: [person('tess', []), theo] });
    expect(outcomeOf(c)).toMatchObject({
      kind: 'unknown',
      blocked: 'review_open',
      reason: 'Another teacher was in the call, and it is not settled yet whether as a substitute.',
    });
    // With a guest beside, it is open who that was, too.
    expect(outcomeOf({ ...c, openReviews: 1 }).reason).toContain('was not recognised yet');
  });

  test('a weak identity is like an open review', () => {
    const weak = { students: [person('ana', ['16:00-17:00'], { confirmed: false })] };
    expect(outcomeOf(lesson(['16:00-17:00'], [], weak)).blocked).toBe('review_open');
  });
});

describe('decisions', () => {
  const whole: OutcomeDecision = { studentId: null, outcome: 'not_held' };
  const ofAna: OutcomeDecision = { studentId: ids.ana, outcome: 'student_no_show' };

  test('one on the student goes before one on the class, and the last one holds', () => {
    const later = { ...ofAna, outcome: 'teacher_no_show' as const };
    expect(decisionFor(lesson([], [], { decisions: [ofAna, whole] }), ids.ana)).toBe(ofAna);
    expect(decisionFor(lesson([], [], { decisions: [ofAna, whole] }), ids.ben)).toBe(whole);
    expect(decisionFor(lesson([], [], { decisions: [ofAna, later] }), ids.ana)).toBe(later);
    expect(decisionFor(lesson([], [], { decisions: [whole, { ...whole, outcome: 'canceled' }] }), null)).toMatchObject({
      outcome: 'canceled',
    });
    expect(decisionFor(lesson([], []), ids.ana)).toBeNull();
  });

  test('one settles what evidence could not, and what was written about it is not told', () => {
    expect(outcomeOf(lesson(['16:00-17:00'], [], { coverage: 'expired', decisions: [ofAna] }))).toMatchObject({
      kind: 'student_no_show',
      reason: 'The student did not attend; a teacher was there. It counts so by a decision of the school.',
      flags: ['decided'],
    });
  });

  test('“as recorded” lets the evidence speak, whole or not', () => {
    const asRecorded: OutcomeDecision = { studentId: null, outcome: 'as_recorded' };
    const partial = lesson(['16:00-17:00'], ['16:00-16:40'], { coverage: 'partial', decisions: [asRecorded] });
    expect(outcomeOf(partial)).toMatchObject({ kind: 'attended', flags: [] });
  });

  test.each<[string, string[], string[], string, string, string[]]>([
    ['nobody', [], [], 'not_held', 'Nobody is on record.', ['decided']],
    [
      'the student',
      [],
      ['16:00-16:30'],
      'teacher_no_show',
      'No teacher came; the student was there.',
      ['teacher_alert'],
    ],
    ['the teacher', ['16:00-17:00'], [], 'student_no_show', 'The student did not attend; a teacher was there.', []],
  ])(
    '“as recorded” of a class that nobody could read whole: %s is on record',
    (_, teacher, student, kind, reason, flags) => {
      const decisions: OutcomeDecision[] = [{ studentId: null, outcome: 'as_recorded' }];
      for (const coverage of ['expired', 'no_access', 'partial'] as const) {
        const found = outcomeOf(lesson(teacher, student, { coverage, decisions }));
        expect(found).toMatchObject({ kind, reason: `${reason} It counts so by a decision of the school.` });
        expect(found.flags).toEqual([...new Set([...flags, 'decided'])]);
        expect(found.credit).toBe(kind === 'teacher_no_show');
      }
      const unread = lesson(teacher, student, { coverage: 'settling', decisions });
      expect(outcomeOf(unread)).toMatchObject({ kind: 'unknown', blocked: 'no_evidence' });
    },
  );

  test('“as recorded” of a class without students that nobody could read is not held by decision', () => {
    const decisions: OutcomeDecision[] = [{ studentId: null, outcome: 'as_recorded' }];
    const c = lesson([], [], { coverage: 'expired', students: [], decisions });
    const { settings } = policy();
    expect(classifyEmptyRoster(c, sliceClass(c, settings), settings)).toMatchObject({
      kind: 'not_held',
      credit: false,
      flags: ['decided'],
    });
  });

  test('a status on the student: excused though there, absent though there, present though short', () => {
    const withStatus = (status: 'present' | 'absent' | 'excused', student: readonly string[]) =>
      outcomeOf(lesson(['16:00-17:00'], [], { students: [person('ana', student, { status })] }));
    expect(withStatus('excused', ['16:00-17:00'])).toMatchObject({
      kind: 'excused',
      flags: ['excused_although_present'],
    });
    expect(withStatus('absent', ['16:00-17:00']).kind).toBe('student_no_show');
    expect(withStatus('present', ['16:00-16:01']).kind).toBe('attended');
  });
});

describe('cancellation', () => {
  const canceled = (time: string, by: BilledClass['canceledBy'] = 'family', changed: Partial<BilledClass> = {}) =>
    lesson([], [], { status: 'canceled', canceledAt: at(time, '2026-01-15'), canceledBy: by, ...changed });
  const tierOf = (c: BilledClass, changed: Changed = {}) => cancelTier(c, policy(changed).settings);

  test('24 hours of notice are free, one millisecond less is half', () => {
    expect(tierOf(canceled('16:00'))).toMatchObject({ notice: '24 h', tier: { chargePercent: 0, payPercent: 0 } });
    expect(tierOf(canceled('16:00:00.001'))).toMatchObject({ notice: '23 h', tier: { chargePercent: 50 } });
  });

  test('the notice is judged by the start that stood before a late move', () => {
    const moved = canceled('20:00', 'family', { noticeForStart: at('21:00') });
    expect(tierOf(moved).tier).toMatchObject({ chargePercent: 0 });
  });

  test('the family pays for no cancellation of the school or the teacher, and the teacher is paid for no own', () => {
    expect(tierOf(canceled('20:00', 'school')).tier).toMatchObject({ chargePercent: 0, payPercent: 50 });
    expect(tierOf(canceled('20:00', 'teacher')).tier).toMatchObject({ chargePercent: 0, payPercent: 0 });
  });

  test('a tier that names who canceled goes before one with more notice for anybody', () => {
    const cancel = [
      { notice_hours: 12, charge_percent: 0, pay_percent: 0 },
      { notice_hours: 0, by: 'school', charge_percent: 0, pay_percent: 100, credit: true },
    ];
    expect(tierOf(canceled('20:00', 'school'), { cancel }).tier).toMatchObject({ payPercent: 100, credit: true });
    expect(outcomeOf(canceled('20:00', 'school'), { cancel })).toMatchObject({
      kind: 'canceled',
      credit: true,
      reason: 'Canceled 20 h before the start by the school.',
    });
  });

  test('of a class that was moved late the notice is to the start that it had then, and says so', () => {
    const moved = canceled('16:00', 'family', { noticeForStart: at('18:00') });
    expect(outcomeOf(moved).reason).toBe('Canceled by the family 26 h before the start that it had then.');
    expect(outcomeOf(canceled('16:00', 'family', { noticeForStart: at('16:00') })).reason).toBe(
      'Canceled 24 h before the start by the family.',
    );
  });

  test('a tier for the teacher says nothing of the family, and without a tier nothing is due', () => {
    const ofTeacher = { notice_hours: 0, by: 'teacher', charge_percent: 0, pay_percent: 100 };
    const free = { chargePercent: 0, payPercent: 0, credit: false };
    expect(tierOf(canceled('20:00'), { cancel: [ofTeacher] }).tier).toMatchObject(free);
    expect(tierOf(canceled('20:00'), { cancel: [] }).tier).toMatchObject(free);
    expect(tierOf(canceled('20:00', 'teacher'), { cancel: [ofTeacher] }).tier).toMatchObject({ payPercent: 100 });
  });

  test('a canceled class whose room nobody could read costs what its notice says, and asks to be looked at', () => {
    expect(outcomeOf(canceled('12:00', 'family', { coverage: 'no_access' }))).toMatchObject({
      kind: 'canceled',
      blocked: null,
      flags: ['review'],
      reason: expect.stringMatching(
        /could not be opened, so it is not known whether the class was held all the same\.$/,
      ) as string,
    });
    expect(outcomeOf(canceled('12:00', 'family', { coverage: 'expired' })).flags).toEqual(['review']);
    expect(outcomeOf(canceled('12:00')).flags).toEqual([]);
  });

  test('a canceled class in which teacher and student met for ten minutes waits for a person', () => {
    const held = (student: string) =>
      lesson(['16:00-17:00'], [student], { status: 'canceled', canceledAt: at('10:00') });
    expect(outcomeOf(held('16:00-16:10'))).toMatchObject({ blocked: 'held_although_canceled', flags: ['review'] });
    expect(outcomeOf(held('16:00-16:09')).kind).toBe('canceled');
  });
});

test.each([
  ['a teacher was there', ['16:00-16:30'], {}, { kind: 'attended' }],
  ['nobody was', [], {}, { kind: 'not_held' }],
  ['a call without the teacher', [], { coverage: 'complete' as const }, { kind: 'teacher_no_show', credit: true }],
  ['a guest waits for a name', [], { openReviews: 1 }, { kind: 'unknown', blocked: 'review_open' }],
  ['the evidence is partial', ['16:00-16:30'], { coverage: 'partial' as const }, { blocked: 'no_evidence' }],
])('a class without students: %s', (_, teacher, changed, wanted) => {
  const { settings } = policy();
  const c = lesson(teacher, [], { students: [], ...changed });
  expect(classifyEmptyRoster(c, sliceClass(c, settings), settings)).toMatchObject(wanted);
});

describe('a class whose room cannot be read, with a call that a person linked to it:', () => {
  const linked = (teacher: string[], student: string[], coverage: BilledClass['coverage']) =>
    outcomeOf(lesson(teacher, student, { coverage, hasLinkedCall: true }));

  test.each(['no_access', 'expired'] as const)('who was taught in that call attended (%s)', (coverage) => {
    expect(linked(['16:00-17:00'], ['16:05-17:00'], coverage)).toMatchObject({ kind: 'attended', blocked: null });
  });

  test('nobody’s absence follows from that call, and nothing while the room may still be read', () => {
    expect(linked(['16:00-17:00'], [], 'no_access')).toMatchObject({ kind: 'unknown', blocked: 'no_evidence' });
    expect(linked([], ['16:00-17:00'], 'expired')).toMatchObject({ kind: 'unknown', blocked: 'no_evidence' });
    expect(linked(['16:00-16:20'], ['16:30-17:00'], 'expired')).toMatchObject({ blocked: 'no_evidence' });
    expect(linked(['16:00-17:00'], ['16:00-17:00'], 'partial')).toMatchObject({ blocked: 'no_evidence' });
    const unlinked = outcomeOf(lesson(['16:00-17:00'], ['16:00-17:00'], { coverage: 'expired' }));
    expect(unlinked).toMatchObject({ blocked: 'no_evidence' });
  });
});
