import { describe, expect, test } from 'vitest';

import type { Unmatched } from '../../../src/core/attendance/identity/unmatched.ts';
import { createAccountStore } from '../../../src/ledger/attendance/account-store.ts';
import { createClassStore } from '../../../src/ledger/attendance/class-store.ts';
import { createIdentityStore } from '../../../src/ledger/attendance/identity-store.ts';
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
const BY = { actor: 'owner', reason: 'I know them' };

function ledger() {
  const clock = handClock(NOW);
  const database = memoryLedger({ clock });
  const people = createPeopleStore(database, clock);
  const classStore = createClassStore(database, clock);
  const sessionStore = createSessionStore(database, clock);
  const logStore = createLogStore(database, clock);
  const reviewStore = createReviewStore(database, clock);
  const identityStore = createIdentityStore(database, createAccountStore(database));
  const ana = people.create({ email: 'ana@school.example', role: 'teacher' });
  const ben = people.create({ email: 'ben@home.example', role: 'student', name: 'Ben' });
  const room = createRoomStore(database, clock).create({
    meetingCode: 'abc-defg-hij',
    space: 'spaces/one',
    meetLink: null,
    ownerEmail: null,
  });
  /** A class of the series with these accounts that nobody knows. */
  const lesson = (accounts: readonly string[], start = START) => {
    const { id } = classStore.create({
      subject: 'Algebra',
      roomId: room.id,
      organizerEmail: ana.email,
      seriesId: 'series-1',
      start,
      end: start + HOUR,
      teacherIds: [ana.id],
      studentIds: [ben.id],
    });
    const session = sessionStore.ensure(id);
    logStore.replaceReview(
      session.id,
      accounts.map((userId): Unmatched => ({
        classId: id,
        key: `account:${userId}`,
        kind: 'signedin',
        userId,
        displayName: `guest ${userId}`,
        participants: [`conferenceRecords/one/participants/${userId}`],
        presentMs: HOUR,
        knownPersonId: null,
        mayBe: [12],
        suggestion: { personId: ben.id, reason: 'the only one who is missing' },
      })),
    );
    return { classId: id, sessionId: session.id, items: reviewStore.list({ classId: id, after: 0, limit: 9 }) };
  };
  const rulesFor = (...labels: string[]) => identityStore.knowledgeOf({ accounts: [], labels, personIds: [] }).rules;
  const ignoredNow = () => identityStore.knowledgeOf({ accounts: [], labels: ['notetaker'], personIds: [] }).ignored;
  return {
    clock,
    ben,
    lesson,
    reviewStore,
    rulesFor,
    ignoredNow,
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

describe('an item of the review queue', () => {
  test('comes with its class and with the person who is suggested', () => {
    using world = ledger();
    const { classId, sessionId, items } = world.lesson(['101']);

    expect(items).toEqual([
      {
        id: items[0]!.id,
        classId,
        sessionId,
        seriesId: 'series-1',
        subject: 'Algebra',
        classStart: START,
        kind: 'signedin',
        displayName: 'guest 101',
        userId: '101',
        participants: ['conferenceRecords/one/participants/101'],
        presentMs: HOUR,
        knownPersonId: null,
        suggestedPersonId: world.ben.id,
        suggestedPersonEmail: 'ben@home.example',
        suggestedPersonName: 'Ben',
        knownPersonEmail: null,
        knownPersonName: null,
        suggestionReason: 'the only one who is missing',
        state: 'open',
        decidedAt: null,
        decidedBy: null,
        decisionReason: null,
        jobId: null,
      },
    ]);
    expect(world.reviewStore.get(items[0]!.id)).toEqual(items[0]);
    expect(world.reviewStore.namesIn(sessionId, 'signedin')).toEqual([
      { displayName: 'guest 101', start: null, end: null },
    ]);
    expect(world.reviewStore.namesIn(sessionId, 'phone')).toEqual([]);
  });

  test('is settled by somebody, and open again as if nobody had', () => {
    using world = ledger();
    const [item] = world.lesson(['101']).items;
    world.reviewStore.setState(item!.id, 'accepted', BY);
    expect(world.reviewStore.get(item!.id)).toEqual({
      ...item,
      state: 'accepted',
      decidedAt: NOW,
      decidedBy: 'owner',
      decisionReason: 'I know them',
    });
    expect(world.reviewStore.countOpen()).toBe(0);
    world.reviewStore.setState(item!.id, 'open', null);

    expect(world.reviewStore.get(item!.id)).toEqual(item);
    expect(world.reviewStore.countOpen()).toBe(1);
  });

  test('is listed in order of id, in pages, by state and by class', () => {
    using world = ledger();
    const first = world.lesson(['103', '101']);
    const second = world.lesson(['102'], START + HOUR);
    const [a, b, c] = [...first.items, ...second.items].map(({ id }) => id) as [number, number, number];
    world.reviewStore.setState(b, 'refused', BY);
    const ids = (where: Partial<Parameters<typeof world.reviewStore.list>[0]>) =>
      world.reviewStore.list({ after: 0, limit: 9, ...where }).map(({ id }) => id);

    expect(ids({ limit: 2 })).toEqual([a, b]);
    expect(ids({ after: b })).toEqual([c]);
    expect(ids({ state: 'open' })).toEqual([a, c]);
    expect(ids({ classId: second.classId })).toEqual([c]);
  });
});

test('what was learned from an item holds until the item is forgotten, and what others taught stays', () => {
  using world = ledger();
  const [one, two] = world.lesson(['101', '102']).items;
  const rule = { ...BY, personId: world.ben.id, verdict: 'is' } as const;
  world.reviewStore.learn(one!, { kind: 'account', value: '101', scope: 'everywhere' }, rule);
  world.reviewStore.ignore(one!, { kind: 'name', value: 'notetaker', scope: 'everywhere' }, BY);
  world.reviewStore.learn(two!, { kind: 'account', value: '102', scope: 'everywhere' }, rule);
  expect(world.rulesFor('101', '102').map(({ value }) => value)).toEqual(['101', '102']);
  expect(world.ignoredNow()).toMatchObject([{ kind: 'name', value: 'notetaker', scope: 'everywhere' }]);
  world.reviewStore.forget(one!.id);

  expect(world.rulesFor('101', '102').map(({ value }) => value)).toEqual(['102']);
  expect(world.ignoredNow()).toEqual([]);
});

test('an alias names the class or the series only where it holds for that alone', () => {
  using world = ledger();
  const { classId, items } = world.lesson(['101']);
  for (const scope of ['class', 'series', 'everywhere'] as const) {
    world.reviewStore.learn(
      items[0]!,
      { kind: 'name', value: 'benny', scope },
      { ...BY, personId: world.ben.id, verdict: 'is' },
    );
  }

  expect(world.rulesFor('benny').map(({ scope, classId: of, seriesId }) => [scope, of, seriesId])).toEqual([
    ['class', classId, null],
    ['series', null, 'series-1'],
    ['everywhere', null, null],
  ]);
});
