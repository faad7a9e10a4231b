import { expect, test } from 'vitest';

import { webWorld } from '../../web/web-world.ts';
import { algebra, at, booked, by, signal } from './booked.ts';

const DAY = 24 * 60 * 60_000;

test('a class is read from half an hour before it on', async () => {
  await using world = webWorld();
  booked(await world.actions.scheduleClass(algebra, by, signal));
  world.clock.set('2026-01-16T14:29:59Z');
  expect(world.actions.planRead({ of: 'class', classId: 1 })).toMatchObject({
    code: 'class_not_started',
    message: 'class 1 has not begun: ask from 2026-01-16T14:30:00Z on',
  });
  world.clock.set('2026-01-16T14:30:00Z');
  expect(world.actions.planRead({ of: 'class', classId: 1 })).toEqual({
    kind: 'sync_class',
    key: 'class:1',
    payload: { class_id: 1 },
  });
});

test('a class that is canceled is read like any other, one that is not there is not', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  booked(await world.actions.scheduleClass(algebra, by, signal));
  booked(world.actions.cancelClass(1, 'school', { ...by, reason: 'holiday' }));
  expect(world.actions.planRead({ of: 'class', classId: 1 })).toMatchObject({ kind: 'sync_class' });
  expect(world.actions.planRead({ of: 'class', classId: 9 })).toMatchObject({
    code: 'not_found',
    message: 'there is no class 9',
  });
});

test('the past is read no further back than Google remembers', async () => {
  await using world = webWorld();
  const now = at('2026-01-16T12:00:00Z');
  expect(world.actions.planRead({ of: 'past', since: now - DAY })).toMatchObject({
    kind: 'backfill',
    payload: { since: now - DAY },
  });
  expect(world.actions.planRead({ of: 'past', since: 0 })).toMatchObject({ payload: { since: now - 30 * DAY } });
});

test('while the job of a read waits, whoever asks for the same read gets that job, and its row tells who asked first', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  booked(await world.actions.scheduleClass(algebra, by, signal));
  const planned = world.actions.planRead({ of: 'class', classId: 1 });
  if (planned.kind === 'refused') throw new Error(planned.message);
  const ask = (actor: string) => world.actions.requestRead(planned, { actor });

  const job = ask('ana');
  expect(job).toMatchObject({ kind: 'sync_class', actor: 'ana' });
  expect(ask('office')).toEqual(job);
});
