import { expect, test } from 'vitest';

import { ANA, BEN, moneyWorld } from '../support/money-world.ts';

/** An office at 16:30 with classes that nobody has looked at yet. */
function office() {
  const world = moneyWorld('2026-01-16T16:30:00Z');
  const { id: roomId } = world.roomStore.create({
    meetingCode: 'abc-defg-hij',
    space: null,
    meetLink: null,
    ownerEmail: null,
  });
  const [teacher, student] = [world.person(ANA, 'teacher'), world.person(BEN, 'student')];
  const book = (from: string, to: string) =>
    world.classStore.create({
      subject: 'Algebra',
      roomId,
      organizerEmail: ANA,
      seriesId: null,
      start: Date.parse(from),
      end: Date.parse(to),
      teacherIds: [teacher],
      studentIds: [student],
    }).id;
  const statuses = (classId: number) =>
    world.logStore.list({ classId, limit: 9 }).map(({ userEmail, status }) => [userEmail, status]);
  /** A pass of the loop, which notes that it was made. */
  const pass = () => {
    world.passes.started('monitor', world.clock.now());
    const summary = world.monitor();
    world.passes.finished('monitor', world.clock.now(), { summary });
    return summary;
  };
  return { ...world, book, statuses, pass };
}

test('a class that has begun gets a session and a log for everybody of the roster, pending until it is read', async () => {
  await using world = office();
  const on = world.book('2026-01-16T16:30:00Z', '2026-01-16T17:30:00Z');
  const later = world.book('2026-01-16T16:31:00Z', '2026-01-16T17:31:00Z');

  expect(world.monitor()).toEqual({ activated: 1, completed: 0 });

  expect(world.sessionStore.ofClass(on)).toMatchObject({ coverage: 'pending', attempts: 0, nextAttemptAt: null });
  expect(world.statuses(on)).toEqual([
    [ANA, 'pending'],
    [BEN, 'pending'],
  ]);
  expect(world.sessionStore.ofClass(later)).toBeNull();
});

test('E100: classes that began and ended while the daemon was down get their session on the first pass, however old', async () => {
  await using world = office();
  const classes = ['2026-01-16T15', '2025-12-02T16', '2025-01-02T16'].map((hour) =>
    world.book(`${hour}:00:00Z`, `${hour}:59:00Z`),
  );

  expect(world.monitor()).toEqual({ activated: 0, completed: 3 });

  expect(classes.map((id) => world.sessionStore.ofClass(id)?.coverage)).toEqual(['pending', 'pending', 'pending']);
});

test('a class that ends this very millisecond is over: slots are half-open', async () => {
  await using world = office();
  world.book('2026-01-16T15:30:00Z', '2026-01-16T16:30:00Z');

  expect(world.monitor()).toEqual({ activated: 0, completed: 1 });
});

test('a canceled class gets a session, too, and a second pass finds nothing to do', async () => {
  await using world = office();
  const canceled = world.book('2026-01-16T16:00:00Z', '2026-01-16T17:00:00Z');
  world.classStore.cancel(canceled, 'family', 'ill');
  world.book('2026-01-16T16:00:00Z', '2026-01-16T17:00:00Z');

  expect(world.pass()).toEqual({ activated: 1, completed: 0 });
  expect(world.pass()).toEqual({ activated: 0, completed: 0 });
  expect(world.sessionStore.ofClass(canceled)).toMatchObject({ coverage: 'pending' });
});

test('E96: a clock that was fast at the last pass and was set back since hides no class', async () => {
  await using world = office();
  world.clock.set('2026-01-20T16:30:00Z');
  world.pass();
  world.clock.set('2026-01-16T16:30:00Z');
  world.book('2026-01-10T16:00:00Z', '2026-01-10T17:00:00Z');

  expect(world.pass()).toEqual({ activated: 0, completed: 1 });
});

test('a class that is entered late, but began within a day of the last pass, is found', async () => {
  await using world = office();
  world.pass();
  world.clock.advance(60_000);
  world.book('2026-01-15T16:31:00Z', '2026-01-15T17:31:00Z');

  expect(world.pass()).toEqual({ activated: 0, completed: 1 });
});
