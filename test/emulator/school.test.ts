import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { overlaps } from '../../src/core/time/interval.ts';
import { buildSchool, type School, type SchoolClass } from '../../src/emulator/school.ts';
import { startEmulator } from '../../src/emulator/server.ts';
import { viewParticipants, viewRecord } from '../../src/emulator/view.ts';
import type { EmulatedRecord } from '../../src/emulator/world.ts';
import { handClock } from '../support/clock.ts';
import { holding, meetAs } from './google-client.ts';

const now = Date.parse('2026-11-18T14:37:12.345Z');
const school = buildSchool({ now, seed: 7 });
const MINUTE = 60_000;

const slot = ({ start, durationMinutes }: SchoolClass) => ({ start, end: start + durationMinutes * MINUTE });
const span = ({ start, end }: EmulatedRecord) => ({ start, end: end ?? Infinity });

/** The records that overlap a class, in its room. */
function callsOf({ world }: School, one: SchoolClass, around = slot(one)): EmulatedRecord[] {
  const room = world.spaces.find(({ meetingCode }) => meetingCode === one.meetCode);
  return world.records.filter((record) => record.space === room?.name && overlaps(span(record), around));
}

/** Pairs of neighbours that overlap, among items that share a key. */
function clashes<T>(items: readonly T[], key: (item: T) => string, at: (item: T) => { start: number; end: number }) {
  return [...Map.groupBy(items, key).values()].flatMap((group) => {
    const ordered = group.toSorted((a, b) => at(a).start - at(b).start);
    return ordered.filter((item, index) => index > 0 && overlaps(at(ordered[index - 1]!), at(item)));
  });
}

test('the same seed builds the same school, another seed another one', () => {
  expect(buildSchool({ now, seed: 7 })).toEqual(school);
  expect(buildSchool({ now, seed: 8 })).not.toEqual(school);
});

test('a school has 8 teachers, 30 students in 20 families, and four weeks of classes', () => {
  const roles = school.people.map(({ role }) => role);
  expect(roles.filter((role) => role === 'teacher')).toHaveLength(8);
  expect(roles.filter((role) => role === 'student')).toHaveLength(30);
  expect(school.families).toHaveLength(20);
  expect(school.families.flatMap(({ studentEmails }) => studentEmails).sort()).toEqual(
    school.people
      .filter(({ role }) => role === 'student')
      .map(({ email }) => email)
      .sort(),
  );
  expect(new Set(school.people.map(({ email }) => email)).size).toBe(39);
  const past = school.classes.filter((one) => slot(one).end <= now);
  expect(past.length).toBeGreaterThanOrEqual(120);
  expect(past.length).toBeLessThanOrEqual(160);
  expect(Math.min(...past.map(({ start }) => start))).toBeGreaterThanOrEqual(now - 28 * 24 * 60 * MINUTE);
});

test('weekly classes keep their hour in London when the clocks change', () => {
  const october = buildSchool({ now: Date.parse('2026-11-05T12:00:00Z'), seed: 7 });
  const first = october.classes.filter(({ seriesId }) => seriesId === 'series-01');
  expect(first.map(({ start }) => new Date(start).toISOString())).toEqual([
    '2026-10-12T15:00:00.000Z',
    '2026-10-19T15:00:00.000Z',
    '2026-10-26T16:00:00.000Z',
    '2026-11-02T16:00:00.000Z',
  ]);
});

test('at any moment of any seed the timetable is possible and the calls are too', () => {
  const moment = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2027-01-01T00:00:00Z') });
  fc.assert(
    fc.property(moment, fc.nat(), (at, seed) => {
      const { world, classes, people } = buildSchool({ now: at, seed });
      const emails = new Set(people.map(({ email }) => email));
      for (const one of classes) {
        const room = world.spaces.find(({ meetingCode }) => meetingCode === one.meetCode);
        expect(room?.ownerEmail).toBe(one.organizerEmail);
        expect(one.studentEmails.length).toBeGreaterThan(0);
        expect([one.teacherEmail, ...one.studentEmails].filter((email) => !emails.has(email))).toEqual([]);
      }
      expect(clashes(classes, ({ meetCode }) => meetCode, slot)).toEqual([]);
      const seats = classes.flatMap((one) => one.studentEmails.map((email) => ({ email, one })));
      expect(
        clashes(
          seats,
          ({ email }) => email,
          (seat) => slot(seat.one),
        ),
      ).toEqual([]);
      expect(clashes(world.records, ({ space }) => space, span)).toEqual([]);
      const names = world.records.flatMap(({ name, participants }) => [
        name,
        ...participants.flatMap((participant) => [participant.name, ...participant.sessions.map((one) => one.name)]),
      ]);
      expect(new Set(names).size).toBe(names.length);
      for (const record of world.records) {
        const sessions = record.participants.flatMap((participant) => participant.sessions);
        expect(Math.min(...sessions.map(({ start }) => start))).toBe(record.start);
        expect(Math.max(...sessions.map(({ end }) => end ?? Infinity))).toBe(record.end);
      }
      const live = classes.filter((one) => slot(one).start <= at && slot(one).end > at);
      expect(live).toHaveLength(5);
    }),
    { numRuns: 25 },
  );
});

describe('what befalls a class', () => {
  const past = school.classes.filter((one) => slot(one).end <= now);
  const guests = (kind: string, name: string) =>
    past.filter((one) =>
      callsOf(school, one).some(({ participants }) =>
        participants.some(({ user }) => user.kind === kind && user.displayName.includes(name)),
      ),
    ).length;

  test('sometimes nobody comes, and sometimes a call breaks in two', () => {
    const window = (one: SchoolClass) => ({ start: one.start - 30 * MINUTE, end: slot(one).end + 60 * MINUTE });
    const deserted = past.filter((one) => callsOf(school, one, window(one)).length === 0);
    expect(deserted.length).toBeGreaterThanOrEqual(2);
    const counts = past.map((one) => callsOf(school, one).length);
    expect(counts.filter((count) => count === 2).length).toBeGreaterThanOrEqual(2);
    expect(counts.filter((count) => count === 1).length).toBeGreaterThan(100);
  });

  test('one call may hold two classes', () => {
    const held = Map.groupBy(
      past.flatMap((one) => callsOf(school, one)),
      ({ name }) => name,
    );
    expect([...held.values()].filter((calls) => calls.length === 2).length).toBeGreaterThan(10);
  });

  test('tablets, telephones, note-takers and strangers turn up', () => {
    expect(guests('anonymous', 'iPad')).toBeGreaterThanOrEqual(2);
    expect(guests('phone', '••')).toBeGreaterThanOrEqual(2);
    expect(guests('anonymous', 'Notetaker')).toBeGreaterThanOrEqual(2);
    expect(guests('signedin', 'Pat Visitor')).toBeGreaterThanOrEqual(2);
    expect(guests('signedin', 'Jones Family')).toBeGreaterThanOrEqual(2);
    expect(guests('anonymous', 'Zoé Dubois')).toBeGreaterThanOrEqual(2);
  });

  test('some sessions are corrected after the class', () => {
    const corrected = school.world.records.flatMap(({ participants }) =>
      participants.flatMap(({ sessions }) => sessions.filter(({ corrections }) => corrections !== undefined)),
    );
    expect(corrected.length).toBeGreaterThanOrEqual(3);
  });
});

test('every class around now changes within two minutes', () => {
  const around = school.classes.filter((one) => one.seriesId === null && slot(one).end > now);
  expect(around).toHaveLength(6);
  const seen = (one: SchoolClass, seconds: number) =>
    callsOf(school, one).flatMap((record) => {
      const at = now + seconds * 1000;
      const people = viewRecord(record, at) === null ? [] : viewParticipants(record, at);
      return people.map(({ participant, latest }) => `${participant.user.displayName} ${latest}`);
    });
  for (const one of around) {
    const states = [0, 30, 60, 90, 120].map((seconds) => seen(one, seconds).join());
    expect(new Set(states).size).toBeGreaterThan(1);
  }
});

test('teachers read their own rooms, but one of them is refused', async () => {
  await using google = await startEmulator({ world: structuredClone(school.world), clock: handClock(now) });
  const teachers = school.people.filter(({ role }) => role === 'teacher').map(({ email }) => email);
  const calls = await Promise.all(
    teachers.map((email) =>
      meetAs(google.url, holding(email))
        .conferenceRecords.list({ pageSize: 100 })
        .then(
          ({ data }) => data.conferenceRecords?.length ?? 0,
          () => null,
        ),
    ),
  );
  expect(Math.min(...calls.filter((count) => count !== null))).toBeGreaterThan(8);
  const refused = teachers.filter((_email, index) => calls[index] === null);
  expect(refused).toEqual(['siobhan.nibhriain@larkfield.example']);
  expect(school.classes.filter(({ organizerEmail }) => organizerEmail === refused[0]).length).toBeGreaterThanOrEqual(6);
});
