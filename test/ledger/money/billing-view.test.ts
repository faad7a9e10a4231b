import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, instantOf, moneyWorld, TOM } from '../../support/money-world.ts';

const january = { start: instantOf('00:00', '2026-01-01'), end: instantOf('00:00', '2026-02-01') };

test('a class comes with its roster, teachers first, and the log of everybody who is known', async () => {
  await using world = moneyWorld();
  const there = { [ANA]: ['16:00-17:00'], [CLEO]: ['16:03:20-16:41:05'], 'tablet@nowhere.example': ['16:00-16:20'] };
  const classId = world.lesson({ students: [CLEO, BEN], series: 'fridays', there });
  const [ana, ben, cleo] = [world.teacher.id, world.person(BEN, 'student'), world.person(CLEO, 'student')];

  const [lesson] = world.money.view.classes(january);

  expect(lesson).toMatchObject({
    classId,
    seriesId: 'fridays',
    subject: 'Algebra',
    start: instantOf('16:00'),
    end: instantOf('17:00'),
    noticeStart: null,
    coverage: 'complete',
    canceledAt: null,
    canceledBy: null,
    flags: [],
    roster: [
      { personId: ana, role: 'teacher', email: ANA },
      { personId: cleo, role: 'student', email: CLEO },
      { personId: ben, role: 'student', email: BEN },
    ],
    decisions: [],
    enrolments: [],
  });
  const logs = lesson!.logs.map(({ email, confidence, intervals, evidence }) => [
    email,
    confidence,
    intervals.map(({ start, end }) => [start, end]),
    evidence.length,
  ]);
  expect(logs).toEqual([
    [ANA, 'strong', [[instantOf('16:00'), instantOf('17:00')]], 1],
    [BEN, null, [], 0],
    [CLEO, 'strong', [[instantOf('16:03:20'), instantOf('16:41:05')]], 1],
  ]);
});

test('E89: a class belongs to the span in which it starts, whole; the end of a span is not in it', async () => {
  await using world = moneyWorld();
  const before = world.lesson({ date: '2025-12-31', from: '23:59', to: '24:59' });
  const first = world.lesson({ date: '2026-01-01', from: '00:00', to: '01:00', space: 'spaces/two' });
  const last = world.lesson({ date: '2026-01-31', from: '23:30', to: '24:30' });
  world.lesson({ date: '2026-02-01', from: '00:00', to: '01:00', space: 'spaces/two' });

  expect(world.money.view.classes(january).map(({ classId }) => classId)).toEqual([first, last]);
  expect(world.money.view.count(january)).toBe(2);
  expect([world.money.view.startOf(before), world.money.view.startOf(99)]).toEqual([
    instantOf('23:59', '2025-12-31'),
    null,
  ]);
});

test('classes come by start and number, whatever became of them: one that is canceled, one that was never read', async () => {
  await using world = moneyWorld();
  const late = world.lesson({ date: '2026-01-20' });
  const canceled = world.lesson({ date: '2026-01-09', space: 'spaces/two', there: {} });
  world.classStore.cancel(canceled, 'family', 'ill');
  const { id: unread } = world.classStore.create({
    subject: 'Chess',
    roomId: world.roomStore.create({ meetingCode: 'abc-defg-hij', space: null, meetLink: null, ownerEmail: null }).id,
    organizerEmail: TOM,
    seriesId: null,
    start: instantOf('16:00', '2026-01-20'),
    end: instantOf('17:00', '2026-01-20'),
    teacherIds: [world.person(TOM, 'teacher')],
    studentIds: [],
  });

  const classes = world.money.view.classes(january);

  expect(classes.map(({ classId }) => classId)).toEqual([canceled, late, unread]);
  expect(classes[0]).toMatchObject({ canceledBy: 'family', canceledAt: world.clock.now(), coverage: 'empty' });
  expect(classes[2]).toMatchObject({ coverage: null, logs: [], roster: [{ email: TOM }] });
});

test('decisions that stand come in their order; those that were undone do not', async () => {
  await using world = moneyWorld();
  const classId = world.lesson();
  const decides = (kind: string, about: object) =>
    world.actions.decide({ kind, class_id: classId, reason: `because of ${kind}`, ...about }, { actor: 'office' });
  decides('approve_overrun', { minutes: 20 });
  const excuse = decides('excuse', { user_email: BEN });
  decides('set_outcome', { user_email: BEN, outcome: 'student_no_show' });
  if (excuse.kind === 'saved') world.actions.undoDecision(excuse.decision.id, { actor: 'office', reason: 'not ill' });

  expect(world.money.view.classes(january)[0]?.decisions).toEqual([
    { kind: 'approve_overrun', personId: null, payload: { minutes: 20 } },
    {
      kind: 'set_outcome',
      personId: world.person(BEN, 'student'),
      payload: { outcome: 'student_no_show' },
    },
  ]);
});

test('E39: participants whom nobody could name are counted until a person has settled them', async () => {
  await using world = moneyWorld();
  const stay = ['16:00-17:00'];
  world.lesson({ there: { [ANA]: stay, [BEN]: stay, 'one@nowhere.example': stay, 'two@nowhere.example': stay } });
  world.lesson({ date: '2026-01-20', space: 'spaces/two' });
  const open = () => world.money.view.classes(january).map(({ openReviews }) => openReviews);
  expect(open()).toEqual([2, 0]);

  world.database.sqlite.prepare(`update review_items set state = 'ignored' where id = 1`).run();

  expect(open()).toEqual([1, 0]);
});

test('enrolments are those of the students on the roster, past and coming ones, and of nobody else', async () => {
  await using world = moneyWorld();
  world.lesson({ students: [BEN, CLEO] });
  const enrol = (email: string, from: string) =>
    world.admin('POST', '/api/enrolments', { student_email: email, subject: 'Algebra', from });
  for (const [email, from] of [
    [BEN, '2026-01-01'],
    [BEN, '2026-03-01'],
    [CLEO, '2026-01-05'],
  ] as const)
    await enrol(email, from);
  await enrol(world.people.create({ email: 'dora@home.example', role: 'student' }).email, '2026-01-01');

  const [lesson] = world.money.view.classes(january);

  const [ben, cleo] = [world.person(BEN, 'student'), world.person(CLEO, 'student')];
  expect(lesson?.enrolments.map(({ personId, from }) => [personId, from])).toEqual([
    [ben, '2026-01-01'],
    [ben, '2026-03-01'],
    [cleo, '2026-01-05'],
  ]);
});

test('families are known by student and by name', async () => {
  await using world = moneyWorld();
  const [ben, cleo] = [world.person(BEN, 'student'), world.person(CLEO, 'student')];
  await world.admin('POST', '/api/families', { name: 'Brown', currency: 'EUR', student_emails: [BEN, CLEO] });

  expect([...world.money.view.familyOf()].sort(([a], [b]) => a - b)).toEqual([
    [ben, 1],
    [cleo, 1],
  ]);
  expect(world.money.view.familyNames()).toEqual(new Map([[1, 'Brown']]));
});
