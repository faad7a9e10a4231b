import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';

import { createEvidenceStore, type Observation } from '../../../src/ledger/attendance/evidence-store.ts';
import { evidenceChanges } from '../../../src/ledger/schema/evidence.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-01-16T15:00:00Z');
const WITHIN = { start: START - HOUR, end: START + 3 * HOUR };
const SPACE = 'spaces/one';
const RECORD = 'conferenceRecords/one';
const BEN = `${RECORD}/participants/ben`;
const CLEO = `${RECORD}/participants/cleo`;

const text = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());

/** A complete answer of Google about one call: when it ended, who was in it, and from when to when. */
function answer(
  readAt: number,
  call: {
    readonly name?: string;
    readonly end?: number | null;
    readonly people?: Readonly<Record<string, number | null>>;
  },
): Observation {
  const { name = RECORD, end = null, people = {} } = call;
  return {
    space: SPACE,
    records: {
      within: WITHIN,
      items: [
        {
          name,
          space: SPACE,
          start: START,
          startText: new Date(START).toISOString(),
          end,
          endText: text(end),
          expireAt: null,
        },
      ],
      readAt,
    },
    participants: [
      {
        record: name,
        readAt,
        items: Object.entries(people).map(([participant, left]) => ({
          name: participant,
          kind: 'signedin' as const,
          userId: participant.split('/').at(-1)!,
          displayName: participant.split('/').at(-1)!,
          earliestStart: START,
          latestEnd: left,
        })),
      },
    ],
    sessions: Object.entries(people).map(([participant, left]) => ({
      participant,
      readAt,
      items: [
        {
          name: `${participant}/participantSessions/1`,
          start: START,
          startText: new Date(START).toISOString(),
          end: left,
          endText: text(left),
        },
      ],
    })),
  };
}

function ledger() {
  const database = memoryLedger({ clock: handClock(START) });
  const store = createEvidenceStore(database);
  return {
    store,
    participants: () => store.load(SPACE, WITHIN).participants,
    /** Old and new values of one resource, oldest first. */
    changesOf: (resource: string) =>
      database.orm
        .select()
        .from(evidenceChanges)
        .where(eq(evidenceChanges.resource, resource))
        .all()
        .map(({ field, oldValue, newValue, readAt }) => ({ field, oldValue, newValue, readAt })),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

describe('an answer of Google', () => {
  test('that says what the ledger holds already changes nothing but when it was last seen', () => {
    using world = ledger();
    expect(world.store.record(answer(START + MINUTE, { people: { [BEN]: null } }))).toBe(true);
    const before = world.store.load(SPACE, WITHIN);

    expect(world.store.record(answer(START + 2 * MINUTE, { people: { [BEN]: null } }))).toBe(false);
    const after = world.store.load(SPACE, WITHIN);
    expect(after.records).toEqual([{ ...before.records[0], lastSeenAt: START + 2 * MINUTE }]);
    expect(after.participants[0]?.sessions[0]).toEqual({
      ...before.participants[0]?.sessions[0],
      lastSeenAt: START + 2 * MINUTE,
    });
    expect(world.changesOf(RECORD)).toEqual([]);
  });

  test('that differs is held with what was held before it', () => {
    using world = ledger();
    world.store.record(answer(START + MINUTE, {}));
    for (const [end, readAt] of [
      [START + HOUR, START + HOUR],
      [START + HOUR + 1000, START + 2 * HOUR],
    ] as const) {
      expect(world.store.record(answer(readAt, { end }))).toBe(true);
    }

    expect(world.store.load(SPACE, WITHIN).records[0]?.end).toBe(START + HOUR + 1000);
    expect(world.changesOf(RECORD)).toEqual([
      { field: 'end', oldValue: null, newValue: text(START + HOUR), readAt: START + HOUR },
      { field: 'end', oldValue: text(START + HOUR), newValue: text(START + HOUR + 1000), readAt: START + 2 * HOUR },
    ]);
  });

  test('that no longer names somebody marks that participant and deletes nothing; when it names them again, the mark goes', () => {
    using world = ledger();
    const missing = () => world.participants().map(({ name, missing: gone }) => [name, gone]);
    world.store.record(answer(START + MINUTE, { people: { [BEN]: null, [CLEO]: null } }));
    expect(world.store.record(answer(START + 2 * MINUTE, { people: { [BEN]: null } }))).toBe(true);
    expect(missing()).toEqual([
      [BEN, false],
      [CLEO, true],
    ]);
    expect(world.store.record(answer(START + 3 * MINUTE, { people: { [BEN]: null } }))).toBe(false);

    expect(world.store.record(answer(START + 4 * MINUTE, { people: { [BEN]: null, [CLEO]: null } }))).toBe(true);
    expect(missing()).toEqual([
      [BEN, false],
      [CLEO, false],
    ]);
    expect(world.changesOf(CLEO).map(({ field, newValue }) => [field, newValue])).toEqual([
      ['missing', 'true'],
      ['missing', null],
    ]);
  });

  test('that is older than what the ledger holds changes nothing', () => {
    using world = ledger();
    world.store.record(
      answer(START + 2 * HOUR, { end: START + HOUR, people: { [BEN]: START + HOUR, [CLEO]: START + HOUR } }),
    );
    const before = world.store.load(SPACE, WITHIN);

    expect(world.store.record(answer(START + MINUTE, { people: { [BEN]: null } }))).toBe(false);
    expect(world.store.load(SPACE, WITHIN)).toEqual(before);
    expect(world.changesOf(CLEO)).toEqual([]);
  });

  test('that is older than the one that no longer named somebody leaves the mark', () => {
    using world = ledger();
    world.store.record(answer(START + MINUTE, { people: { [BEN]: null, [CLEO]: null } }));
    world.store.record(answer(START + 3 * MINUTE, { people: { [BEN]: null } }));
    const before = world.participants();

    expect(world.store.record(answer(START + 2 * MINUTE, { people: { [BEN]: null, [CLEO]: null } }))).toBe(false);
    expect(world.participants().map(({ name, missing }) => [name, missing])).toEqual(
      before.map(({ name, missing }) => [name, missing]),
    );
  });
});

test('the records of a space are those that overlap the interval, a call that goes on among them', () => {
  using world = ledger();
  world.store.record(answer(START + MINUTE, {}));
  const names = (start: number, end: number, space = SPACE) =>
    world.store.load(space, { start, end }).records.map(({ name }) => name);

  expect(names(START + 9 * HOUR, START + 10 * HOUR)).toEqual([RECORD]);
  world.store.record(answer(START + 2 * HOUR, { end: START + HOUR }));
  expect(names(START + HOUR, START + 2 * HOUR)).toEqual([]);
  expect(names(START + HOUR - 1, START + 2 * HOUR)).toEqual([RECORD]);
  expect(names(START - HOUR, START)).toEqual([]);
  expect(names(START, START + HOUR, 'spaces/two')).toEqual([]);
});
