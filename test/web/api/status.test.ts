import { expect, test } from 'vitest';

import { algebra, webWorld } from '../web-world.ts';

test('the status shows loops, coverage, debt with its deadline, queue and reviews', async () => {
  await using world = webWorld({ now: '2026-01-16T16:00:00Z' });
  await world.admin('POST', '/api/schedule/class', algebra);
  const session = world.sessionStore.ofClass(1)!;
  world.sessionStore.save(
    session.id,
    {
      ...session,
      coverage: 'partial',
      attempts: 2,
      nextAttemptAt: Date.parse('2026-01-16T16:10:00Z'),
      lastError: 'Google failed',
    },
    {},
  );
  world.passes.started('fetch', Date.parse('2026-01-16T15:59:00Z'));
  world.passes.finished('fetch', Date.parse('2026-01-16T15:59:02Z'), { error: 'disk full' });

  const { status, json } = await world.operator('GET', '/monitoring/status');

  expect(status).toBe(200);
  expect(json).toMatchObject({
    time: '2026-01-16T16:00:00Z',
    ledger: { writable: true, problem: null },
    loops: [
      {
        name: 'fetch',
        every_seconds: 180,
        running: false,
        last_started_time: '2026-01-16T15:59:00Z',
        last_finished_time: '2026-01-16T15:59:02Z',
        last_succeeded_time: null,
        last_summary: null,
        error: 'disk full',
        next_run_time: '2026-01-16T16:03:00Z',
      },
    ],
    organizers: [],
    coverage: { partial: 1 },
    quota: { calls_last_minute: 0, limit: 4800 },
    queue: { queued: 0, running: 0, done: 0, failed: 0 },
    debt: [
      {
        class_id: 1,
        session_id: 1,
        coverage: 'partial',
        end_time: '2026-01-16T15:30:00Z',
        organizer_email: 'ana@school.example',
        reason: 'Google failed',
        attempts: 2,
        next_attempt_time: '2026-01-16T16:10:00Z',
        deadline_time: '2026-02-15T15:30:00Z',
      },
    ],
    clock_skew_ms: null,
    open_reviews: 0,
  });
});

test('who owns a room that is owed is open to admins and operators, and what Google said of it too', async () => {
  await using world = webWorld({ now: '2026-01-16T16:00:00Z' });
  await world.admin('POST', '/api/schedule/class', algebra);
  const session = world.sessionStore.ofClass(1)!;
  world.sessionStore.save(
    session.id,
    { ...session, coverage: 'no_access', attempts: 1, lastError: 'no token for ana@school.example' },
    {},
  );
  const debtFor = async (ask: typeof world.admin) => (await ask('GET', '/monitoring/status')).json['debt'];

  expect(await debtFor(world.admin)).toMatchObject([
    { organizer_email: 'ana@school.example', reason: 'no token for ana@school.example' },
  ]);
  expect(await debtFor(world.operator)).toMatchObject([
    { organizer_email: 'ana@school.example', reason: 'no token for ana@school.example' },
  ]);
});

test('what is owed is told of the hundred oldest classes, and all are counted', async () => {
  await using world = webWorld({ now: '2026-01-16T16:00:00Z' });
  const room = world.roomStore.create({ meetingCode: null, space: 'spaces/one', meetLink: null, ownerEmail: null });
  for (let nth = 0; nth < 101; nth += 1) {
    const start = Date.parse('2026-01-10T08:00:00Z') + nth * 3_600_000;
    const { id } = world.classStore.create({
      subject: 'Algebra',
      roomId: room.id,
      organizerEmail: 'ana@school.example',
      seriesId: null,
      start,
      end: start + 1_800_000,
      teacherIds: [world.teacher.id],
      studentIds: [],
    });
    world.sessionStore.ensure(id);
  }
  const { json } = await world.operator('GET', '/monitoring/status');
  const debt = json['debt'] as { class_id: number }[];
  expect(debt.map(({ class_id: id }) => id)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  expect(json['coverage']).toEqual({ pending: 101 });
});
