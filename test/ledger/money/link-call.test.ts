import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, instantOf, moneyWorld } from '../../support/money-world.ts';

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

const meetings = (world: ReturnType<typeof moneyWorld>) => {
  const found = world.queries.unbilled({ start: instantOf('00:00'), end: instantOf('24:00') });
  return found.kind === 'refused' ? [] : found.meetings;
};

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

test('a call of another time is linked too, is proposed as long as nothing of it counts, and counts once the class is moved', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ there: {} });
  const there = { [ANA]: ['20:00-21:00'], [BEN]: ['20:00-20:50'] };
  world.call('spaces/own', '2026-01-16', 'conferenceRecords/evening', there);
  const proposed = () => meetings(world).map(({ kind }) => kind);
  expect(await link(world, classId, 'conferenceRecords/evening')).toMatchObject({ status: 201 });
  expect([minutes(world, classId), proposed()]).toEqual([[], ['no_class']]);
  const moved = { start_time: '2026-01-16T20:00:00Z', reason: 'it was held in the evening' };
  expect((await world.admin('PATCH', `/api/classes/${classId}`, moved)).status).toBe(200);
  expect(minutes(world, classId)).toEqual([
    [ANA, 60, 'teacher'],
    [BEN, 50, 'student'],
  ]);
  expect(proposed()).toEqual([]);
});

test('two lessons in one call of the teacher’s own room are proposed both, and share it by the timetable', async () => {
  await using world = moneyWorld();
  const early = world.lesson({ there: {}, students: [BEN] });
  const late = world.lesson({ space: 'spaces/two', from: '17:00', to: '18:00', there: {}, students: [CLEO] });
  const there = { [ANA]: ['15:58-18:02'], [BEN]: ['16:00-17:00'], [CLEO]: ['16:55-18:00'] };
  world.call('spaces/own', '2026-01-16', 'conferenceRecords/long', there);
  const linked: (number | null)[] = [];
  for (let next = meetings(world)[0]; next !== undefined; next = meetings(world)[0]) {
    linked.push(next.suggestion.classId);
    const answer = await link(world, next.suggestion.classId!, 'conferenceRecords/long');
    expect(answer.status).toBe(201);
  }
  expect(linked).toEqual([early, late]);
  const shared = [
    [
      [ANA, 62, 'teacher'],
      [BEN, 60, 'student'],
    ],
    [
      [ANA, 62, 'teacher'],
      [CLEO, 65, 'student'],
    ],
  ];
  expect([minutes(world, early), minutes(world, late)]).toEqual(shared);
  expect(await link(world, late, 'conferenceRecords/long')).toMatchObject({ status: 409 });

  // What is changed about one of them reaches the other, although it is in another room.
  await world.admin('PATCH', `/api/classes/${early}`, { duration_minutes: 30, reason: 'half an hour' });
  for (const id of [early, late]) {
    const derived = world.attendance.derive(id).logs.map(({ personId, durationMs }) => [personId, durationMs]);
    const stored = world.logStore
      .list({ classId: id, limit: 9 })
      .map(({ personId, durationMs }) => [personId, durationMs]);
    expect(derived).toEqual(stored);
  }
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
