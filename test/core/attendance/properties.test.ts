import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { assignments } from '../../../src/core/attendance/attribution.ts';
import type { ParticipantEvidence, RecordEvidence } from '../../../src/core/attendance/evidence.ts';
import { type IdentityRule, indexIdentities } from '../../../src/core/attendance/identity/knowledge.ts';
import type { RoomEvidence } from '../../../src/core/attendance/places.ts';
import type { RoomClass, RosterEntry, WindowMargins } from '../../../src/core/schedule/class.ts';
import { difference, totalMs, union, type Interval } from '../../../src/core/time/interval.ts';
import { accountOf, alias, at, defaultThresholds, idOf, people, type Who } from '../../support/attendance.ts';
import { deriveRoom, type DerivedRoom } from '../../support/derive.ts';

const MINUTE = 60_000;
const BASE = at('10:00');
const CAST: readonly Who[] = ['tess', 'theo', 'ana', 'ben', 'leo', 'paula'];

const roster: fc.Arbitrary<RosterEntry[]> = fc
  .tuple(fc.constantFrom<Who>('tess', 'theo'), fc.subarray<Who>(['ana', 'ben', 'leo']))
  .map(([teacher, students]) => [
    { personId: idOf(teacher), role: 'teacher' },
    ...students.map((who) => ({ personId: idOf(who), role: 'student' as const })),
  ]);

/** Classes one behind the other, back to back or with breaks shorter and longer than the margins; some canceled. */
const classes: fc.Arbitrary<RoomClass[]> = fc
  .array(
    fc.record({
      gap: fc.constantFrom(0, 0, 0, 1, 5, 20, 30, 31, 45, 60, 89, 90, 91, 200),
      minutes: fc.constantFrom(1, 10, 30, 45, 60, 90),
      canceled: fc.constantFrom(false, false, false, false, true),
      roster,
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((plans) => {
    let start = BASE;
    return plans.map(({ gap, minutes, ...rest }, i) => {
      start += gap * MINUTE;
      const end = start + minutes * MINUTE;
      const c = { id: i + 1, seriesId: i % 2 === 0 ? 'maths' : null, subject: `Class ${i + 1}`, start, end, ...rest };
      start = end;
      return c;
    });
  });

const margins: fc.Arbitrary<WindowMargins> = fc
  .tuple(fc.constantFrom(0, 10, 30, 30, 30, 240), fc.constantFrom(0, 10, 60, 60, 60, 240))
  .map(([before, after]) => ({ beforeMs: before * MINUTE, afterMs: after * MINUTE }));

/** On whole minutes or a millisecond beside them, so that boundaries are hit. */
const instant = fc
  .tuple(fc.integer({ min: -70, max: 500 }), fc.constantFrom(-1, 0, 0, 1))
  .map(([minutes, ms]) => BASE + minutes * MINUTE + ms);
const stay: fc.Arbitrary<Interval> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(instant, instant).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) })),
  },
  { weight: 1, arbitrary: fc.record({ start: instant, end: instant }) },
);

interface Guest {
  readonly who: Who | null;
  readonly label: string;
  readonly record: number;
  readonly stays: readonly Interval[];
}

const joinings = (labels: readonly string[]): fc.Arbitrary<Guest[]> =>
  fc.array(
    fc.record({
      who: fc.option(fc.constantFrom(...CAST), { freq: 4 }),
      label: fc.constantFrom(...labels),
      record: fc.constantFrom(0, 1),
      stays: fc.array(stay, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 8 },
  );

const READ_AT = at('40:00');
const records: readonly RecordEvidence[] = [0, 1].map((i) => ({
  name: `conferenceRecords/${i}`,
  start: at('08:00'),
  end: at('30:00'),
  lastSeenAt: READ_AT,
}));

function participantsOf(guests: readonly Guest[]): ParticipantEvidence[] {
  return guests.map(({ who, label, record, stays }, i) => {
    const name = `conferenceRecords/${record}/participants/${i}`;
    return {
      name,
      record: `conferenceRecords/${record}`,
      kind: who === null ? 'anonymous' : 'signedin',
      userId: who === null ? null : accountOf(who),
      displayName: who === null ? label : 'whatever they typed',
      earliest: Math.min(...stays.map(({ start }) => start)),
      latest: Math.max(...stays.map(({ end }) => end)),
      lastSeenAt: READ_AT,
      missing: false,
      sessionsReadAt: READ_AT,
      sessions: stays.map(({ start, end }, k) => ({
        name: `${name}/participantSessions/${k}`,
        start,
        end,
        lastSeenAt: READ_AT,
        missing: false,
      })),
    };
  });
}

function derive(evidence: RoomEvidence, theMargins: WindowMargins, rules: readonly IdentityRule[] = []): DerivedRoom {
  return deriveRoom(
    evidence,
    [...evidence.classes].sort((a, b) => a.id - b.id).map(({ id }) => ({ classId: id, coverage: 'complete' })),
    indexIdentities({ people: people(), directory: new Map(), rules, ignored: [] }),
    [],
    { margins: theMargins, thresholds: defaultThresholds },
  );
}

/** Somebody's room-wide presence: a person over all devices, or one guest. */
function presences(guests: readonly Guest[]): Map<string, { personId: number | null; stays: Interval[] }> {
  const found = new Map<string, { personId: number | null; stays: Interval[] }>();
  for (const [i, { who, record, stays }] of guests.entries()) {
    const key = who === null ? `conferenceRecords/${record}/participants/${i}` : String(idOf(who));
    const one = found.get(key) ?? { personId: who === null ? null : idOf(who), stays: [] };
    one.stays.push(...stays);
    found.set(key, one);
  }
  return found;
}

/** Design 4, "Attribution", sentence by sentence, for one instant. */
function classAt(
  t: number,
  personId: number | null,
  all: readonly RoomClass[],
  { beforeMs, afterMs }: WindowMargins,
): number | null {
  const inWindow = all.filter((c) => c.start - beforeMs <= t && t < c.end + afterMs);
  const own = inWindow.filter((c) => c.roster.some((entry) => entry.personId === personId));
  const wanted = own.length > 0 ? own : inWindow;
  const standing = wanted.filter((c) => !c.canceled);
  const candidates = standing.length > 0 ? standing : wanted;
  if (candidates.length <= 1) return candidates[0]?.id ?? null;
  const inSlot = candidates.find((c) => c.start <= t && t < c.end);
  if (inSlot !== undefined) return inSlot.id;
  const a = candidates.filter((c) => c.end <= t).sort((x, y) => y.end - x.end)[0];
  const b = candidates.filter((c) => c.start > t).sort((x, y) => x.start - y.start)[0];
  if (a === undefined || b === undefined) return (a ?? b)?.id ?? null;
  const cut = Math.max(a.end, b.start - beforeMs);
  return t < cut ? a.id : b.id;
}

const inside = (intervals: readonly Interval[], t: number) => intervals.some(({ start, end }) => start <= t && t < end);

const keyOf = ({ personId, participant }: { personId: number | null; participant: string | null }) =>
  participant ?? String(personId);

const scene = fc.record({ classes, margins, guests: joinings(['iPad', 'Tablet', 'Nobody known']) });

/** Somewhere to look: every boundary, and the milliseconds beside it. */
function instantsOf(
  all: readonly RoomClass[],
  guests: readonly Guest[],
  { beforeMs, afterMs }: WindowMargins,
): number[] {
  const edges = [
    ...all.flatMap(({ start, end }) => [start - beforeMs, start, end, end + afterMs]),
    ...guests.flatMap(({ stays }) => stays.flatMap(({ start, end }) => [start, end])),
  ];
  return [...new Set(edges.flatMap((edge) => [edge - 1, edge, edge + 1]))];
}

describe('attribution', () => {
  test('each instant of everybody lies in the class that the sentences of the contract name', () => {
    fc.assert(
      fc.property(scene, ({ classes: all, margins: theMargins, guests }) => {
        const { logs } = derive({ classes: all, records, participants: participantsOf(guests) }, theMargins);
        const instants = instantsOf(all, guests, theMargins);
        for (const [key, { personId, stays }] of presences(guests)) {
          const mine = logs.filter((log) => keyOf(log) === key);
          for (const t of instants) {
            const expected = inside(stays, t) ? classAt(t, personId, all, theMargins) : null;
            const found = mine.filter(({ intervals }) => inside(intervals, t)).map(({ classId }) => classId);
            expect(found).toEqual(expected === null ? [] : [expected]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('assignments are ascending and disjoint, and cover every window', () => {
    fc.assert(
      fc.property(classes, margins, (all, theMargins) => {
        const assigned = assignments(all, theMargins);
        for (const [i, one] of assigned.entries()) {
          expect(one.start).toBeLessThan(one.end);
          expect(one.start).toBeGreaterThanOrEqual(assigned[i - 1]?.end ?? -Infinity);
        }
        const windows = all.map(({ start, end }) => ({
          start: start - theMargins.beforeMs,
          end: end + theMargins.afterMs,
        }));
        expect(union(assigned)).toEqual(union(windows));
      }),
    );
  });

  test('the slot of a class that is not canceled is its own, whoever else has a window there', () => {
    fc.assert(
      fc.property(classes, margins, (all, theMargins) => {
        const assigned = assignments(all, theMargins);
        for (const c of all) {
          if (c.canceled) continue;
          const own = assigned.filter(({ classId }) => classId === c.id);
          expect(difference([c], union(own))).toEqual([]);
        }
      }),
    );
  });
});

describe('logs', () => {
  test('no instant of anybody lies in two classes, and the sum is never more than the presence', () => {
    fc.assert(
      fc.property(scene, ({ classes: all, margins: theMargins, guests }) => {
        const { logs } = derive({ classes: all, records, participants: participantsOf(guests) }, theMargins);
        for (const [key, { stays }] of presences(guests)) {
          const mine = logs.filter((log) => keyOf(log) === key);
          const sum = mine.reduce((ms, { durationMs }) => ms + durationMs, 0);
          expect(totalMs(union(mine.flatMap(({ intervals }) => intervals)))).toBe(sum);
          expect(sum).toBeLessThanOrEqual(totalMs(union(stays)));
        }
      }),
    );
  });

  test('everybody on a roster has exactly one row, and nobody has two', () => {
    fc.assert(
      fc.property(scene, ({ classes: all, margins: theMargins, guests }) => {
        const { logs } = derive({ classes: all, records, participants: participantsOf(guests) }, theMargins);
        for (const c of all) {
          const rows = logs.filter(({ classId }) => classId === c.id);
          expect(new Set(rows.map(keyOf)).size).toBe(rows.length);
          expect(rows.slice(0, c.roster.length).map(({ personId, role }) => ({ personId, role }))).toEqual(c.roster);
        }
      }),
    );
  });

  test('a row agrees with itself', () => {
    fc.assert(
      fc.property(scene, ({ classes: all, margins: theMargins, guests }) => {
        const { logs } = derive({ classes: all, records, participants: participantsOf(guests) }, theMargins);
        for (const { intervals, durationMs, join, leave, evidence } of logs) {
          expect(union(intervals)).toEqual(intervals.map(({ start, end }) => ({ start, end })));
          expect(durationMs).toBe(totalMs(intervals));
          expect(join).toBe(intervals[0]?.start ?? null);
          expect(leave).toBe(intervals.at(-1)?.end ?? null);
          expect(evidence.length > 0).toBe(durationMs > 0);
        }
      }),
    );
  });

  test('one more device never shortens anybody', () => {
    fc.assert(
      fc.property(scene, fc.nat(), stay, ({ classes: all, margins: theMargins, guests }, pick, device) => {
        fc.pre(guests.length > 0);
        const chosen = pick % guests.length;
        const more = guests.map((one, i) => (i === chosen ? { ...one, stays: [...one.stays, device] } : one));
        const before = derive({ classes: all, records, participants: participantsOf(guests) }, theMargins).logs;
        const after = derive({ classes: all, records, participants: participantsOf(more) }, theMargins).logs;
        for (const log of before) {
          const same = after.find((one) => one.classId === log.classId && keyOf(one) === keyOf(log))!;
          expect(difference(union(log.intervals), union(same.intervals))).toEqual([]);
        }
      }),
    );
  });

  test('another person’s presence changes no one’s minutes', () => {
    fc.assert(
      fc.property(scene, ({ classes: all, margins: theMargins, guests }) => {
        const participants = participantsOf(guests);
        const whole = derive({ classes: all, records, participants }, theMargins).logs;
        for (const [i, { who }] of guests.entries()) {
          const alone = participants.filter((_, k) => (who === null ? k === i : guests[k]!.who === who));
          const key = who === null ? participants[i]!.name : String(idOf(who));
          const minutes = (logs: typeof whole) =>
            logs
              .filter((log) => keyOf(log) === key && log.durationMs > 0)
              .map(({ classId, intervals }) => ({ classId, intervals }));
          expect(minutes(derive({ classes: all, records, participants: alone }, theMargins).logs)).toEqual(
            minutes(whole),
          );
        }
      }),
    );
  });
});

const rules: fc.Arbitrary<IdentityRule[]> = fc.subarray([
  alias('name', 'ipad', 'ana'),
  alias('name', 'ipad', 'leo', { series: 'maths' }),
  alias('name', 'ipad', 'leo', { series: 'maths' }, 'is_not'),
  alias('name', 'tablet', 'ben'),
  alias('name', 'tablet', 'leo'),
  alias('name', 'ana silva', 'ana', 'everywhere', 'is_not'),
  alias('account', accountOf('paula'), 'leo', { series: 'maths' }),
  alias('account', accountOf('paula'), 'ana'),
]);

describe('order', () => {
  const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });
  const twoOrders = fc
    .record({ classes, margins, rules, guests: joinings(['iPad', 'Tablet', 'Ana Silva', 'LEO marsh']) })
    .chain(({ guests, ...rest }) => {
      const participants = participantsOf(guests);
      return fc.record({
        scene: fc.constant({ ...rest, participants }),
        classes: shuffled(rest.classes),
        rules: shuffled(rest.rules),
        records: shuffled(records),
        participants: shuffled(participants).chain((some) =>
          fc.tuple(...some.map((one) => shuffled(one.sessions).map((sessions) => ({ ...one, sessions })))),
        ),
        people: shuffled([...people()]),
      });
    });

  test('of classes, records, participants, sessions, people and rules never matters', () => {
    fc.assert(
      fc.property(twoOrders, (other) => {
        const { scene: first } = other;
        const one = derive({ ...first, records }, first.margins, first.rules);
        expect(derive({ ...first, records }, first.margins, first.rules)).toEqual(one);
        const again = deriveRoom(
          { classes: other.classes, records: other.records, participants: other.participants },
          first.classes.map(({ id }) => ({ classId: id, coverage: 'complete' })),
          indexIdentities({
            people: new Map(other.people),
            directory: new Map(),
            rules: other.rules,
            ignored: [],
          }),
          [],
          { margins: first.margins, thresholds: defaultThresholds },
        );
        expect(again).toEqual(one);
      }),
      { numRuns: 300 },
    );
  });

  test('a class derived alone has the rows it has among all', () => {
    fc.assert(
      fc.property(scene, fc.nat(), ({ classes: all, margins: theMargins, guests }, pick) => {
        const evidence = { classes: all, records, participants: participantsOf(guests) };
        const { id } = all[pick % all.length]!;
        const alone = deriveRoom(
          evidence,
          [{ classId: id, coverage: 'complete' }],
          indexIdentities({ people: people(), directory: new Map(), rules: [], ignored: [] }),
          [],
          { margins: theMargins, thresholds: defaultThresholds },
        );
        expect(alone.logs).toEqual(derive(evidence, theMargins).logs.filter(({ classId }) => classId === id));
      }),
    );
  });
});
