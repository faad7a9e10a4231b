import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, moneyWorld } from '../support/money-world.ts';

test('the classes that are on, about to begin, or just over', async () => {
  await using world = moneyWorld('2026-01-16T16:30:00Z');
  world.lesson({ from: '14:30', to: '15:30', space: 'spaces/past' });
  const over = world.lesson({ from: '14:31', to: '15:31', space: 'spaces/over' });
  const on = world.lesson({ from: '16:00', to: '17:00', space: 'spaces/on' });
  const soon = world.lesson({ from: '16:44', to: '17:44', space: 'spaces/soon', there: {} });
  world.lesson({ from: '16:45', to: '17:45', space: 'spaces/later', there: {} });

  expect(world.queries.classesNow(undefined).map(({ classId, status }) => [classId, status])).toEqual([
    [over, 'completed'],
    [on, 'active'],
    [soon, 'scheduled'],
  ]);
  const [ana] = world.database.sqlite.prepare('select id from people where email = ?').pluck().all(ANA) as number[];
  expect(world.queries.classesNow([ana!])).toHaveLength(3);
  expect(world.queries.classesNow([])).toEqual([]);
});

test('each with who is in the call, and how long students were there', async () => {
  await using world = moneyWorld('2026-01-16T16:30:00Z');
  const there = { [ANA]: ['15:58-16:20'], [BEN]: ['16:00-16:20'], [CLEO]: ['16:05-16:20'] };
  world.lesson({ students: [BEN, CLEO], there, coverage: 'live' });
  expect(world.queries.classesNow(undefined)).toMatchObject([
    { subject: 'Algebra', teacher: 'Ana Reis', coverage: 'live', inCall: [], minutesOfOthers: 35 },
  ]);

  const { sqlite } = world.database;
  sqlite.prepare('update attendance_logs set leave_at = null where person_id <> 1').run();
  expect(world.queries.classesNow(undefined)[0]?.inCall).toEqual(['ben', 'cleo']);
});
