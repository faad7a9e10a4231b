import { expect, test } from 'vitest';

import { ANA, BEN, moneyWorld } from '../../support/money-world.ts';
import { webWorld } from '../../web/web-world.ts';
import { algebra, booked, by, signal, why } from './booked.ts';

const because = { actor: 'office', reason: 'the family wrote the wrong day' };

test('a cancellation is taken back with a reason, and the class stands as before', async () => {
  await using world = webWorld({ now: '2026-01-16T14:00:00Z' });
  const { class: before } = booked(await world.actions.scheduleClass(algebra, by, signal));
  world.actions.cancelClass(before.id, 'family', because);

  const { class: c } = booked(world.actions.reinstateClass(before.id, because));

  expect(c).toEqual(before);
  expect(world.audit.list({ limit: 1 }).items[0]).toMatchObject({
    action: 'class.reinstate',
    subject: 'class:1',
    reason: because.reason,
    before: { status: 'canceled', canceled_by: 'family' },
    after: { status: 'scheduled' },
  });
  expect(why(world.actions.reinstateClass(before.id, because))).toBe('class_not_canceled');
  expect(why(world.actions.reinstateClass(9, because))).toBe('not_found');
});

test('a class that has begun by then has a session at once', async () => {
  await using world = webWorld({ now: '2026-01-16T14:00:00Z' });
  booked(await world.actions.scheduleClass(algebra, by, signal));
  world.actions.cancelClass(1, 'family', because);
  world.clock.set('2026-01-16T15:10:00Z');

  expect(booked(world.actions.reinstateClass(1, because))).toMatchObject({
    class: { status: 'active' },
    session: { coverage: 'pending' },
  });
});

test('nothing is taken back where another class has the room by now, or the period is closed', async () => {
  await using world = webWorld({ now: '2026-01-16T14:00:00Z' });
  booked(await world.actions.scheduleClass(algebra, by, signal));
  world.actions.cancelClass(1, 'family', because);
  booked(await world.actions.scheduleClass({ ...algebra, subject: 'Geometry' }, by, signal));

  expect(world.actions.reinstateClass(1, because)).toMatchObject({ code: 'room_busy', classId: 2 });
  expect(world.classStore.get(1)).toMatchObject({ status: 'canceled' });

  await using office = moneyWorld();
  const classId = office.lesson();
  office.classStore.cancel(classId, 'family', 'ill');
  await office.actions.closePeriod('2026-01', { exceptions: true }, because);
  expect(why(office.actions.reinstateClass(classId, because))).toBe('period_closed');
  expect(office.actions.reinstateClass(classId, { ...because, as: 'adjustment' })).toMatchObject({
    kind: 'saved',
    warnings: [expect.stringContaining('the difference is proposed')],
  });
});

test('a canceled class keeps its logs, and who was in it has the minutes whatever becomes of it', async () => {
  await using world = moneyWorld('2026-01-16T16:50:00Z');
  const there = { [ANA]: ['16:00-16:50'], [BEN]: ['16:00-16:50'] };
  const classId = world.lesson({ there, coverage: 'live' });
  const minutes = () => world.logStore.list({ classId }).map(({ durationMs }) => durationMs / 60_000);

  booked(world.actions.cancelClass(classId, 'family', because));
  expect(minutes()).toEqual([50, 50]);
  booked(world.actions.reinstateClass(classId, because));
  expect(minutes()).toEqual([50, 50]);
});

test('a decision that still calls the class canceled is named', async () => {
  await using world = moneyWorld();
  const classId = world.lesson();
  const said = { kind: 'set_outcome', class_id: classId, outcome: 'canceled', reason: 'the school was shut' };
  world.classStore.cancel(classId, 'family', 'ill');
  world.actions.decide(said, { actor: 'office' });
  expect(booked(world.actions.reinstateClass(classId, because)).warnings).toEqual([
    'decision 1 still says that it counts as canceled: undo that too for the minutes to count',
  ]);
});
