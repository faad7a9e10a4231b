import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, moneyWorld } from '../support/money-world.ts';

const statuses = (world: ReturnType<typeof moneyWorld>, classId: number) =>
  world.logStore.list({ classId, limit: 9 }).map(({ userEmail, status }) => [userEmail, status]);

test('presence is derived once, and the status of everybody follows from it for any coverage', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ there: { [ANA]: ['16:00-16:30'] }, students: [BEN] });
  const presence = world.attendance.presenceOf(classId)!;
  const of = (coverage: 'live' | 'complete') =>
    presence.logs(coverage).logs.map(({ role, status, provisional }) => [role, status, provisional]);

  expect(of('live')).toEqual([
    ['teacher', 'pending', true],
    ['student', 'pending', true],
  ]);
  expect(of('complete')).toEqual([
    ['teacher', 'present', false],
    ['student', 'absent', false],
  ]);
});

test('a rebuild that finds what is stored writes nothing, and one after a decision says that logs changed', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ there: { [ANA]: ['16:00-16:30'] }, students: [BEN] });

  expect(world.attendance.rebuild(classId)).toMatchObject({ logs: 2, logsChanged: false });

  const decided = await world.admin('POST', '/api/decisions', {
    kind: 'excuse',
    class_id: classId,
    user_email: BEN,
    reason: 'ill',
  });
  expect(decided.status).toBe(201);
  expect(statuses(world, classId)).toEqual([
    [ANA, 'present'],
    [BEN, 'excused'],
  ]);
  expect(world.attendance.rebuild(classId)).toMatchObject({ logsChanged: false });
});

test('the classes of a room are rebuilt together, but the one that was rebuilt already', async () => {
  await using world = moneyWorld();
  const first = world.lesson({ from: '16:00', to: '16:30', there: { [ANA]: ['16:00-16:30'] }, students: [BEN] });
  const second = world.lesson({ from: '16:30', to: '17:00', there: { [ANA]: ['16:30-17:00'] }, students: [CLEO] });
  const { room, start, end } = world.classStore.get(first)!;
  world.database.sqlite.prepare('update attendance_logs set duration_ms = 1').run();

  expect(world.attendance.rebuildRoom(room.id, { start, end }, first)).toEqual([second]);
  expect(world.attendance.rebuildRoom(room.id, { start, end })).toEqual([first]);
});

test('a class of the room whose logs change is stored with the coverage that is decided for it, the others as they are', async () => {
  await using world = moneyWorld();
  const first = world.lesson({ from: '16:00', to: '16:30', there: { [ANA]: ['16:00-16:30'] }, students: [BEN] });
  const second = world.lesson({ from: '16:30', to: '17:00', there: { [ANA]: ['16:30-17:00'] }, students: [CLEO] });
  const { room, start, end } = world.classStore.get(first)!;
  const logs = (classId: number) =>
    world.logStore.list({ classId, limit: 9 }).map(({ provisional, durationMs }) => [provisional, durationMs]);
  const asked: number[] = [];
  const reopen = ({ classId }: { classId: number }) => {
    asked.push(classId);
    return 'settling' as const;
  };
  const sessionId = world.sessionStore.ofClass(second)!.id;
  world.database.sqlite.prepare('update attendance_logs set duration_ms = 1 where session_id = ?').run(sessionId);

  expect(world.attendance.rebuildRoom(room.id, { start, end }, undefined, reopen)).toEqual([second]);
  expect(asked).toEqual([second]);
  expect(logs(first).every(([provisional]) => provisional === false)).toBe(true);
  expect(logs(second)).toContainEqual([true, 30 * 60_000]);
});

test('a class that does not exist, or has no session yet, has no presence and no logs', async () => {
  await using world = moneyWorld();

  expect(world.attendance.presenceOf(99)).toBeNull();
  expect(world.attendance.rebuild(99)).toEqual({ logs: 0, logsChanged: false });
});
