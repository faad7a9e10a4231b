import { expect, test } from 'vitest';

import { captureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';
import { ANA, at, book, MINUTE, OTHER, pass, twoRooms } from '../support/one-room.ts';

/** A school at 16:30 with a call in the first room, and a second teacher with a room of their own. */
async function school() {
  const { timeline, other, otherRoom } = twoRooms();
  otherRoom.call('15:58', null).joins(other, '15:58', null);
  const world = await captureWorld('2026-03-02T16:30:00Z', timeline.world);
  const minutesOf = (classId: number, userEmail = ANA) =>
    world.parts.logStore.list({ classId, userEmail, limit: 1 })[0]?.durationMs;
  return {
    ...world,
    other: { teacher: OTHER, code: otherRoom.meetingCode },
    /** One pass of the loop alone, over the classes that have begun by then. */
    fetch(when = '16:30') {
      world.clock.set(at(when));
      world.parts.monitor();
      return world.parts.fetch(world.signal);
    },
    asked: (method: string) => world.google.requests.filter((request) => request.method === method).length,
    coverageOf: (classId: number) => world.parts.sessionStore.ofClass(classId)?.coverage,
    minutesOf: (classId: number, email?: string) => (minutesOf(classId, email) ?? 0) / MINUTE,
  };
}

test('every class that is on is read, also a canceled one; one that has not begun is left alone', async () => {
  await using world = await school();
  const on = book(world);
  const later = book(world, { from: '18:00', to: '19:00' });
  const canceled = book(world, { ...world.other, subject: 'Chess' });
  world.parts.classStore.cancel(canceled, 'school', 'holiday');

  expect(await world.fetch()).toEqual({ live: 2, read: 2, failed: 0, skipped: 0 });

  expect([on, later, canceled].map(world.coverageOf)).toEqual(['live', undefined, 'live']);
  expect(world.minutesOf(on)).toBe(30);
});

test('each pass follows the minutes, counted up to what Google said and not to what is expected', async () => {
  await using world = await school();
  const id = book(world);

  const seen: number[] = [];
  for (const when of ['16:03', '16:30', '16:59']) {
    await world.fetch(when);
    seen.push(world.minutesOf(id));
  }

  expect(seen).toEqual([3, 30, 59]);
});

test('one organiser who fails is counted, and the classes of others are read in the same pass', async () => {
  await using world = await school();
  const [first, second] = [book(world), book(world, world.other)];
  world.google.setFaults(failing('http-503', { user: OTHER }));

  expect(await world.fetch()).toEqual({ live: 2, read: 1, failed: 1, skipped: 0 });

  expect([first, second].map(world.coverageOf)).toEqual(['live', 'partial']);
  expect(world.minutesOf(first)).toBe(30);
});

test('a class that earlier failures hold back is counted as live, and as not read', async () => {
  await using world = await school();
  book(world);
  world.google.setFaults(failing('http-503'));
  const seen = [];
  // After five failures the organiser is left alone for half a minute.
  for (let tried = 0; tried < 8; tried += 1) seen.push(await world.fetch());

  expect(seen[0]).toEqual({ live: 1, read: 0, failed: 1, skipped: 0 });
  expect(seen.at(-1)).toEqual({ live: 1, read: 0, failed: 0, skipped: 1 });
});

test('classes of one room share the answers of a pass: the call they share is read once', async () => {
  await using world = await school();
  const [first, second] = [book(world), book(world, { subject: 'Chess' })];

  expect(await world.fetch()).toEqual({ live: 2, read: 2, failed: 0, skipped: 0 });

  expect([first, second].map(world.coverageOf)).toEqual(['live', 'live']);
  expect([world.asked('conferenceRecords.list'), world.asked('participants.list')]).toEqual([1, 1]);
});

test('a class that cannot be stored fails by itself and is tried in the next pass', async () => {
  await using world = await school();
  const [first, second] = [book(world), book(world, world.other)];
  const { sqlite } = world.parts.database;
  world.parts.monitor();
  sqlite.exec(`create trigger full before update on sessions when new.class_id = ${first}
    begin select raise(abort, 'disk full'); end`);

  expect(await world.fetch()).toEqual({ live: 2, read: 1, failed: 1, skipped: 0 });
  expect(world.errors).toEqual(['class not read']);
  expect([first, second].map(world.coverageOf)).toEqual(['pending', 'live']);
  expect(sqlite.prepare('select count(*) from participants').pluck().get()).toBe(1);

  sqlite.exec('drop trigger full');
  expect(await world.fetch('16:33')).toEqual({ live: 2, read: 2, failed: 0, skipped: 0 });
  expect(world.minutesOf(first)).toBe(33);
});

test('a call that outlasts its slot is followed for an hour by this loop, and then by the sweep', async () => {
  await using world = await school();
  const id = book(world);
  await pass(world, '16:59');
  await world.fetch('17:05');
  expect(world.coverageOf(id)).toBe('live');

  expect(await world.fetch('17:59')).toMatchObject({ read: 1 });
  expect(await world.fetch('18:00')).toMatchObject({ read: 0 });
});

test('a pass that is told to end throws the reason', async () => {
  await using world = await school();
  book(world);
  world.parts.monitor();

  await expect(world.parts.fetch(AbortSignal.abort(new Error('shutting down')))).rejects.toThrow('shutting down');
});
