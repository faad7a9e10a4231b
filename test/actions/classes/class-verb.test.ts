import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, moneyWorld } from '../../support/money-world.ts';
import { webWorld } from '../../web/web-world.ts';
import { algebra, at, booked, by, signal, why } from './booked.ts';

const whole = ['16:00-17:00'];

test('the classes around one that is canceled are shared out again in the same change', async () => {
  await using world = moneyWorld('2026-01-16T16:29:00Z');
  const first = world.lesson({ from: '16:00', to: '16:30', students: [CLEO], there: {} });
  const second = world.lesson({ from: '16:30', to: '17:00', there: { [ANA]: whole, [BEN]: whole } });
  world.attendance.rebuild(first);
  const minutesOf = (classId: number, userEmail: string) =>
    (world.logStore.list({ classId, userEmail, limit: 1 })[0]?.durationMs ?? 0) / 60_000;
  expect([minutesOf(first, ANA), minutesOf(second, ANA)]).toEqual([30, 30]);

  booked(world.actions.cancelClass(first, 'school', { ...by, reason: 'a strike' }));

  expect(minutesOf(second, ANA)).toBe(60);
});

test('a class that has begun has a session at once, one to come has none', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  const live = booked(await world.actions.scheduleClass(algebra, by, signal));
  const later = booked(
    await world.actions.scheduleClass({ ...algebra, start: at('2026-01-17T15:00:00Z') }, by, signal),
  );
  expect(live).toMatchObject({ class: { status: 'active' }, session: { coverage: 'pending' } });
  expect(later).toMatchObject({ class: { status: 'scheduled' }, session: null });
});

test('a room that is busy is refused with the class that is in the way', async () => {
  await using world = webWorld();
  booked(await world.actions.scheduleClass(algebra, by, signal));
  expect(
    await world.actions.scheduleClass({ ...algebra, start: at('2026-01-16T15:29:59Z') }, by, signal),
  ).toMatchObject({
    code: 'room_busy',
    classId: 1,
    message:
      'class 1 from 2026-01-16T15:00:00Z to 2026-01-16T15:30:00Z is in this room at that time: choose another time or room, or cancel that class first',
  });
  expect(why(await world.actions.scheduleClass({ ...algebra, start: at('2026-01-16T15:30:00Z') }, by, signal))).toBe(
    'saved',
  );
});

test('the audit log shows a class by names and times, and who canceled it', async () => {
  await using world = webWorld();
  booked(await world.actions.scheduleClass({ ...algebra, seriesId: 'mondays' }, by, signal));
  booked(world.actions.cancelClass(1, 'family', { ...by, reason: 'ill' }));
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    {
      subject: 'class:1',
      before: {
        subject: 'Algebra',
        status: 'scheduled',
        start_time: '2026-01-16T15:00:00Z',
        end_time: '2026-01-16T15:30:00Z',
        teacher_emails: ['ana@school.example'],
        student_emails: ['ben@home.example'],
        meet_code: 'abc-defg-hij',
        series_id: 'mondays',
      },
      after: { status: 'canceled', canceled_by: 'family', cancel_reason: 'ill' },
    },
  ]);
});

test('a class that nobody has is changed by no verb', async () => {
  await using world = webWorld();
  const gone = { code: 'not_found', message: 'there is no class 9' };
  expect(await world.actions.changeClass(9, { subject: 'Chess' }, by, signal)).toMatchObject(gone);
  expect(world.actions.cancelClass(9, 'school', { ...by, reason: 'ill' })).toMatchObject(gone);
});
