import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, moneyWorld } from '../../support/money-world.ts';

const minutes = (world: ReturnType<typeof moneyWorld>, classId: number) =>
  world.logStore
    .list({ classId, limit: 50 })
    .filter(({ durationMs }) => durationMs > 0)
    .map(({ userEmail, durationMs, role }) => [userEmail, durationMs / 60_000, role]);

const link = (world: ReturnType<typeof moneyWorld>, classId: number, record: string) =>
  world.admin('POST', '/api/decisions', {
    kind: 'link_call',
    class_id: classId,
    record,
    reason: 'they took the wrong room',
  });

test('a linked call counts beside the own calls of the class, and an instant in both counts once', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:30-17:00'] } });
  world.lesson({ space: 'spaces/two', students: [CLEO], there: {} });
  world.call('spaces/two', '2026-01-16', 'conferenceRecords/stray', { [BEN]: ['16:00-16:40'] });
  await link(world, classId, 'conferenceRecords/stray');
  expect(minutes(world, classId)).toEqual([
    [ANA, 60, 'teacher'],
    [BEN, 60, 'student'],
  ]);
});

test('a call of the own room that is linked to one of two classes in a row is that class’s alone', async () => {
  await using world = moneyWorld();
  const early = world.lesson({ from: '16:00', to: '17:00', there: {} });
  const late = world.lesson({ from: '17:00', to: '18:00', there: {} });
  world.call('spaces/one', '2026-01-16', 'conferenceRecords/long', { [ANA]: ['16:30-17:30'], [BEN]: ['16:30-17:30'] });
  for (const id of [early, late]) world.attendance.rebuild(id);
  expect([minutes(world, early), minutes(world, late)]).toEqual([
    [
      [ANA, 30, 'teacher'],
      [BEN, 30, 'student'],
    ],
    [
      [ANA, 30, 'teacher'],
      [BEN, 30, 'student'],
    ],
  ]);
  await link(world, early, 'conferenceRecords/long');
  expect([minutes(world, early), minutes(world, late)]).toEqual([
    [
      [ANA, 60, 'teacher'],
      [BEN, 60, 'student'],
    ],
    [],
  ]);
});

test('a call is linked to a class around whose time it was', async () => {
  await using world = moneyWorld();
  const classId = world.lesson();
  world.lesson({ date: '2026-01-20', space: 'spaces/two', students: [CLEO], there: { [ANA]: ['16:00-17:00'] } });
  const answer = await link(world, classId, 'conferenceRecords/two-2026-01-20-1600');
  expect(answer).toMatchObject({
    status: 400,
    json: {
      errors: [
        {
          path: 'record',
          message: `did not take place around class ${classId}, so that none of its minutes would count: move the class to when it was held first`,
        },
      ],
    },
  });
});

test('what verify derives is what a rebuild with a linked call stored', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ there: {} });
  world.lesson({ space: 'spaces/two', students: [CLEO], there: {} });
  world.call('spaces/two', '2026-01-16', 'conferenceRecords/stray', { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-16:40'] });
  await link(world, classId, 'conferenceRecords/stray');
  const derived = world.attendance.derive(classId).logs.map(({ personId, durationMs }) => [personId, durationMs]);
  const stored = world.logStore.list({ classId, limit: 9 }).map(({ personId, durationMs }) => [personId, durationMs]);
  expect(derived).toEqual(stored);
});
