import { expect, test } from 'vitest';

import { createAccountStore } from '../../../src/ledger/attendance/account-store.ts';
import { createEvidenceStore } from '../../../src/ledger/attendance/evidence-store.ts';
import { createRoomStore } from '../../../src/ledger/attendance/room-store.ts';
import { createSightingStore } from '../../../src/ledger/attendance/sighting-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const HOUR = 60 * 60_000;
const START = Date.parse('2026-01-16T15:00:00Z');

interface Seen {
  readonly userId: string | null;
  readonly displayName: string;
}

function ledger() {
  const clock = handClock(START + 5 * HOUR);
  const database = memoryLedger({ clock });
  const evidence = createEvidenceStore(database);
  const roomId = createRoomStore(database, clock).create({
    meetingCode: null,
    space: 'spaces/one',
    meetLink: null,
    ownerEmail: null,
  }).id;
  const text = (at: number) => new Date(at).toISOString();
  return {
    roomId,
    accounts: createAccountStore(database),
    sightings: createSightingStore(database),
    /** A call of the space with these people; it was last read half an hour after its start where it has no end. */
    call(name: string, start: number, end: number | null, seen: readonly Seen[], space = 'spaces/one') {
      const readAt = end ?? start + HOUR / 2;
      evidence.record({
        space,
        records: {
          within: { start, end: start + 24 * HOUR },
          items: [
            {
              name: `conferenceRecords/${name}`,
              space,
              start,
              startText: text(start),
              end,
              endText: end === null ? null : text(end),
              expireAt: null,
            },
          ],
          readAt,
        },
        participants: [
          {
            record: `conferenceRecords/${name}`,
            items: seen.map(({ userId, displayName }, n) => ({
              name: `conferenceRecords/${name}/participants/${n}`,
              kind: userId === null ? ('anonymous' as const) : ('signedin' as const),
              userId,
              displayName,
              earliestStart: start,
              latestEnd: end,
            })),
            readAt,
          },
        ],
        sessions: [],
      });
    },
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

const ben = { userId: '101', displayName: 'Ben' };
const tablet = { userId: null, displayName: 'Room  IPAD' };

test('an account was seen in every call that it was in, until the end of the call or until it was last read', () => {
  using world = ledger();
  world.call('one', START, START + HOUR, [ben, tablet]);
  world.call('two', START + 2 * HOUR, null, [tablet, ben]);
  world.call('three', START + 4 * HOUR, START + 5 * HOUR, [tablet]);
  world.call('elsewhere', START, START + HOUR, [ben], 'spaces/of-no-class');

  const here = { roomId: world.roomId, linkedTo: null };
  const both = [
    { ...here, start: START, end: START + HOUR },
    { roomId: null, linkedTo: null, start: START, end: START + HOUR },
    { ...here, start: START + 2 * HOUR, end: START + 2.5 * HOUR },
  ];
  const found = world.sightings.ofAccounts({ accounts: ['101', '999'], emails: [] });
  expect(found).toHaveLength(3);
  expect(found).toEqual(expect.arrayContaining(both));

  world.accounts.record('101', { email: 'Ben@home.example', name: null }, START);
  expect(world.sightings.ofAccounts({ accounts: [], emails: ['BEN@home.example'] })).toHaveLength(3);
  expect(world.sightings.ofAccounts({ accounts: [], emails: [] })).toEqual([]);
});

test('a name was seen however it is written, of whoever has no account', () => {
  using world = ledger();
  world.call('one', START, START + HOUR, [tablet, { userId: '102', displayName: 'room ipad' }]);
  world.call('two', START + 2 * HOUR, START + 3 * HOUR, [{ userId: '102', displayName: 'room ipad' }]);

  expect(world.sightings.ofNames((name) => /^room +ipad$/i.test(name)).map(({ start }) => start)).toEqual([START]);
  expect(world.sightings.ofParticipants(['conferenceRecords/two/participants/0']).map(({ start }) => start)).toEqual([
    START + 2 * HOUR,
  ]);
});

test('what shares a call with an interval reaches as far as the call', () => {
  using world = ledger();
  world.call('one', START, START + 3 * HOUR, [ben]);
  const { roomId, sightings } = world;

  const late = { start: START + 2 * HOUR, end: START + 4 * HOUR };
  expect(sightings.reach(roomId, late)).toEqual({ start: START, end: START + 4 * HOUR });
  const after = { start: START + 3 * HOUR, end: START + 4 * HOUR };
  expect(sightings.reach(roomId, after)).toEqual(after);
});
