import { expect, test } from 'vitest';

import { captureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';
import { ANA, at, book, OTHER, TEACHER, twoRooms } from '../support/one-room.ts';

/** A school at 16:30: one class is on in each of two rooms, one was yesterday, one is tomorrow. */
async function school() {
  const { timeline, otherRoom } = twoRooms();
  const world = await captureWorld('2026-03-02T16:30:00Z', timeline.world);
  const classes = {
    yesterday: book(world, { from: '2026-03-01T16:00:00Z', to: '2026-03-01T17:00:00Z' }),
    on: book(world),
    other: book(world, { teacher: OTHER, code: otherRoom.meetingCode }),
    tomorrow: book(world, { from: '2026-03-03T16:00:00Z', to: '2026-03-03T17:00:00Z' }),
  };
  const told: [done: number, total: number][] = [];
  return {
    ...world,
    classes,
    told,
    run: (
      kind: keyof typeof world.parts.jobKinds,
      payload: Record<string, unknown> = {},
      signal: AbortSignal = world.signal,
    ): Promise<unknown> =>
      Promise.resolve(
        world.parts.jobKinds[kind].run(
          { payload },
          { signal, progress: (done: number, total: number) => void told.push([done, total]) },
        ),
      ),
    sessions: () =>
      Object.entries(classes)
        .filter(([, id]) => world.parts.sessionStore.ofClass(id) !== null)
        .map(([name]) => name),
  };
}

test('a sync of one class reads everything of it and tells what was found', async () => {
  await using world = await school();
  const { on } = world.classes;

  const here = {
    status: 'pending',
    provisional: true,
    leave_time: null,
    devices: 1,
    sessions: 1,
    identity: 'directory',
    flags: [],
  };
  expect(await world.run('sync_class', { class_id: on })).toEqual({
    class_id: on,
    session_id: 1,
    coverage: 'live',
    records: 1,
    participants: 2,
    logs: 2,
    changed: true,
    changes: [
      {
        user_email: TEACHER,
        before: null,
        after: { ...here, join_time: '2026-03-02T15:58:00Z', duration_seconds: 1920 },
      },
      { user_email: ANA, before: null, after: { ...here, join_time: '2026-03-02T16:00:00Z', duration_seconds: 1800 } },
    ],
    error: null,
  });

  expect(world.told).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect(world.google.requests.filter(({ method }) => method === 'participantSessions.list')).toHaveLength(2);
  expect(world.sessions()).toEqual(['on']);
});

test('a log that only has another device, or a stay without length, is another log', async () => {
  await using world = await school();
  const { on } = world.classes;
  await world.run('sync_class', { class_id: on });
  const [call] = world.google.world.records;
  const { name, sessions } = call!.participants.find(({ user }) => user.displayName === 'Ana Silva')!;
  sessions.push({ name: `${name}/participantSessions/phone`, start: at('16:10'), end: at('16:20') });
  sessions.push({ name: `${name}/participantSessions/blink`, start: at('16:25'), end: at('16:25') });

  expect(await world.run('sync_class', { class_id: on })).toMatchObject({
    changed: true,
    changes: [
      {
        user_email: ANA,
        before: { duration_seconds: 1800, devices: 1, sessions: 1, flags: [] },
        after: { duration_seconds: 1800, devices: 2, sessions: 2, flags: ['zero_length'] },
      },
    ],
  });
  expect(await world.run('sync_class', { class_id: on })).toMatchObject({ changed: false, changes: [] });
});

test('a sync of the active classes reads those that are on, also one that the monitor has not seen yet', async () => {
  await using world = await school();
  const { on, other } = world.classes;

  expect(await world.run('sync_active')).toMatchObject({
    classes: 2,
    skipped: 0,
    failed: 0,
    results: expect.arrayContaining([
      expect.objectContaining({ class_id: on, coverage: 'live', participants: 2 }),
      expect.objectContaining({ class_id: other, coverage: 'live', participants: 0 }),
    ]),
  });

  expect(world.told).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
  ]);
});

test('a backfill reads every class that began since that instant, also a canceled one; coming ones are left out', async () => {
  await using world = await school();
  const { yesterday, on, other } = world.classes;
  world.parts.classStore.cancel(other, 'school', 'holiday');

  expect(await world.run('backfill', { since: at('2026-03-01T00:00:00Z') })).toMatchObject({
    classes: 3,
    results: expect.arrayContaining([
      expect.objectContaining({ class_id: yesterday }),
      expect.objectContaining({ class_id: on }),
      expect.objectContaining({ class_id: other }),
    ]),
  });
  expect(await world.run('backfill', { since: at('2026-03-02T00:00:00Z') })).toMatchObject({ classes: 2 });
  // All that are on are read, and so is what was canceled while its slot is on.
  expect(await world.run('sync_active', {})).toMatchObject({ classes: 2 });
});

test('one class that cannot be stored fails by itself; the answer counts it', async () => {
  await using world = await school();
  const { on } = world.classes;
  world.parts.monitor();
  world.parts.database.sqlite.exec(`create trigger full before update on sessions when new.class_id = ${on}
    begin select raise(abort, 'disk full'); end`);

  expect(await world.run('sync_active')).toMatchObject({ classes: 2, failed: 1, results: [{ coverage: 'live' }] });
  expect(world.errors).toEqual(['class not read']);
});

test('where an organiser cannot be read at all, the classes of others are', async () => {
  await using world = await school();
  world.google.revoke(OTHER);

  expect(await world.run('sync_active')).toMatchObject({
    classes: 2,
    failed: 0,
    results: expect.arrayContaining([
      expect.objectContaining({ coverage: 'live', error: null }),
      expect.objectContaining({ coverage: 'no_access', error: expect.any(String) }),
    ]),
  });
});

test('what Google refuses for the moment is no error of the job: the class says why', async () => {
  await using world = await school();
  world.google.setFaults(failing('http-503', { method: 'conferenceRecords.list' }));

  expect(await world.run('sync_class', { class_id: world.classes.on })).toMatchObject({
    coverage: 'partial',
    error: expect.stringContaining('tried again'),
  });
});

test.for([
  ['sync_class', {}],
  ['sync_class', { class_id: 'one' }],
  ['backfill', { since: 'monday' }],
] as const)('a %s with the payload %j is refused before anything is read', async ([kind, payload]) => {
  await using world = await school();
  const attempt = async () => world.run(kind, payload);

  await expect(attempt()).rejects.toThrow(/invalid/i);
  expect(world.google.requests).toEqual([]);
});

test('a job that is told to end ends with the reason', async () => {
  await using world = await school();
  const closing = AbortSignal.abort(new Error('shutting down'));

  await expect(world.run('sync_active', {}, closing)).rejects.toThrow('shutting down');
});
