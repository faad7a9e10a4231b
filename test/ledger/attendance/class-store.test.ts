import { describe, expect, test } from 'vitest';

import { createClassStore } from '../../../src/ledger/attendance/class-store.ts';
import { createRoomStore } from '../../../src/ledger/attendance/room-store.ts';
import { createSessionStore } from '../../../src/ledger/attendance/session-store.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const HOUR = 60 * 60_000;
const START = Date.parse('2026-01-16T15:00:00Z');

function ledger() {
  const clock = handClock(START - HOUR);
  const database = memoryLedger({ clock });
  const classStore = createClassStore(database, clock);
  const people = createPeopleStore(database, clock);
  const ana = people.create({ email: 'ana@school.example', role: 'teacher' });
  const ben = people.create({ email: 'ben@home.example', role: 'student' });
  const room = createRoomStore(database, clock).create({
    meetingCode: 'abc-defg-hij',
    space: null,
    meetLink: null,
    ownerEmail: null,
  });
  const lesson = (start: number, teacherIds = [ana.id]) =>
    classStore.create({
      subject: 'Algebra',
      roomId: room.id,
      organizerEmail: 'ana@school.example',
      seriesId: null,
      start,
      end: start + HOUR,
      teacherIds,
      studentIds: [ben.id],
    }).id;
  return {
    clock,
    classStore,
    sessionStore: createSessionStore(database, clock),
    lesson,
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

describe('the status of a class', () => {
  test('follows its slot at the instant it is asked for, and nobody has to mark it', () => {
    using world = ledger();
    const id = world.lesson(START);
    const statusAt = (instant: number) => {
      world.clock.set(instant);
      return world.classStore.get(id)?.status;
    };

    expect([START - 1, START, START + HOUR - 1, START + HOUR].map(statusAt)).toEqual([
      'scheduled',
      'active',
      'active',
      'completed',
    ]);
    // A clock that had jumped and came back leaves nothing wrong behind.
    expect(statusAt(START - 1)).toBe('scheduled');
    world.classStore.cancel(id, 'family', 'ill');
    expect(statusAt(START + HOUR)).toBe('canceled');
  });

  test('is what a list is narrowed by', () => {
    using world = ledger();
    const ids = [-3, -1, 0, 2, 4].map((hours) => world.lesson(START + hours * HOUR));
    world.classStore.cancel(ids[4]!, 'school', 'snow');
    world.clock.set(START);
    const all = world.classStore.list({ limit: 9 });

    for (const status of ['scheduled', 'active', 'completed', 'canceled'] as const) {
      const wanted = all.filter((c) => c.status === status).map(({ id }) => id);
      expect(world.classStore.list({ status, limit: 9 }).map(({ id }) => id)).toEqual(wanted);
      expect(wanted.length).toBeGreaterThan(0);
    }
  });
});

test('all classes are read however many pages they fill, in order of start', () => {
  using world = ledger();
  const ids = Array.from({ length: 1001 }, (_, i) => world.lesson(START - Math.floor(i / 2) * HOUR));

  const found = world.classStore.all({});
  expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids));
  expect(found.map(({ start }) => start)).toEqual(found.map(({ start }) => start).toSorted((a, b) => a - b));
  expect(found).toHaveLength(1001);
});

test('a class that has begun and has no session is found once, also a canceled one while its records are kept', () => {
  using world = ledger();
  const [early, now, canceled, later] = [-24, 0, 0, 1].map((hours) => world.lesson(START + hours * HOUR));
  world.classStore.cancel(canceled!, 'teacher', 'ill');
  const found = (since: number, kept = 0) =>
    world.classStore.begunWithoutSession(since, START, kept).map(({ id }) => id);

  expect(found(Number.MIN_SAFE_INTEGER)).toEqual([early, now, canceled]);
  expect(found(Number.MIN_SAFE_INTEGER, START + HOUR)).toEqual([early, now]);
  world.sessionStore.ensure(canceled!);
  expect(found(START - HOUR)).toEqual([now]);
  world.sessionStore.ensure(now!);
  expect(found(START - HOUR)).toEqual([]);
  expect(later).toBeDefined();
});

test('a clash is another class of the room whose slot overlaps, unless it is canceled', () => {
  using world = ledger();
  const id = world.lesson(START);
  const room = world.classStore.get(id)!.room.id;

  expect(world.classStore.clash(room, START + HOUR - 1, START + 2 * HOUR)).toBe(id);
  expect(world.classStore.clash(room, START + HOUR, START + 2 * HOUR)).toBeNull();
  expect(world.classStore.clash(room, START, START + HOUR, id)).toBeNull();
  world.classStore.cancel(id, 'family', 'ill');
  expect(world.classStore.clash(room, START, START + HOUR)).toBeNull();
});
