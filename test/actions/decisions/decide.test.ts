import { describe, expect, test } from 'vitest';

import { ANA, BEN, CLEO, january, TOM, type MoneyWorld } from '../../support/money-world.ts';

const about = { class_id: 1, reason: 'the parents wrote' };
const minutes = { start_time: '2026-01-16T17:00:30Z', end_time: '2026-01-16T17:10:00Z' };

const decide = (world: MoneyWorld, wish: object) => world.actions.decide({ ...about, ...wish }, { actor: 'office' });

/** Status and whole seconds of Ben's log. */
function ofBen({ logStore }: MoneyWorld): [status: string, seconds: number] {
  const log = logStore.list({ classId: 1, userEmail: BEN, limit: 1 })[0]!;
  return [log.status, log.durationMs / 1000];
}

const amounts = ({ lineQuery }: MoneyWorld) => {
  const { charges, pay } = lineQuery.ofClass(1)!;
  return [...charges, ...pay].map(({ lineId, amount }) => `${lineId} ${amount}`);
};

describe('a decision is laid over the evidence', () => {
  // Ben was there from 16:03:20 to 17:00:30, Ana from 15:58:30 to 17:01:10: 57 minutes of 42.00 are 39.90.
  test.each([
    ['minutes that were missed', { kind: 'add_interval', user_email: BEN, ...minutes }, ['present', 4000], '39.90'],
    [
      'minutes of somebody else',
      {
        kind: 'remove_interval',
        user_email: BEN,
        start_time: '2026-01-16T16:30:00Z',
        end_time: '2026-01-16T17:30:00Z',
      },
      ['present', 1600],
      '18.90',
    ],
    ['a status', { kind: 'set_status', user_email: BEN, status: 'absent' }, ['absent', 3430], '0.00'],
    ['an excuse', { kind: 'excuse', user_email: BEN }, ['excused', 3430], '0.00'],
    ['an outcome of the class', { kind: 'set_outcome', outcome: 'not_held' }, ['present', 3430], '0.00'],
    [
      'an outcome for one student',
      { kind: 'set_outcome', user_email: BEN, outcome: 'canceled' },
      ['present', 3430],
      '0.00',
    ],
    ['an overrun', { kind: 'approve_overrun', minutes: 10 }, ['present', 3430], '39.90'],
  ])('%s', async (_, wish, log, amount) => {
    await using world = await january();
    expect(decide(world, wish)).toMatchObject({ kind: 'saved', decision: { id: 1, classId: 1, actor: 'office' } });
    expect(ofBen(world)).toEqual(log);
    expect(amounts(world)).toContain(`c1-2 ${amount}`);
  });

  test('of two who may have stood in for one teacher one did', async () => {
    await using world = await january();
    world.person(TOM, 'teacher');
    world.person('eva@school.example', 'teacher');
    const there = { [TOM]: ['16:00-17:00'], 'eva@school.example': ['16:00-16:10'], [BEN]: ['16:00-17:00'] };
    const classId = world.lesson({ date: '2026-01-20', space: 'spaces/three', there });
    const stoodIn = (email: string, confirmed = true) =>
      decide(world, { kind: 'substitute', class_id: classId, user_email: email, confirmed });
    stoodIn(TOM);

    expect(stoodIn('eva@school.example')).toMatchObject({
      code: 'already_settled',
      message: `${TOM} stands in for that teacher by decision 1: undo that decision first`,
    });
    expect(stoodIn('eva@school.example', false)).toMatchObject({ kind: 'saved' });
    stoodIn(TOM, false);
    expect(stoodIn('eva@school.example')).toMatchObject({ kind: 'saved' });
  });

  test('whether a teacher stood in settles the review of who sat there', async () => {
    await using world = await january();
    world.person(TOM, 'teacher');
    const there = { [ANA]: ['16:00-17:00'], [TOM]: ['16:00-17:00'] };
    const classId = world.lesson({ date: '2026-01-20', space: 'spaces/three', there });
    const state = () => world.review.list({ classId, after: 0, limit: 1 })[0]?.state;
    expect(state()).toBe('open');
    decide(world, { kind: 'substitute', class_id: classId, user_email: TOM, confirmed: false });
    expect(state()).toBe('gone');
  });

  test('who stood in is paid, and who was replaced is not', async () => {
    await using world = await january();
    world.person(TOM, 'teacher');
    const there = { [TOM]: ['16:00-17:00'], [BEN]: ['16:00-17:00'] };
    const classId = world.lesson({ date: '2026-01-20', space: 'spaces/three', there });
    expect(decide(world, { kind: 'substitute', class_id: classId, user_email: TOM, for: ANA })).toMatchObject({
      decision: { kind: 'substitute', personId: 3, payload: { confirmed: true, for: 1 } },
    });
    const { pay, blocked } = world.lineQuery.ofClass(classId)!;
    expect(blocked).toEqual([]);
    expect(pay.map(({ teacherEmail, amount }) => [teacherEmail, amount])).toEqual([
      [ANA, '0.00'],
      [TOM, '22.00'],
    ]);
  });

  test('it is audited with its reason, and names the classes whose logs changed', async () => {
    await using world = await january();
    expect(decide(world, { kind: 'excuse', user_email: 'Ben@Home.Example' })).toMatchObject({ rebuiltClassIds: [1] });
    expect(decide(world, { kind: 'approve_overrun', minutes: 5 })).toMatchObject({ rebuiltClassIds: [] });
    expect(world.audit.list({ limit: 2 }).items).toMatchObject([
      { action: 'decision.approve_overrun', subject: 'class:1', reason: about.reason, actor: 'office' },
      { action: 'decision.excuse', subject: 'class:1', after: { personId: 2 } },
    ]);
  });
});

describe('is refused', () => {
  test.each([
    ['without a reason', { kind: 'excuse', user_email: BEN, reason: ' ' }, 'reason', 'is missing: say why'],
    ['for no class', { kind: 'excuse', user_email: BEN, class_id: 99 }, 'class_id', 'there is no class 99'],
    [
      'for nobody',
      { kind: 'excuse', user_email: 'no@body.example' },
      'user_email',
      'no@body.example is not a person of the school',
    ],
    [
      'off the roster',
      { kind: 'excuse', user_email: CLEO },
      'user_email',
      'cleo@home.example is not on the roster of class 1',
    ],
    [
      'an outcome of a teacher',
      { kind: 'set_outcome', user_email: ANA, outcome: 'not_held' },
      'user_email',
      `${ANA} is not a student of class 1`,
    ],
    [
      'a substitute who teaches it',
      { kind: 'substitute', user_email: ANA },
      'user_email',
      `${ANA} teaches this class already`,
    ],
    [
      'a substitute who is a student',
      { kind: 'substitute', user_email: BEN },
      'user_email',
      `${BEN} is a student: only somebody else stands in for a teacher`,
    ],
    [
      'a substitute for a student',
      { kind: 'substitute', user_email: TOM, for: BEN },
      'for',
      `${BEN} is not a teacher of class 1`,
    ],
    ...[7, ''].map((replaced): [string, object, string, string] => [
      `a substitute for what is no address: ${JSON.stringify(replaced)}`,
      { kind: 'substitute', user_email: TOM, for: replaced },
      'for',
      'must be the e-mail address of the teacher who was replaced',
    ]),
    [
      'minutes that run backwards',
      { kind: 'add_interval', user_email: BEN, start_time: minutes.end_time, end_time: minutes.start_time },
      'end_time',
      'must lie behind start_time',
    ],
    [
      'minutes to come',
      { kind: 'add_interval', user_email: BEN, ...minutes, end_time: '2026-02-03T09:00:01Z' },
      'end_time',
      'lies in the future: nobody was there yet',
    ],
    [
      'minutes of another week',
      { kind: 'add_interval', user_email: BEN, start_time: '2026-01-23T16:00:00Z', end_time: '2026-01-23T17:00:00Z' },
      'start_time',
      'lies more than a day away from class 1',
    ],
    [
      'a call nobody read',
      { kind: 'link_call', record: 'conferenceRecords/none' },
      'record',
      'is not a call that is kept: those in rooms of the school are, and those in which a known teacher and a known student met; GET /api/reports/unbilled names the ones without a class',
    ],
  ])('%s', async (_, wish, path, message) => {
    await using world = await january();
    const entries = world.audit.head().count;
    expect(decide(world, wish)).toMatchObject({ kind: 'refused', code: 'invalid', complaints: [{ path, message }] });
    expect(world.audit.head().count).toBe(entries);
    expect(world.queries.decisions({ standing: false, after: 0, limit: 9 })).toEqual([]);
  });

  test.each([
    ['present', { kind: 'set_status', status: 'present' }, 'status'],
    ['late', { kind: 'set_status', status: 'late' }, 'status'],
    ['student_no_show', { kind: 'set_outcome', outcome: 'student_no_show' }, 'outcome'],
  ])('%s of a class that has not begun', async (value, wish, path) => {
    await using world = await january();
    const classId = world.lesson({ date: '2026-02-10', there: {} });
    const message = `cannot be ${value}: class ${classId} has not begun`;
    expect(decide(world, { ...wish, class_id: classId, user_email: BEN })).toMatchObject({
      complaints: [{ path, message }],
    });
    expect(decide(world, { kind: 'excuse', class_id: classId, user_email: BEN })).toMatchObject({ kind: 'saved' });
  });

  test.each([
    [
      { kind: 'excuse', user_email: BEN },
      { kind: 'set_status', user_email: BEN, status: 'excused' },
    ],
    [{ kind: 'approve_overrun', minutes: 10 }],
    [{ kind: 'add_interval', user_email: BEN, ...minutes }],
  ] as readonly object[][])('what stands already: %j', async (wish = {}, again = wish) => {
    await using world = await january();
    decide(world, wish);
    expect(decide(world, again)).toMatchObject({
      code: 'already_settled',
      message: 'decision 1 of class 1 says the same and stands: there is nothing to add',
    });
    world.actions.undoDecision(1, { actor: 'office', reason: 'a mistake' });
    expect(decide(world, again)).toMatchObject({ kind: 'saved' });
  });
});
