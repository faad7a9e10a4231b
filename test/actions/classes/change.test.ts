import { expect, test } from 'vitest';

import { CLEO, january } from '../../support/money-world.ts';
import { webWorld } from '../../web/web-world.ts';
import { algebra, at, booked, by, signal, why } from './booked.ts';

test('E14: a class that moves to another room leaves the classes of the old one where they were', async () => {
  await using world = webWorld();
  const monday = booked(await world.actions.scheduleClass(algebra, by, signal));
  const tuesday = booked(
    await world.actions.scheduleClass({ ...algebra, start: at('2026-01-20T15:00:00Z') }, by, signal),
  );

  booked(await world.actions.changeClass(tuesday.class.id, { room: { code: 'new-room-abc' } }, by, signal));

  expect(world.classStore.get(monday.class.id)!.room.meetingCode).toBe('abc-defg-hij');
  expect(world.classStore.get(tuesday.class.id)!.room.meetingCode).toBe('new-room-abc');
});

test('E80: the start of a class that is on stays, its length may change', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  const { class: c } = booked(await world.actions.scheduleClass(algebra, by, signal));

  const moved = await world.actions.changeClass(c.id, { start: at('2026-01-16T18:00:00Z') }, by, signal);
  const shortened = booked(
    await world.actions.changeClass(c.id, { durationMinutes: 10 }, { ...by, reason: 'ended early' }, signal),
  );

  expect(why(moved)).toBe('class_is_live');
  expect(shortened.class).toMatchObject({ status: 'completed', end: at('2026-01-16T15:10:00Z') });
});

test('E81: a class moved on short notice keeps the start that its notice is judged by', async () => {
  await using world = webWorld({ now: '2026-01-16T13:00:00Z' });
  const soon = booked(await world.actions.scheduleClass(algebra, by, signal)).class;
  const later = booked(
    await world.actions.scheduleClass({ ...algebra, start: at('2026-01-19T15:00:00Z') }, by, signal),
  ).class;

  const first = booked(await world.actions.changeClass(soon.id, { start: at('2026-01-23T15:00:00Z') }, by, signal));
  const again = booked(await world.actions.changeClass(soon.id, { start: at('2026-01-16T20:00:00Z') }, by, signal));
  const early = booked(await world.actions.changeClass(later.id, { start: at('2026-01-26T15:00:00Z') }, by, signal));

  expect(first.class.noticeStart).toBe(at('2026-01-16T15:00:00Z'));
  expect(again.class.noticeStart).toBe(at('2026-01-16T15:00:00Z'));
  expect(early.class.noticeStart).toBeNull();
});

test('E82: an ended class that is moved is read again, while Google still has its records', async () => {
  await using world = webWorld({ now: '2026-01-16T20:00:00Z' });
  const { class: c, session } = booked(await world.actions.scheduleClass(algebra, by, signal));
  const final = {
    coverage: 'complete',
    overSeenAt: 1,
    finalReadAt: 2,
    attempts: 0,
    nextAttemptAt: 3,
    lastError: null,
  } as const;
  world.sessionStore.save(session!.id, final, {});

  const moved = { ...by, reason: 'it was longer' };
  const roster = booked(await world.actions.changeClass(c.id, { studentEmails: ['cy@home.example'] }, by, signal));
  const longer = booked(await world.actions.changeClass(c.id, { durationMinutes: 60 }, moved, signal));

  expect(roster.session?.coverage).toBe('complete');
  expect(world.logStore.list({ classId: c.id, limit: 9 }).map(({ userEmail }) => userEmail)).toEqual([
    'ana@school.example',
    'cy@home.example',
  ]);
  expect(longer.session).toMatchObject({ coverage: 'pending', nextAttemptAt: null, finalReadAt: null });

  world.sessionStore.save(session!.id, final, {});
  world.clock.set('2026-02-20T12:00:00Z');
  const tooLate = booked(await world.actions.changeClass(c.id, { durationMinutes: 30 }, moved, signal));
  expect([tooLate.session?.coverage, tooLate.warnings.length]).toEqual(['complete', 1]);
});

test('teacher and student may change places', async () => {
  await using world = webWorld();
  const { class: c } = booked(await world.actions.scheduleClass(algebra, by, signal));

  const swapped = booked(
    await world.actions.changeClass(
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
  expect(why(await world.actions.changeClass(c.id, { teacherEmail: 'ana@school.example' }, by, signal))).toBe(
    'invalid',
  );
});

test('a change that changes nothing leaves no trace', async () => {
  await using world = webWorld();
  const { class: c } = booked(await world.actions.scheduleClass(algebra, by, signal));
  const { count } = world.audit.head();

  booked(await world.actions.changeClass(c.id, { subject: ' Algebra ', durationMinutes: 30 }, by, signal));

  expect(world.audit.head().count).toBe(count);
});

test.each([
  ['another teacher', { teacherEmail: 'cy@school.example' }],
  ['another start', { start: at('2026-01-16T16:00:00Z') }],
  ['another length', { durationMinutes: 45 }],
])('%s of a class that has begun needs a reason', async (_, changes) => {
  await using world = webWorld({ now: '2026-01-16T20:00:00Z' });
  const { class: c } = booked(await world.actions.scheduleClass(algebra, by, signal));
  const message = `is missing: say why, since class ${c.id} has begun, and its teacher and its time make what it costs`;
  expect(await world.actions.changeClass(c.id, changes, by, signal)).toMatchObject({
    code: 'invalid',
    complaints: [{ path: 'reason', message }],
  });
  booked(await world.actions.changeClass(c.id, changes, { ...by, reason: 'it was entered wrong' }, signal));
  const soon = booked(
    await world.actions.scheduleClass({ ...algebra, start: at('2026-01-19T15:00:00Z') }, by, signal),
  ).class;
  booked(await world.actions.changeClass(soon.id, { durationMinutes: 45 }, by, signal));
});

test('a class of a closed period, or that moves to one, is changed as an adjustment with a reason only', async () => {
  await using world = await january();
  const by = { actor: 'office', reason: 'Cy taught it' };
  await world.actions.closePeriod('2026-01', {}, by);
  const change = (id: number, changes: object, who: object) =>
    world.actions.changeClass(id, changes, { actor: 'office', ...who }, signal);

  expect(await change(1, { subject: 'Geometry' }, by)).toMatchObject({ code: 'period_closed' });
  expect(await change(1, { subject: 'Geometry' }, { as: 'adjustment' })).toMatchObject({
    complaints: [{ path: 'reason', message: 'is missing: say why, since 2026-01 is closed' }],
  });
  const changed = booked(await change(1, { studentEmails: [CLEO] }, { ...by, as: 'adjustment' }));
  expect(changed.warnings).toContain(
    '2026-01 is closed and stays as it was issued: the difference is proposed in GET /api/adjustments',
  );
  expect((await world.correctionQuery.waiting()).proposed).toMatchObject([
    { corrects: '2026-01', adjustment: { lineId: 'c1-2', amount: '-39.90' } },
  ]);
  const later = world.lesson({ date: '2026-02-02', space: 'spaces/three' });
  const back = { start: at('2026-01-30T16:00:00Z') };
  expect(await change(later, back, by)).toMatchObject({ code: 'period_closed' });
  booked(await change(later, back, { ...by, as: 'adjustment' }));
});

test('a lesson that is entered into a closed period says that it is proposed', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, { actor: 'office' });
  const late = { ...algebra, start: at('2026-01-30T15:00:00Z') };
  expect(booked(await world.actions.scheduleClass(late, by, signal)).warnings.join()).toContain('2026-01 is closed');
});
