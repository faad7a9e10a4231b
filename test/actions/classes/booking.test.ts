import { expect, test } from 'vitest';

import type { Booked } from '../../../src/actions/classes/booking.ts';
import type { BookingInput } from '../../../src/actions/classes/booking-rules.ts';
import type { Refused } from '../../../src/refusal.ts';
import { webWorld } from '../../web/web-world.ts';

const by = { actor: 'office' };
const signal = new AbortController().signal;
const at = (text: string) => Date.parse(text);

const algebra: BookingInput = {
  teacherEmail: 'ana@school.example',
  studentEmails: ['ben@home.example'],
  subject: 'Algebra',
  start: at('2026-01-16T15:00:00Z'),
  durationMinutes: 30,
  meetCode: 'abc-defg-hij',
  organizerEmail: null,
  seriesId: null,
};

function booked(outcome: Booked | { kind: 'refused'; message: string }): Booked {
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome;
}

function why(outcome: Booked | Refused): string {
  return outcome.kind === 'refused' ? outcome.code : 'booked';
}

test('a class is booked with its people, its room and a word in the audit log', async () => {
  await using world = webWorld();
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });

  const {
    class: c,
    session,
    createdPeople,
    warnings,
  } = booked(
    await world.booking.schedule(
      { ...algebra, meetCode: 'https://meet.google.com/ABC-defg-hij?authuser=1' },
      by,
      signal,
    ),
  );

  expect(c).toMatchObject({
    status: 'scheduled',
    organizerEmail: 'ana@school.example',
    start: at('2026-01-16T15:00:00Z'),
    end: at('2026-01-16T15:30:00Z'),
  });
  expect(c.room).toMatchObject({ meetingCode: 'abc-defg-hij', space: 'spaces/one', ownerEmail: 'ana@school.example' });
  expect([session, createdPeople, warnings]).toEqual([null, ['ben@home.example'], []]);
  expect(world.audit.list({ limit: 9 }).items.map(({ action, subject, actor }) => [action, subject, actor])).toEqual([
    ['class.schedule', `class:${c.id}`, 'office'],
    ['person.create', 'person:2', 'office'],
  ]);
});

test('Google being down does not keep a class with a code from being booked', async () => {
  await using world = webWorld();
  world.google.fail();

  const { class: c, warnings } = booked(await world.booking.schedule(algebra, by, signal));

  expect(c.room).toMatchObject({ meetingCode: 'abc-defg-hij', space: null });
  expect(warnings).toHaveLength(1);
});

test('without a code a space is made, and nothing is stored when Google makes none', async () => {
  await using world = webWorld();
  const { class: c } = booked(await world.booking.schedule({ ...algebra, meetCode: null }, by, signal));
  expect(c.room).toMatchObject({
    meetingCode: 'new-made-aab',
    space: 'spaces/made1',
    ownerEmail: 'ana@school.example',
  });

  world.google.fail();
  const refused = await world.booking.schedule(
    { ...algebra, meetCode: null, studentEmails: ['new@home.example'] },
    by,
    signal,
  );

  expect(why(refused)).toBe('google_unavailable');
  expect(world.people.byEmail('new@home.example')).toBeNull();
});

test('two classes in one room at one time are refused, touching ones and other rooms are not', async () => {
  await using world = webWorld();
  const first = booked(await world.booking.schedule(algebra, by, signal));
  const half = 15 * 60_000;

  const overlapping = await world.booking.schedule({ ...algebra, start: algebra.start + half }, by, signal);
  const touching = await world.booking.schedule({ ...algebra, start: algebra.start + 2 * half }, by, signal);
  const elsewhere = await world.booking.schedule({ ...algebra, meetCode: 'xyz-defg-hij' }, by, signal);

  expect([overlapping, touching, elsewhere].map(why)).toEqual(['room_busy', 'booked', 'booked']);
  expect(overlapping).toMatchObject({ classId: first.class.id });
  booked(world.booking.cancel(first.class.id, 'school', { actor: 'office', reason: 'holiday' }));
  expect(why(await world.booking.schedule(algebra, by, signal))).toBe('booked');
});

test('two codes that open one space are one room', async () => {
  await using world = webWorld();
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });
  world.google.spaces.set('other-label-x', { name: 'spaces/one', ownedByReader: true });
  booked(await world.booking.schedule(algebra, by, signal));

  expect(why(await world.booking.schedule({ ...algebra, meetCode: 'other-label-x' }, by, signal))).toBe('room_busy');
});

test('starts reach thirty days back, durations from a minute to a day', async () => {
  await using world = webWorld();
  const codes = ['aaa-aaaa-aaa', 'bbb-bbbb-bbb', 'ccc-cccc-ccc', 'ddd-dddd-ddd', 'eee-eeee-eee', 'fff-ffff-fff'];
  const tries: Partial<BookingInput>[] = [
    { start: at('2025-12-17T12:00:00Z') },
    { start: at('2025-12-17T11:59:59Z') },
    { durationMinutes: 1 },
    { durationMinutes: 0 },
    { durationMinutes: 1441 },
    { durationMinutes: 30.5 },
  ];

  const outcomes = await Promise.all(
    tries.map((other, i) => world.booking.schedule({ ...algebra, ...other, meetCode: codes[i]! }, by, signal)),
  );

  expect(outcomes.map(why)).toEqual(['booked', 'invalid', 'booked', 'invalid', 'invalid', 'invalid']);
});

test('E58: a student listed twice counts once, and a teacher is no student of the class', async () => {
  await using world = webWorld();
  const twice = booked(
    await world.booking.schedule({ ...algebra, studentEmails: ['ben@home.example', 'BEN@home.example '] }, by, signal),
  );
  const teacherToo = await world.booking.schedule(
    { ...algebra, meetCode: 'xyz-defg-hij', studentEmails: ['Ana@School.example'] },
    by,
    signal,
  );

  expect(twice.class.roster.map(({ email }) => email)).toEqual(['ana@school.example', 'ben@home.example']);
  expect(twice.warnings).toContain('ben@home.example is listed twice among the students and counts once');
  expect(teacherToo).toMatchObject({ code: 'invalid', complaints: [{ path: 'student_emails.0' }] });
});

test('a class that has begun gets its status, its session and its logs at once', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  const on = booked(await world.booking.schedule(algebra, by, signal));
  const past = booked(await world.booking.schedule({ ...algebra, start: at('2026-01-15T15:00:00Z') }, by, signal));

  expect([on.class.status, past.class.status]).toEqual(['active', 'completed']);
  expect([on.session?.coverage, past.session?.coverage]).toEqual(['pending', 'pending']);
  const logs = world.logStore.list({ classId: on.class.id, limit: 9 });
  expect(logs.map(({ userEmail, status, intervals }) => [userEmail, status, intervals])).toEqual([
    ['ana@school.example', 'pending', []],
    ['ben@home.example', 'pending', []],
  ]);
});

test('E14: a class that moves to another room leaves the classes of the old one where they were', async () => {
  await using world = webWorld();
  const monday = booked(await world.booking.schedule(algebra, by, signal));
  const tuesday = booked(await world.booking.schedule({ ...algebra, start: at('2026-01-20T15:00:00Z') }, by, signal));

  booked(await world.booking.change(tuesday.class.id, { meetCode: 'new-room-abc' }, by, signal));

  expect(world.classStore.get(monday.class.id)!.room.meetingCode).toBe('abc-defg-hij');
  expect(world.classStore.get(tuesday.class.id)!.room.meetingCode).toBe('new-room-abc');
});

test('E11: a code that opens another space now is a new room, and old classes keep the old space', async () => {
  await using world = webWorld();
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });
  const old = booked(await world.booking.schedule(algebra, by, signal));
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/two', ownedByReader: false });

  const next = booked(await world.booking.schedule({ ...algebra, start: at('2026-01-23T15:00:00Z') }, by, signal));

  expect(world.classStore.get(old.class.id)!.room.space).toBe('spaces/one');
  expect(next.class.room).toMatchObject({ space: 'spaces/two', meetingCode: 'abc-defg-hij', ownerEmail: null });
});

test('a room whose code was seen to open another space gives way without asking Google', async () => {
  await using world = webWorld();
  world.google.fail();
  const old = booked(await world.booking.schedule(algebra, by, signal));
  world.roomStore.update(old.class.room.id, { space: 'spaces/one', changedToSpace: 'spaces/two' });

  const next = booked(await world.booking.schedule({ ...algebra, start: at('2026-01-23T15:00:00Z') }, by, signal));

  expect(next.class.room.id).not.toBe(old.class.room.id);
  expect(world.roomStore.byCode('abc-defg-hij')?.id).toBe(next.class.room.id);
});

test('E80: the start of a class that is on stays, its length may change', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  const { class: c } = booked(await world.booking.schedule(algebra, by, signal));

  const moved = await world.booking.change(c.id, { start: at('2026-01-16T18:00:00Z') }, by, signal);
  const shortened = booked(await world.booking.change(c.id, { durationMinutes: 10 }, by, signal));

  expect(why(moved)).toBe('class_is_live');
  expect(shortened.class).toMatchObject({ status: 'completed', end: at('2026-01-16T15:10:00Z') });
});

test('E81: a class moved on short notice keeps the start that its notice is judged by', async () => {
  await using world = webWorld({ now: '2026-01-16T13:00:00Z' });
  const soon = booked(await world.booking.schedule(algebra, by, signal)).class;
  const later = booked(
    await world.booking.schedule({ ...algebra, start: at('2026-01-19T15:00:00Z') }, by, signal),
  ).class;

  const first = booked(await world.booking.change(soon.id, { start: at('2026-01-23T15:00:00Z') }, by, signal));
  const again = booked(await world.booking.change(soon.id, { start: at('2026-01-16T20:00:00Z') }, by, signal));
  const early = booked(await world.booking.change(later.id, { start: at('2026-01-26T15:00:00Z') }, by, signal));

  expect(first.class.noticeStart).toBe(at('2026-01-16T15:00:00Z'));
  expect(again.class.noticeStart).toBe(at('2026-01-16T15:00:00Z'));
  expect(early.class.noticeStart).toBeNull();
});

test('E82: an ended class that is moved is read again, while Google still has its records', async () => {
  await using world = webWorld({ now: '2026-01-16T20:00:00Z' });
  const { class: c, session } = booked(await world.booking.schedule(algebra, by, signal));
  const final = {
    coverage: 'complete',
    overSeenAt: 1,
    finalReadAt: 2,
    attempts: 0,
    nextAttemptAt: 3,
    lastError: null,
  } as const;
  world.sessionStore.save(session!.id, final, {});

  const roster = booked(await world.booking.change(c.id, { studentEmails: ['cy@home.example'] }, by, signal));
  const longer = booked(await world.booking.change(c.id, { durationMinutes: 60 }, by, signal));

  expect(roster.session?.coverage).toBe('complete');
  expect(world.logStore.list({ classId: c.id, limit: 9 }).map(({ userEmail }) => userEmail)).toEqual([
    'ana@school.example',
    'cy@home.example',
  ]);
  expect(longer.session).toMatchObject({ coverage: 'pending', nextAttemptAt: null, finalReadAt: null });

  world.sessionStore.save(session!.id, final, {});
  world.clock.set('2026-02-20T12:00:00Z');
  const tooLate = booked(await world.booking.change(c.id, { durationMinutes: 30 }, by, signal));
  expect([tooLate.session?.coverage, tooLate.warnings.length]).toEqual(['complete', 1]);
});

test('teacher and student may change places', async () => {
  await using world = webWorld();
  const { class: c } = booked(await world.booking.schedule(algebra, by, signal));

  const swapped = booked(
    await world.booking.change(
      c.id,
      { teacherEmail: 'ben@home.example', studentEmails: ['ana@school.example'] },
      by,
      signal,
    ),
  );

  expect(swapped.class.roster.map(({ email, role }) => [email, role])).toEqual([
    ['ben@home.example', 'teacher'],
    ['ana@school.example', 'student'],
  ]);
  expect(why(await world.booking.change(c.id, { teacherEmail: 'ana@school.example' }, by, signal))).toBe('invalid');
});

test('a change that changes nothing leaves no trace', async () => {
  await using world = webWorld();
  const { class: c } = booked(await world.booking.schedule(algebra, by, signal));
  const { count } = world.audit.head();

  booked(await world.booking.change(c.id, { subject: ' Algebra ', durationMinutes: 30 }, by, signal));

  expect(world.audit.head().count).toBe(count);
});

test('a class is canceled once, also after it ended, and stays as it was', async () => {
  await using world = webWorld({ now: '2026-01-16T20:00:00Z' });
  const { class: c } = booked(await world.booking.schedule(algebra, by, signal));
  const because = { actor: 'office', reason: 'the family was ill' };

  const canceled = booked(world.booking.cancel(c.id, 'family', because));

  expect(canceled.class).toMatchObject({
    status: 'canceled',
    canceledBy: 'family',
    cancelReason: 'the family was ill',
  });
  expect(why(world.booking.cancel(c.id, 'school', because))).toBe('class_canceled');
  expect(why(await world.booking.change(c.id, { subject: 'Geometry' }, by, signal))).toBe('class_canceled');
  expect(world.audit.list({ limit: 1 }).items[0]).toMatchObject({
    action: 'class.cancel',
    reason: 'the family was ill',
  });
});
