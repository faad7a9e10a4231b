import { expect, test } from 'vitest';

import type { ClassInput } from '../../../src/actions/classes/class-input.ts';
import { webWorld } from '../../web/web-world.ts';
import { algebra, at, booked, by, signal, why } from './booked.ts';

test('a class is booked with its people, its room and a word in the audit log', async () => {
  await using world = webWorld();
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });

  const {
    class: c,
    session,
    createdPeople,
    warnings,
  } = booked(
    await world.actions.scheduleClass(
      { ...algebra, room: { code: 'https://meet.google.com/ABC-defg-hij?authuser=1' } },
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

  const { class: c, warnings } = booked(await world.actions.scheduleClass(algebra, by, signal));

  expect(c.room).toMatchObject({ meetingCode: 'abc-defg-hij', space: null });
  expect(warnings).toHaveLength(1);
});

test('without a code a space is made, and nothing is stored when Google makes none', async () => {
  await using world = webWorld();
  const { class: c } = booked(await world.actions.scheduleClass({ ...algebra, room: 'new_space' }, by, signal));
  expect(c.room).toMatchObject({
    meetingCode: 'new-made-aab',
    space: 'spaces/made1',
    ownerEmail: 'ana@school.example',
  });

  world.google.fail();
  const refused = await world.actions.scheduleClass(
    { ...algebra, room: 'new_space', studentEmails: ['new@home.example'] },
    by,
    signal,
  );

  expect(why(refused)).toBe('google_unavailable');
  expect(world.people.byEmail('new@home.example')).toBeNull();
});

test('two classes in one room at one time are refused, touching ones and other rooms are not', async () => {
  await using world = webWorld();
  const first = booked(await world.actions.scheduleClass(algebra, by, signal));
  const half = 15 * 60_000;

  const overlapping = await world.actions.scheduleClass({ ...algebra, start: algebra.start + half }, by, signal);
  const touching = await world.actions.scheduleClass({ ...algebra, start: algebra.start + 2 * half }, by, signal);
  const elsewhere = await world.actions.scheduleClass({ ...algebra, room: { code: 'xyz-defg-hij' } }, by, signal);

  expect([overlapping, touching, elsewhere].map(why)).toEqual(['room_busy', 'saved', 'saved']);
  expect(overlapping).toMatchObject({ classId: first.class.id });
  booked(world.actions.cancelClass(first.class.id, 'school', { actor: 'office', reason: 'holiday' }));
  expect(why(await world.actions.scheduleClass(algebra, by, signal))).toBe('saved');
});

test('two codes that open one space are one room', async () => {
  await using world = webWorld();
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });
  world.google.spaces.set('other-label-x', { name: 'spaces/one', ownedByReader: true });
  booked(await world.actions.scheduleClass(algebra, by, signal));

  expect(why(await world.actions.scheduleClass({ ...algebra, room: { code: 'other-label-x' } }, by, signal))).toBe(
    'room_busy',
  );
});

test('starts reach thirty days back, durations from a minute to a day', async () => {
  await using world = webWorld();
  const codes = ['aaa-aaaa-aaa', 'bbb-bbbb-bbb', 'ccc-cccc-ccc', 'ddd-dddd-ddd', 'eee-eeee-eee', 'fff-ffff-fff'];
  const tries: Partial<ClassInput>[] = [
    { start: at('2025-12-17T12:00:00Z') },
    { start: at('2025-12-17T11:59:59Z') },
    { durationMinutes: 1 },
    { durationMinutes: 0 },
    { durationMinutes: 1441 },
    { durationMinutes: 30.5 },
  ];

  const outcomes = await Promise.all(
    tries.map((other, i) =>
      world.actions.scheduleClass({ ...algebra, ...other, room: { code: codes[i]! } }, by, signal),
    ),
  );

  expect(outcomes.map(why)).toEqual(['saved', 'invalid', 'saved', 'invalid', 'invalid', 'invalid']);
});

test('E58: a student listed twice counts once, and a teacher is no student of the class', async () => {
  await using world = webWorld();
  const twice = booked(
    await world.actions.scheduleClass(
      { ...algebra, studentEmails: ['ben@home.example', 'BEN@home.example '] },
      by,
      signal,
    ),
  );
  const teacherToo = await world.actions.scheduleClass(
    { ...algebra, room: { code: 'xyz-defg-hij' }, studentEmails: ['Ana@School.example'] },
    by,
    signal,
  );

  expect(twice.class.roster.map(({ email }) => email)).toEqual(['ana@school.example', 'ben@home.example']);
  expect(twice.warnings).toContain('ben@home.example is listed twice among the students and counts once');
  expect(teacherToo).toMatchObject({ code: 'invalid', complaints: [{ path: 'student_emails.0' }] });
});

test('a class that has begun gets its status, its session and its logs at once', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  const on = booked(await world.actions.scheduleClass(algebra, by, signal));
  const past = booked(await world.actions.scheduleClass({ ...algebra, start: at('2026-01-15T15:00:00Z') }, by, signal));

  expect([on.class.status, past.class.status]).toEqual(['active', 'completed']);
  expect([on.session?.coverage, past.session?.coverage]).toEqual(['pending', 'pending']);
  const logs = world.logStore.list({ classId: on.class.id, limit: 9 });
  expect(logs.map(({ userEmail, status, intervals }) => [userEmail, status, intervals])).toEqual([
    ['ana@school.example', 'pending', []],
    ['ben@home.example', 'pending', []],
  ]);
});

test('E11: a code that opens another space now is a new room, and old classes keep the old space', async () => {
  await using world = webWorld();
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });
  const old = booked(await world.actions.scheduleClass(algebra, by, signal));
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/two', ownedByReader: false });

  const next = booked(await world.actions.scheduleClass({ ...algebra, start: at('2026-01-23T15:00:00Z') }, by, signal));

  expect(world.classStore.get(old.class.id)!.room.space).toBe('spaces/one');
  expect(next.class.room).toMatchObject({ space: 'spaces/two', meetingCode: 'abc-defg-hij', ownerEmail: null });
});

test('a room whose code was seen to open another space gives way without asking Google', async () => {
  await using world = webWorld();
  world.google.fail();
  const old = booked(await world.actions.scheduleClass(algebra, by, signal));
  world.roomStore.update(old.class.room.id, { space: 'spaces/one', changedToSpace: 'spaces/two' });

  const next = booked(await world.actions.scheduleClass({ ...algebra, start: at('2026-01-23T15:00:00Z') }, by, signal));

  expect(next.class.room.id).not.toBe(old.class.room.id);
  expect(world.roomStore.byCode('abc-defg-hij')?.id).toBe(next.class.room.id);
});

test('who is in another class at the same time is told, and a canceled class keeps nobody busy', async () => {
  await using world = webWorld();
  const first = booked(await world.actions.scheduleClass(algebra, by, signal)).class;
  const other = { ...algebra, room: { code: 'xyz-defg-hij' }, subject: 'Geometry' } satisfies ClassInput;

  const second = booked(await world.actions.scheduleClass(other, by, signal));
  expect(second.warnings).toEqual(
    expect.arrayContaining([
      `ana@school.example is in class ${first.id} at that time too`,
      `ben@home.example is in class ${first.id} at that time too`,
    ]),
  );

  world.actions.cancelClass(first.id, 'school', { ...by, reason: 'ill' });
  const moved = booked(await world.actions.changeClass(second.class.id, { durationMinutes: 45 }, by, signal));
  expect(moved.warnings.filter((text) => text.includes('at that time too'))).toEqual([]);
  const next = { ...other, start: second.class.end, room: { code: 'qqq-defg-hij' } };
  // One that begins as the other ends meets nobody.
  const late = booked(await world.actions.scheduleClass({ ...next, start: moved.class.end }, by, signal));
  expect(late.warnings.filter((text) => text.includes('at that time too'))).toEqual([]);
});

test('a class that is over and has no room yet is warned about: no call can be found in a new room', async () => {
  await using world = webWorld();
  const past = { ...algebra, room: 'new_space', start: world.clock.now() - 86_400_000 } satisfies ClassInput;

  const { warnings } = booked(await world.actions.scheduleClass(past, by, signal));

  expect(warnings.join()).toContain('give the meet_code of the room where it was held, or link the call');
});
