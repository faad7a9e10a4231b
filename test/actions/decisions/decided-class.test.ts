import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, january, moneyWorld, TOM } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'the parents wrote' };
const excuse = { kind: 'excuse', user_email: BEN, reason: 'ill' };

test('a class of a closed period is decided on as an adjustment only: what was issued stays, the difference waits', async () => {
  await using world = await january();
  const closed = await world.actions.closePeriod('2026-01', {}, BY);
  if (closed.kind === 'refused') throw new Error(closed.message);
  const issued = () => world.money.periods.document(closed.close.id);
  const before = issued();

  expect(world.actions.decide({ ...excuse, class_id: 1 }, { actor: 'office' })).toMatchObject({
    code: 'period_closed',
    message:
      'class 1 is in 2026-01, which is closed: say with a reason that it is meant as an adjustment ("as": "adjustment"), so that what was issued stays and the difference is proposed for an open period, or reopen 2026-01 first',
  });
  const excused = world.actions.decide({ ...excuse, class_id: 1, as: 'adjustment' }, { actor: 'office' });
  expect(excused).toMatchObject({ kind: 'saved', corrects: '2026-01' });
  expect((await world.correctionQuery.waiting()).proposed).toMatchObject([
    {
      corrects: '2026-01',
      adjustment: {
        lineId: 'c1-2',
        amount: '-39.90',
        reason:
          'In January 2026 this was 57 min, 39.90 EUR; it is 0 min, 0.00 EUR now. It changes by a decision of the school. The student is excused.',
      },
    },
  ]);

  expect(world.actions.undoDecision(1, BY)).toMatchObject({ code: 'period_closed' });
  expect(world.actions.undoDecision(1, { ...BY, as: 'adjustment' })).toMatchObject({ corrects: '2026-01' });
  expect((await world.correctionQuery.waiting()).proposed).toEqual([]);
  expect(issued()).toBe(before);
});

test('a class of an open period is decided on at once, however it is meant', async () => {
  await using world = await january();
  const excused = world.actions.decide({ ...excuse, class_id: 1, as: 'adjustment' }, { actor: 'office' });
  expect(excused).toMatchObject({ kind: 'saved', corrects: null });
});

test('the day of a class is that of the zone in which its period was closed', async () => {
  await using world = moneyWorld();
  world.settings.setZone('Asia/Tokyo');
  const classId = world.lesson({ date: '2026-01-31' });
  await world.actions.closePeriod('2026-01', { exceptions: true }, BY);
  world.settings.setZone('Europe/London');
  // 16:00 in London is the first of February in Tokyo.
  expect(world.actions.decide({ ...excuse, class_id: classId }, { actor: 'office' })).toMatchObject({ kind: 'saved' });
});

test('a linked call is rebuilt for the class that has it now and for those that lost it', async () => {
  await using world = moneyWorld();
  const meant = world.lesson({ space: 'spaces/one', there: {} });
  const other = world.lesson({ space: 'spaces/two', subject: 'Chess', there: {} });
  world.call('spaces/two', '2026-01-16', 'conferenceRecords/stray', { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-17:00'] });
  world.attendance.rebuild(other);

  const link = { kind: 'link_call', class_id: meant, record: 'conferenceRecords/stray', reason: 'wrong link' };
  expect(world.actions.decide(link, { actor: 'office' })).toMatchObject({ rebuiltClassIds: [meant, other] });
  expect(world.actions.undoDecision(1, BY)).toMatchObject({ rebuiltClassIds: [meant, other] });
});

test('a call that is linked to a class of another room counts for that of its own room too, each for its own people', async () => {
  await using world = moneyWorld();
  const meant = world.lesson({ space: 'spaces/one', there: {} });
  const own = world.lesson({ space: 'spaces/two', subject: 'Chess', teacher: TOM, students: [CLEO], there: {} });
  const all = ['16:00-17:00'];
  world.call('spaces/two', '2026-01-16', 'conferenceRecords/both', { [ANA]: all, [BEN]: all, [TOM]: all, [CLEO]: all });
  world.attendance.rebuild(own);
  const present = (classId: number) =>
    world.attendance.derive(classId).logs.filter(({ durationMs }) => durationMs > 0).length;
  expect([present(meant), present(own)]).toEqual([0, 4]);

  const link = { kind: 'link_call', class_id: meant, record: 'conferenceRecords/both', reason: 'the wrong room' };
  expect(world.actions.decide(link, { actor: 'office' })).toMatchObject({ rebuiltClassIds: [meant, own] });
  expect([present(meant), present(own)]).toEqual([2, 2]);

  world.actions.undoDecision(1, BY);
  expect([present(meant), present(own)]).toEqual([0, 4]);
});

test('a call that is linked to a class ahead is taken from the class that had it all the same', async () => {
  await using world = moneyWorld();
  const held = world.lesson();
  const ahead = world.lesson({ date: '2026-02-10', there: {} });
  const record = 'conferenceRecords/one-2026-01-16-1600';
  const statuses = () => world.logStore.list({ classId: held }).map(({ status }) => status);
  expect(statuses()).toEqual(['present', 'present']);

  const link = { kind: 'link_call', class_id: ahead, record, reason: 'wrong class' };
  expect(world.actions.decide(link, { actor: 'office' })).toMatchObject({ rebuiltClassIds: [held] });
  expect(statuses()).toEqual(['absent', 'absent']);
  expect(world.actions.undoDecision(1, BY)).toMatchObject({ rebuiltClassIds: [held] });
  expect(statuses()).toEqual(['present', 'present']);
});

test('a class that has not begun has no logs to rebuild, unless it was moved ahead after it had', async () => {
  await using world = moneyWorld();
  const start = Date.parse('2026-02-10T16:00:00Z');
  const { id } = world.classStore.create({
    subject: 'Algebra',
    roomId: world.roomStore.create({ meetingCode: null, space: null, meetLink: null, ownerEmail: ANA }).id,
    organizerEmail: ANA,
    seriesId: null,
    start,
    end: start + 3_600_000,
    teacherIds: [world.teacher.id],
    studentIds: [world.person(BEN, 'student')],
  });
  const decide = (classId: number) => world.actions.decide({ ...excuse, class_id: classId }, { actor: 'office' });
  expect(decide(id)).toMatchObject({ kind: 'saved', rebuiltClassIds: [] });
  expect(world.sessionStore.ofClass(id)).toBeNull();

  const moved = world.lesson({ date: '2026-02-11', there: {} });
  expect(decide(moved)).toMatchObject({ rebuiltClassIds: [moved] });
});
