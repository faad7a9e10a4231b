import { expect, test } from 'vitest';

import { createCallStore, type OtherCall } from '../../../src/ledger/attendance/call-store.ts';
import { createEvidenceStore } from '../../../src/ledger/attendance/evidence-store.ts';
import { createRoomStore } from '../../../src/ledger/attendance/room-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-01-16T15:00:00Z');

function ledger() {
  const clock = handClock(START);
  const database = memoryLedger({ clock });
  return {
    database,
    calls: createCallStore(database),
    rooms: createRoomStore(database, clock),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

const other = (name: string, call: Partial<OtherCall> = {}): OtherCall => ({
  name: `conferenceRecords/${name}`,
  space: 'spaces/private',
  start: START,
  end: START + MINUTE,
  lastSeenAt: START + MINUTE,
  ...call,
});

test('of a call that is none of the school’s only name, space and times are kept', () => {
  using world = ledger();
  world.calls.noteOther(other('tea', { end: null, lastSeenAt: START }));
  world.calls.noteOther(other('tea'));
  expect(world.calls.others(['conferenceRecords/tea', 'conferenceRecords/none'])).toEqual(
    new Map([['conferenceRecords/tea', other('tea')]]),
  );
  world.calls.forgetOther('conferenceRecords/tea');
  expect(world.calls.others(['conferenceRecords/tea'])).toEqual(new Map());
});

test('other calls are deleted by their end, and one that never ended by when it was last seen', () => {
  using world = ledger();
  world.calls.noteOther(other('ended'));
  world.calls.noteOther(other('open', { end: null }));
  world.calls.noteOther(other('later', { end: START + 2 * MINUTE }));
  expect(world.calls.deleteOthersBefore(START + MINUTE)).toBe(0);
  expect(world.calls.deleteOthersBefore(START + MINUTE + 1)).toBe(2);
  expect([...world.calls.others(['ended', 'open', 'later'].map((name) => `conferenceRecords/${name}`)).keys()]).toEqual(
    ['conferenceRecords/later'],
  );
});

test('a call is looked at again while it goes on, and when its room has become one of the school’s', () => {
  using world = ledger();
  world.calls.noteOther(other('ended'));
  expect(world.calls.oldestOpen()).toBeNull();
  world.calls.noteOther(other('open', { end: null, start: START + MINUTE }));
  expect(world.calls.oldestOpen()).toBe(START + MINUTE);
  world.rooms.create({ meetingCode: null, space: 'spaces/private', meetLink: null, ownerEmail: null });
  expect(world.calls.oldestOpen()).toBe(START);
});

test('a listing is kept by organiser, the newest in place of the one before', () => {
  using world = ledger();
  const listing = {
    organizerEmail: 'ana@school.example',
    triedAt: START,
    nextAttemptAt: START + MINUTE,
    listedAt: null,
    decidedTo: null,
    knowledge: null,
    attempts: 1,
    lastError: 'refused',
  };
  world.calls.saveListing(listing);
  const next = { ...listing, listedAt: START, decidedTo: START, knowledge: 'k', attempts: 0, lastError: null };
  world.calls.saveListing(next);
  expect(world.calls.listings()).toEqual([next]);
  expect(world.calls.listing('ben@school.example')).toBeNull();
});

test('a kept call keeps the code of its room when a later read does not tell it', () => {
  using world = ledger();
  const record = 'conferenceRecords/own';
  const item = { name: record, space: 'spaces/private', start: START, startText: '', end: null, endText: null };
  createEvidenceStore(world.database).record({
    space: 'spaces/private',
    records: { within: { start: START, end: START + 1 }, items: [{ ...item, expireAt: null }], readAt: START },
    participants: [],
    sessions: [],
  });
  const kept = { record, organizerEmail: 'ana@school.example', meetingCode: 'aaa-bbbb-ccc', readAt: START };
  world.calls.keep(kept);
  world.calls.keep({ ...kept, meetingCode: null, readAt: START + MINUTE });
  expect(world.calls.kept(record)).toEqual({ ...kept, readAt: START + MINUTE });
});
