import { describe, expect, test } from 'vitest';

import { createAccountStore } from '../../../src/ledger/attendance/account-store.ts';
import { createEvidenceStore } from '../../../src/ledger/attendance/evidence-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const HOUR = 60 * 60_000;
const START = Date.parse('2026-01-16T15:00:00Z');

/** A call that began at `START`, with these accounts in it. */
function ledger(accounts: readonly string[] = []) {
  const database = memoryLedger({ clock: handClock(START) });
  const [space, record, readAt] = ['spaces/one', 'conferenceRecords/one', START + 60_000];
  const call = { name: record, space, start: START, startText: '', end: null, endText: null, expireAt: null };
  const people = accounts.map((userId) => ({
    name: `${record}/participants/${userId}`,
    kind: 'signedin' as const,
    userId,
    displayName: userId,
    earliestStart: START,
    latestEnd: null,
  }));
  createEvidenceStore(database).record({
    space,
    records: { within: { start: START, end: START + HOUR }, items: [call], readAt },
    participants: [{ record, items: people, readAt }],
    sessions: [],
  });
  return { accounts: createAccountStore(database), [Symbol.dispose]: () => database[Symbol.dispose]() };
}

describe('an account', () => {
  test('is unknown until the Directory was asked about it, whatever it answered', () => {
    using world = ledger(['ben', 'cleo']);
    expect(world.accounts.emails(['ben', 'cleo'])).toEqual(new Map());
    world.accounts.record('ben', { email: 'Ben@Home.example', name: 'Ben' }, START);
    world.accounts.record('cleo', null, START);

    expect(world.accounts.emails(['ben', 'cleo', 'zoe'])).toEqual(
      new Map([
        ['ben', 'ben@home.example'],
        ['cleo', null],
      ]),
    );
  });

  test('that the Directory does not know any more keeps the address it had', () => {
    using world = ledger();
    world.accounts.record('ben', { email: 'ben@home.example', name: 'Ben' }, START);
    world.accounts.record('ben', null, START + HOUR);

    expect(world.accounts.emails(['ben'])).toEqual(new Map([['ben', 'ben@home.example']]));
  });

  test('that was refused is unanswered for a day, and asked about again from then on too', () => {
    using world = ledger(['ben']);
    const asked = (askedBefore: number) =>
      world.accounts.toLookUp({ now: START + 90 * HOUR, recentFrom: START + 80 * HOUR, askedBefore }, 9).length;
    for (const hours of [0, 1, 23]) {
      world.accounts.recordRefusal('ben', START + hours * HOUR);
      expect(world.accounts.emails(['ben'])).toEqual(new Map());
      expect(asked(START)).toBe(1);
    }
    world.accounts.recordRefusal('ben', START + 24 * HOUR);

    expect(world.accounts.emails(['ben'])).toEqual(new Map([['ben', null]]));
    expect([asked(START + 24 * HOUR), asked(START + 25 * HOUR)]).toEqual([0, 1]);
  });

  test('is looked up when nobody asked about it, and again only if its call is recent and the last answer old', () => {
    using world = ledger(['ben', 'cleo']);
    world.accounts.record('ben', null, START + HOUR);
    const asked = (recentFrom: number, askedBefore: number) =>
      world.accounts
        .toLookUp({ now: START + 9 * HOUR, recentFrom, askedBefore }, 9)
        .map(({ userId }) => userId)
        .sort();

    expect(asked(START, START + HOUR)).toEqual(['cleo']);
    expect(asked(START, START + HOUR + 1)).toEqual(['ben', 'cleo']);
    expect(asked(START + HOUR, START + HOUR + 1)).toEqual(['cleo']);
    world.accounts.askAgain();
    expect(asked(START + HOUR, START + HOUR + 1)).toEqual(['ben', 'cleo']);
    expect(
      world.accounts.toLookUp({ now: START + 9 * HOUR, recentFrom: START, askedBefore: START + 2 * HOUR }, 1),
    ).toHaveLength(1);
  });
});
