import { expect, test } from 'vitest';

import { algebra, by, signal } from '../actions/classes/booked.ts';
import { moneyWorld } from '../support/money-world.ts';

test('a class is shown with how much of its evidence is known', async () => {
  await using world = moneyWorld();
  const held = world.lesson();
  const partial = world.lesson({ date: '2026-01-20', coverage: 'partial' });

  expect(world.queries.class(held)).toMatchObject({
    class: { id: held, subject: 'Algebra', status: 'completed' },
    session: { classId: held, coverage: 'complete' },
  });
  expect(world.queries.class(99)).toBeNull();
  expect(world.queries.classes({ limit: 9 }).map(({ session }) => session?.coverage)).toEqual(['complete', 'partial']);
  expect(world.queries.classes({ limit: 9, from: Date.parse('2026-01-18') }).map((view) => view.class.id)).toEqual([
    partial,
  ]);
});

test('a class that has not begun has no session yet', async () => {
  await using world = moneyWorld();
  await world.actions.scheduleClass({ ...algebra, start: Date.parse('2026-02-10T15:00:00Z') }, by, signal);
  expect(world.queries.class(1)).toMatchObject({ class: { status: 'scheduled' }, session: null });
});
