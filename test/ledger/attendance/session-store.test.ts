import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { COVERAGES, fresh, type Coverage, type CoverageState } from '../../../src/core/attendance/coverage-state.ts';
import { isDue } from '../../../src/core/attendance/coverage-waits.ts';
import { createClassStore } from '../../../src/ledger/attendance/class-store.ts';
import { createRoomStore } from '../../../src/ledger/attendance/room-store.ts';
import { createSessionStore } from '../../../src/ledger/attendance/session-store.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const HOUR = 60 * 60_000;
const NOW = Date.parse('2026-01-16T20:00:00Z');
const longestWaits = Object.fromEntries(COVERAGES.map((coverage, i) => [coverage, ((i + 1) * HOUR) / 4])) as Record<
  Coverage,
  number
>;
const reach = { outlastMs: HOUR, longestWaits, keptMs: 30 * 24 * HOUR };

/** A ledger in memory with one teacher and one room. */
function ledger() {
  const clock = handClock(NOW);
  const database = memoryLedger({ clock });
  const classStore = createClassStore(database, clock);
  const sessionStore = createSessionStore(database, clock);
  const teacher = createPeopleStore(database, clock).create({ email: 'ana@school.example', role: 'teacher' });
  const room = createRoomStore(database, clock).create({
    meetingCode: 'abc-defg-hij',
    space: 'spaces/one',
    meetLink: null,
    ownerEmail: null,
  });
  /** A class of an hour that ended so long ago, with a session in that state. */
  const held = (endedMsAgo: number, state: Partial<CoverageState> = {}) => {
    const end = NOW - endedMsAgo;
    const { id } = classStore.create({
      subject: 'Algebra',
      roomId: room.id,
      organizerEmail: 'ana@school.example',
      seriesId: null,
      start: end - HOUR,
      end,
      teacherIds: [teacher.id],
      studentIds: [],
    });
    const session = sessionStore.ensure(id);
    sessionStore.save(session.id, { ...fresh, ...state }, {});
    return session;
  };
  return { clock, classStore, sessionStore, held, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

const instant = fc.integer({ min: NOW - 2 * HOUR, max: NOW + 2 * HOUR });
const anyState = fc.record({
  coverage: fc.constantFrom(...COVERAGES),
  nextAttemptAt: fc.option(instant, { nil: null }),
});

describe('the sessions that the retry sweep takes', () => {
  test('are those of ended classes that the rule of the core says are due, whatever their state', () => {
    using world = ledger();
    // Long enough ago that the loop of live classes follows none of them any more.
    const sessions = Array.from({ length: 8 }, (_, i) => world.held((i + 2) * HOUR));
    fc.assert(
      fc.property(fc.array(anyState, { minLength: 8, maxLength: 8 }), (states) => {
        const made = sessions.map((session, i) => ({ session, state: states[i]! }));
        for (const { session, state } of made) world.sessionStore.save(session.id, { ...fresh, ...state }, {});

        const taken = world.sessionStore.due(NOW, reach, 100).map(({ id }) => id);

        const wanted = made
          .filter(({ state }) => isDue({ ...fresh, ...state }, NOW - HOUR, NOW, longestWaits))
          .map(({ session }) => session.id);
        expect(taken.toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b));
      }),
      { numRuns: 150 },
    );
  });

  test('begin with the class that ended first: its records are deleted first', () => {
    using world = ledger();
    const later = world.held(2 * HOUR);
    const earlier = world.held(5 * HOUR);

    expect(world.sessionStore.due(NOW, reach, 100).map(({ id }) => id)).toEqual([earlier.id, later.id]);
    expect(world.sessionStore.due(NOW, reach, 1).map(({ id }) => id)).toEqual([earlier.id]);
  });

  test('leave a call that is still on to the loop of live classes, for as long as that follows it', () => {
    using world = ledger();
    const { id } = world.held(HOUR / 2, { coverage: 'live' });

    expect(world.sessionStore.due(NOW, reach, 100)).toEqual([]);
    expect(world.sessionStore.live(NOW, reach).map((session) => session.id)).toEqual([id]);
    expect(world.sessionStore.due(NOW, { ...reach, outlastMs: HOUR / 4 }, 100).map((session) => session.id)).toEqual([
      id,
    ]);
  });
});

test('what waits for its next attempt is read when its time has come', () => {
  using world = ledger();
  const on = world.held(-HOUR / 2, { coverage: 'live', nextAttemptAt: NOW });
  world.held(-HOUR / 2, { coverage: 'live', nextAttemptAt: NOW + 1 });
  const ended = world.held(2 * HOUR, { coverage: 'partial', nextAttemptAt: NOW });
  world.held(2 * HOUR, { coverage: 'partial', nextAttemptAt: NOW + 1 });

  expect(world.sessionStore.live(NOW, reach).map(({ id }) => id)).toEqual([on.id]);
  expect(world.sessionStore.due(NOW, reach, 100).map(({ id }) => id)).toEqual([ended.id]);
});

test('a class has one session, however often it is asked for', () => {
  using world = ledger();
  const { classId, id } = world.held(2 * HOUR);

  expect(world.sessionStore.ensure(classId).id).toBe(id);
  expect(world.sessionStore.ofClass(classId)?.id).toBe(id);
  expect(world.sessionStore.counts()).toEqual({ pending: 1 });
});

test('what is owed is all that is neither final nor live, the oldest first', () => {
  using world = ledger();
  for (const [i, coverage] of COVERAGES.entries()) world.held((i + 1) * 2 * HOUR, { coverage });

  expect(world.sessionStore.debt(100).map(({ coverage }) => coverage)).toEqual([
    'expired',
    'no_access',
    'partial',
    'settling',
    'pending',
  ]);
  expect(
    world.sessionStore
      .openEndedBefore(NOW - 11 * HOUR)
      .map(({ coverage }) => coverage)
      .sort(),
  ).toEqual(['no_access', 'partial']);
});
