import { describe, expect, test } from 'vitest';

import { createClassStore } from '../../../src/ledger/attendance/class-store.ts';
import { createEvidenceStore } from '../../../src/ledger/attendance/evidence-store.ts';
import { createRoomStore } from '../../../src/ledger/attendance/room-store.ts';
import { createDecisionStore } from '../../../src/ledger/money/decision-store.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const HOUR = 60 * 60_000;
const START = Date.parse('2026-01-16T15:00:00Z');
const NOW = START + 5 * HOUR;
const RECORD = 'conferenceRecords/one';

function ledger() {
  const clock = handClock(NOW);
  const database = memoryLedger({ clock });
  const people = createPeopleStore(database, clock);
  const classStore = createClassStore(database, clock);
  const ana = people.create({ email: 'ana@school.example', role: 'teacher' });
  const ben = people.create({ email: 'ben@home.example', role: 'student' });
  const room = createRoomStore(database, clock).create({
    meetingCode: 'abc-defg-hij',
    space: 'spaces/one',
    meetLink: null,
    ownerEmail: null,
  });
  const lesson = (start: number) =>
    classStore.create({
      subject: 'Algebra',
      roomId: room.id,
      organizerEmail: ana.email,
      seriesId: null,
      start,
      end: start + HOUR,
      teacherIds: [ana.id],
      studentIds: [ben.id],
    }).id;
  const decisionStore = createDecisionStore(database, clock);
  const said = { actor: 'owner', reason: 'they wrote to us' };
  return {
    clock,
    people,
    decisionStore,
    ben,
    classId: lesson(START),
    nextClassId: lesson(START + HOUR),
    excuse: (classId: number) =>
      decisionStore.create({ kind: 'excuse', personId: ben.id, payload: {}, classId, ...said }),
    link: (classId: number, record = RECORD) =>
      decisionStore.create({ kind: 'link_call', personId: null, payload: { record }, classId, ...said }),
    evidence: createEvidenceStore(database),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

describe('a decision', () => {
  test('comes back with whom it is about, who made it, why and when', () => {
    using world = ledger();
    const made = world.excuse(world.classId);

    expect(made).toEqual({
      id: made.id,
      kind: 'excuse',
      classId: world.classId,
      personId: world.ben.id,
      userEmail: 'ben@home.example',
      payload: {},
      actor: 'owner',
      reason: 'they wrote to us',
      createdAt: NOW,
      undoneAt: null,
      undoneBy: null,
      undoReason: null,
    });
    expect(world.decisionStore.get(made.id)).toEqual(made);
    expect(world.decisionStore.get(made.id + 1)).toBeNull();
  });

  test('that is undone does not stand any more, but stays with who undid it and why', () => {
    using world = ledger();
    const [undone, standing] = [world.excuse(world.classId), world.excuse(world.nextClassId)];
    world.clock.advance(HOUR);
    const after = world.decisionStore.undo(undone.id, 'ana', 'a mistake');

    expect(after).toEqual({ ...undone, undoneAt: NOW + HOUR, undoneBy: 'ana', undoReason: 'a mistake' });
    expect(world.decisionStore.list({ after: 0, limit: 9 })).toEqual([after, standing]);
    expect(world.decisionStore.list({ standing: true, after: 0, limit: 9 })).toEqual([standing]);
  });

  test('is listed in the order it was made, in pages, by class and by kind', () => {
    using world = ledger();
    const [a, b, c] = [world.excuse(world.nextClassId), world.link(world.classId), world.excuse(world.classId)];
    const { list } = world.decisionStore;

    expect(list({ after: 0, limit: 2 })).toEqual([a, b]);
    expect(list({ after: b.id, limit: 2 })).toEqual([c]);
    expect(list({ classId: world.classId, after: 0, limit: 9 })).toEqual([b, c]);
    expect(list({ kind: 'excuse', after: 0, limit: 9 })).toEqual([a, c]);
  });
});

test('a call is linked to a class for as long as the decision stands', () => {
  using world = ledger();
  expect(world.decisionStore.linksOf(RECORD)).toEqual([]);
  const { id } = world.link(world.classId);
  expect(world.decisionStore.linksOf(RECORD)).toEqual([world.classId]);
  expect(world.decisionStore.linksOf('conferenceRecords/two')).toEqual([]);
  world.decisionStore.undo(id, 'owner', 'the other class');
  expect(world.decisionStore.linksOf(RECORD)).toEqual([]);
  world.link(world.nextClassId);

  expect(world.decisionStore.linksOf(RECORD)).toEqual([world.nextClassId]);
});

test('a call lasts until its end, or until it was last seen while it goes on', () => {
  using world = ledger();
  const observe = (end: number | null, readAt: number) =>
    world.evidence.record({
      space: 'spaces/one',
      records: {
        within: { start: START, end: START + HOUR },
        items: [
          {
            name: RECORD,
            space: 'spaces/one',
            start: START,
            startText: new Date(START).toISOString(),
            end,
            endText: end === null ? null : new Date(end).toISOString(),
            expireAt: null,
          },
        ],
        readAt,
      },
      participants: [],
      sessions: [],
    });

  expect(world.decisionStore.call(RECORD)).toBeNull();
  observe(null, START + 10);
  expect(world.decisionStore.call(RECORD)).toEqual({ space: 'spaces/one', start: START, end: START + 10 });
  observe(START + HOUR, START + 2 * HOUR);
  expect(world.decisionStore.call(RECORD)).toEqual({ space: 'spaces/one', start: START, end: START + HOUR });
});
