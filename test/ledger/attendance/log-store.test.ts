import { describe, expect, test } from 'vitest';

import type { Unmatched } from '../../../src/core/attendance/identity/unmatched.ts';
import type { DerivedLog } from '../../../src/core/attendance/logs.ts';
import { createClassStore } from '../../../src/ledger/attendance/class-store.ts';
import { createLogStore } from '../../../src/ledger/attendance/log-store.ts';
import { createReviewStore } from '../../../src/ledger/attendance/review-store.ts';
import { createRoomStore } from '../../../src/ledger/attendance/room-store.ts';
import { createSessionStore } from '../../../src/ledger/attendance/session-store.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const HOUR = 60 * 60_000;
const START = Date.parse('2026-01-16T15:00:00Z');
const NOW = START + 2 * HOUR;

function ledger() {
  const clock = handClock(NOW);
  const database = memoryLedger({ clock });
  const people = createPeopleStore(database, clock);
  const classStore = createClassStore(database, clock);
  const sessionStore = createSessionStore(database, clock);
  const [ana, zoe] = ['ana', 'zoe'].map((name) =>
    people.create({ email: `${name}@school.example`, role: 'teacher' }),
  ) as [ReturnType<typeof people.create>, ReturnType<typeof people.create>];
  const [ben, cleo] = ['ben', 'cleo'].map((name) =>
    people.create({ email: `${name}@home.example`, role: 'student' }),
  ) as [ReturnType<typeof people.create>, ReturnType<typeof people.create>];
  const room = createRoomStore(database, clock).create({
    meetingCode: 'abc-defg-hij',
    space: 'spaces/one',
    meetLink: null,
    ownerEmail: null,
  });
  const lesson = (start = START, teacher = ana) => {
    const { id } = classStore.create({
      subject: 'Algebra',
      roomId: room.id,
      organizerEmail: teacher.email,
      seriesId: null,
      start,
      end: start + HOUR,
      teacherIds: [teacher.id],
      studentIds: [ben.id, cleo.id],
    });
    return { classId: id, sessionId: sessionStore.ensure(id).id };
  };
  /** A student who was there for the whole class, unless the test says otherwise. */
  const log = (classId: number, personId: number, changes: Partial<DerivedLog> = {}): DerivedLog => ({
    classId,
    personId,
    participant: null,
    role: 'student',
    displayName: null,
    status: 'present',
    provisional: false,
    join: START,
    leave: START + HOUR,
    durationMs: HOUR,
    intervals: [{ start: START, end: START + HOUR, closedBy: 'session', open: false }],
    identity: { method: 'account', confidence: 'strong' },
    devices: 1,
    evidence: ['conferenceRecords/one/participants/1'],
    flags: [],
    ...changes,
  });
  return {
    clock,
    zoe,
    ben,
    cleo,
    lesson,
    log,
    logStore: createLogStore(database, clock),
    reviewStore: createReviewStore(database, clock),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

describe('the logs of a session', () => {
  test('that are derived again and are the same are not written', () => {
    using world = ledger();
    const { classId, sessionId } = world.lesson();
    const logs = [world.log(classId, world.ben.id), world.log(classId, world.cleo.id, { status: 'late' })];
    expect(world.logStore.replace(sessionId, logs)).toBe(true);
    const before = world.logStore.list({ sessionId, limit: 9 });
    world.clock.advance(HOUR);

    expect(world.logStore.replace(sessionId, logs)).toBe(false);
    expect(world.logStore.list({ sessionId, limit: 9 })).toEqual(before);
    expect(before.map(({ updatedAt }) => updatedAt)).toEqual([NOW, NOW]);
  });

  test('keep their numbers: only the one that differs is written, and one that is not derived any more goes', () => {
    using world = ledger();
    const { classId, sessionId } = world.lesson();
    const other = world.lesson(START + HOUR);
    const [ben, cleo, zoe] = [world.ben, world.cleo, world.zoe].map(({ id }) => world.log(classId, id)) as [
      DerivedLog,
      DerivedLog,
      DerivedLog,
    ];
    world.logStore.replace(sessionId, [ben, cleo, zoe]);
    world.logStore.replace(other.sessionId, [world.log(other.classId, world.ben.id)]);
    const [one, two] = world.logStore.list({ sessionId, limit: 9 });
    world.clock.advance(HOUR);

    expect(world.logStore.replace(sessionId, [{ ...cleo, status: 'late' }, ben])).toBe(true);
    expect(world.logStore.list({ sessionId, limit: 9 })).toEqual([
      one,
      { ...two, status: 'late', updatedAt: NOW + HOUR },
    ]);
    expect(world.logStore.list({ sessionId: other.sessionId, limit: 9 })).toHaveLength(1);
  });

  test('are listed in order of id, in pages, by student, status, teacher and time of the class', () => {
    using world = ledger();
    const first = world.lesson();
    const second = world.lesson(START + HOUR, world.zoe);
    for (const { classId, sessionId } of [first, second]) {
      world.logStore.replace(sessionId, [
        world.log(classId, world.ben.id),
        world.log(classId, world.cleo.id, { status: 'absent' }),
      ]);
    }
    const all = world.logStore.list({ limit: 9 });
    const found = (filter: Omit<Parameters<typeof world.logStore.list>[0], 'limit'>) =>
      world.logStore.list({ ...filter, limit: 9 }).map((one) => all.findIndex(({ id }) => id === one.id));

    expect(found({ after: all[1]!.id })).toEqual([2, 3]);
    expect(world.logStore.list({ limit: 1 })).toEqual([all[0]]);
    expect(found({ userEmail: 'Ben@home.example' })).toEqual([0, 2]);
    expect(found({ status: 'absent' })).toEqual([1, 3]);
    expect(found({ teacherIds: [world.zoe.id] })).toEqual([2, 3]);
    // A class that ends at `from`, or starts at `to`, is not of that time.
    expect(found({ from: START + HOUR })).toEqual([2, 3]);
    expect(found({ to: START + HOUR })).toEqual([0, 1]);
  });
});

describe('the review items of a session', () => {
  const stranger = (classId: number, changes: Partial<Unmatched> = {}): Unmatched => ({
    classId,
    key: 'account:909',
    kind: 'signedin',
    userId: '909',
    displayName: 'B.',
    participants: ['conferenceRecords/one/participants/9'],
    presentMs: HOUR,
    knownPersonId: null,
    mayBe: [],
    suggestion: null,
    ...changes,
  });

  test('that are seen no more are gone, and open again under their number when they come back', () => {
    using world = ledger();
    const { classId, sessionId } = world.lesson();
    const states = () => world.reviewStore.list({ after: 0, limit: 9 }).map(({ id, state }) => [id, state]);
    world.logStore.replaceReview(sessionId, [stranger(classId)]);
    const [[id]] = states() as [[number, string]];
    world.logStore.replaceReview(sessionId, []);
    expect(states()).toEqual([[id, 'gone']]);
    world.logStore.replaceReview(sessionId, [stranger(classId)]);

    expect(states()).toEqual([[id, 'open']]);
  });

  test('that a person settled stay settled, whether they are seen or not, and say what was seen last', () => {
    using world = ledger();
    const { classId, sessionId } = world.lesson();
    world.logStore.replaceReview(sessionId, [stranger(classId)]);
    const { id } = world.reviewStore.list({ after: 0, limit: 9 })[0]!;
    world.reviewStore.setState(id, 'refused', { actor: 'owner', reason: 'not Ben' });
    world.logStore.replaceReview(sessionId, [
      stranger(classId, { presentMs: 1000, suggestion: { personId: world.ben.id, reason: 'name' } }),
    ]);
    const seen = world.reviewStore.get(id);
    expect(seen).toMatchObject({
      state: 'refused',
      decidedBy: 'owner',
      presentMs: 1000,
      suggestedPersonEmail: 'ben@home.example',
    });
    world.logStore.replaceReview(sessionId, []);

    expect(world.reviewStore.get(id)).toEqual(seen);
  });

  test('that a person settled and who wait again all the same have a new item, which goes like any other', () => {
    using world = ledger();
    const { classId, sessionId } = world.lesson();
    const states = () => world.reviewStore.list({ after: 0, limit: 9 }).map(({ id, state }) => [id, state]);
    world.logStore.replaceReview(sessionId, [stranger(classId)]);
    const by = { actor: 'owner', reason: 'not Ben' };
    world.reviewStore.setState(1, 'refused', by);
    const settled = world.reviewStore.get(1);

    for (let reads = 0; reads < 2; reads += 1) {
      world.logStore.replaceReview(sessionId, [stranger(classId, { mayBe: [12] })]);
      expect(states()).toEqual([
        [1, 'refused'],
        [2, 'open'],
      ]);
    }
    expect(world.reviewStore.get(1)).toEqual(settled);
    expect(world.reviewStore.namesIn(sessionId, 'signedin')).toHaveLength(1);
    world.logStore.replaceReview(sessionId, []);
    expect(states()).toEqual([
      [1, 'refused'],
      [2, 'gone'],
    ]);
    world.reviewStore.setState(1, 'accepted', by);
    world.logStore.replaceReview(sessionId, [stranger(classId)]);
    expect(states()).toEqual([
      [1, 'accepted'],
      [2, 'open'],
    ]);
  });
});
