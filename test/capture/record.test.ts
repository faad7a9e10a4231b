import { expect, test } from 'vitest';

import type { ReadOptions } from '../../src/capture/record.ts';
import { captureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';
import { ANA, at, book, MINUTE, oneRoom, pass, TEACHER } from '../support/one-room.ts';

/** A school whose classes are read one by one. */
async function school(happens: (school: ReturnType<typeof oneRoom>) => void) {
  const scene = oneRoom();
  happens(scene);
  const world = await captureWorld('2026-03-02T15:00:00Z', scene.timeline.world);
  const { sessionStore, logStore, reader } = world.parts;
  return {
    ...world,
    read: (classId: number, when: string, mode: ReadOptions['mode'] = 'auto') => {
      world.clock.set(at(when));
      return reader.read(classId, { mode, answers: new Map(), signal: world.signal });
    },
    session: (classId: number) => sessionStore.ofClass(classId)!,
    /** Status and minutes of each person, teachers first. */
    logs: (classId: number) =>
      logStore
        .list({ classId, limit: 9 })
        .map(({ userEmail, status, durationMs }) => [userEmail, status, durationMs / MINUTE]),
    count: (table: string) => world.parts.database.sqlite.prepare(`select count(*) from ${table}`).pluck().get(),
  };
}

/** The lesson as it should be: both are there from 16:00 to 17:00, the teacher a little longer. */
const lesson = ({ room, teacher, ana }: ReturnType<typeof oneRoom>) => {
  const call = room.call('15:58', '17:02');
  call.joins(teacher, '15:58', '17:02');
  call.joins(ana, '16:00', '17:00');
  return call;
};

test('a class that was read twice, the second time without a change, is complete, and the summary says what was seen', async () => {
  await using world = await school(lesson);
  const id = book(world);
  expect(await world.read(id, '17:05')).toMatchObject({ coverage: 'settling', error: null });

  expect(await world.read(id, '17:20')).toEqual({
    classId: id,
    sessionId: world.session(id).id,
    coverage: 'complete',
    records: 1,
    participants: 2,
    logs: 2,
    error: null,
    organizerDown: false,
  });

  expect(world.session(id)).toMatchObject({ lastReadAt: at('17:20'), finalReadAt: at('17:20'), flags: [] });
  expect(world.logs(id)).toEqual([
    [TEACHER, 'present', 64],
    [ANA, 'present', 60],
  ]);
});

test('two callers at a time get one read', async () => {
  await using world = await school(lesson);
  const id = book(world);

  const [first, second] = await Promise.all([world.read(id, '17:05'), world.read(id, '17:05')]);

  expect(second).toBe(first);
  expect(world.google.requests.filter(({ method }) => method === 'participants.list')).toHaveLength(1);
});

test('a class that does not exist is an error of the caller', async () => {
  await using world = await school(lesson);

  await expect(world.read(99, '17:05')).rejects.toThrow('class 99 does not exist');
});

test('E117: evidence, logs and coverage are stored together or not at all', async () => {
  await using world = await school(lesson);
  const id = book(world);
  world.parts.monitor();
  world.parts.database.sqlite.exec(
    `create trigger full before insert on attendance_logs begin select raise(abort, 'disk full'); end`,
  );

  await expect(world.read(id, '17:05')).rejects.toThrow('disk full');

  expect(['conference_records', 'participant_sessions', 'attendance_logs'].map(world.count)).toEqual([0, 0, 0]);
  expect(world.session(id).coverage).toBe('pending');
});

test('E111: a room that Google refuses is no access, names the remedy, and keeps what was seen', async () => {
  await using world = await school(lesson);
  const id = book(world);
  await world.read(id, '16:30');
  world.google.setFaults(failing('http-403-permission', { method: 'conferenceRecords.list' }));

  const { coverage, error, organizerDown } = await world.read(id, '17:05', 'full');

  expect([coverage, organizerDown]).toEqual(['no_access', false]);
  expect(error).toContain('set organizer_email to the account that owns it');
  expect(world.session(id)).toMatchObject({ alarmedAt: at('17:05') });
  expect(world.logs(id)).toEqual([
    [TEACHER, 'pending', 32],
    [ANA, 'pending', 30],
  ]);
});

test('E115: an account whose grant was taken back is down as a whole', async () => {
  await using world = await school(lesson);
  const id = book(world);
  world.google.revoke(TEACHER);

  expect(await world.read(id, '17:05')).toMatchObject({ coverage: 'no_access', records: 0, organizerDown: true });
});

test('E110: where one list fails, what was read is kept and the class is partial', async () => {
  await using world = await school(lesson);
  const id = book(world);
  world.google.setFaults(failing('http-503', { method: 'participantSessions.list' }));

  expect(await world.read(id, '17:20')).toMatchObject({ coverage: 'partial', participants: 2 });

  expect(world.count('participants')).toBe(2);
  expect(world.session(id).lastReadAt).toBeNull();
});

test('E104: a call that outlasts the window is flagged and final once it has covered it, whatever happens in it later', async () => {
  await using world = await school(({ room, teacher, ana }) => {
    const call = room.call('15:58', '2026-03-03T02:00:00Z');
    call.joins(teacher, '15:58', '18:10');
    call.joins(ana, '16:00', '2026-03-03T02:00:00Z');
    call.joins({ kind: 'anonymous', displayName: 'Evening class' }, '18:05', '20:00');
  });
  const id = book(world);
  await world.read(id, '16:05');

  await world.read(id, '17:50');
  expect(world.session(id)).toMatchObject({ coverage: 'live', flags: [], nextAttemptAt: at('18:00') });
  await world.read(id, '18:00');
  expect(world.session(id)).toMatchObject({ coverage: 'settling', flags: ['call_still_open'] });
  await world.read(id, '18:15');
  const final = {
    coverage: 'complete',
    flags: ['call_still_open'],
    finalReadAt: at('18:15'),
    nextAttemptAt: at('2026-03-03T18:00:00Z'),
  };
  expect(world.session(id)).toMatchObject(final);
  const logs = [
    [TEACHER, 'present', 122],
    [ANA, 'present', 120],
  ];
  expect(world.logs(id)).toEqual(logs);

  await world.read(id, '22:00', 'full');
  expect(world.session(id)).toMatchObject({ ...final, finalReadAt: at('22:00') });
  await world.read(id, '2026-03-03T18:01:00Z');
  expect(world.session(id)).toMatchObject({ coverage: 'complete', flags: ['call_still_open'], nextAttemptAt: null });
  expect(world.logs(id)).toEqual(logs);
});

test('E104: what Google corrects inside the window of a call that goes on is settled anew', async () => {
  await using world = await school(({ room, teacher, ana }) => {
    const call = room.call('15:58', null);
    call.joins(teacher, '15:58', null);
    call.joins(ana, '16:00', '17:00').corrections = [{ at: at('18:10'), end: at('16:40') }];
  });
  const id = book(world);
  await world.read(id, '18:00');

  await world.read(id, '18:15');
  expect(world.session(id)).toMatchObject({ coverage: 'settling', overSeenAt: at('18:15') });
  await world.read(id, '18:30');
  expect(world.session(id)).toMatchObject({ coverage: 'complete', flags: ['call_still_open'] });
  expect(world.logs(id)).toEqual([
    [TEACHER, 'present', 122],
    [ANA, 'present', 40],
  ]);
});

test('E11: a class whose code opens another room now is read in the old one, and flagged', async () => {
  await using world = await school(lesson);
  const id = book(world);
  const [space] = world.google.world.spaces;
  await world.read(id, '15:10');
  world.google.world.spaces.push({ ...space!, name: 'spaces/new' });
  space!.meetingCode = 'old-code-now';
  await world.read(id, '17:05');
  await world.read(id, '17:20');

  expect(world.session(id)).toMatchObject({ coverage: 'complete', flags: ['room_changed'] });
  expect(world.logs(id)).toEqual([
    [TEACHER, 'present', 64],
    [ANA, 'present', 60],
  ]);
});

test('E02: what a read of one class shows of the next one in the room is counted there at once, and that one is read again', async () => {
  await using world = await school(({ room, teacher, ana }) => {
    const call = room.call('15:58', '18:02');
    call.joins(teacher, '15:58', '18:02');
    call.joins(ana, '15:59', '18:01').visibleFrom = at('18:30');
  });
  const [first, second] = [book(world), book(world, { from: '17:00', to: '18:00' })];
  for (const when of ['18:05', '18:20']) await world.read(second, when, 'full');
  expect(world.session(second).coverage).toBe('complete');
  expect(world.logs(second)).toEqual([
    [TEACHER, 'present', 62],
    [ANA, 'absent', 0],
  ]);

  await world.read(first, '18:35', 'full');

  expect(world.session(second)).toMatchObject({ coverage: 'settling', finalReadAt: null });
  expect([world.logs(first), world.logs(second)]).toEqual([
    [
      [TEACHER, 'pending', 62],
      [ANA, 'pending', 61],
    ],
    [
      [TEACHER, 'pending', 62],
      [ANA, 'pending', 61],
    ],
  ]);
});

test('E109: a second read of what is known changes no log', async () => {
  await using world = await school(lesson);
  const id = book(world);
  for (const when of ['17:05', '17:20']) await world.read(id, when);
  const stored = () => world.parts.database.sqlite.prepare('select * from attendance_logs').all();
  const before = stored();

  expect(await world.read(id, '18:00', 'full')).toMatchObject({ coverage: 'complete' });

  expect(stored()).toEqual(before);
});

test('that a class needs help is said again after it was well in between', async () => {
  await using world = await school(lesson);
  const id = book(world);
  world.google.revoke(TEACHER);
  for (const when of ['16:10', '16:40']) await world.read(id, when);
  expect(world.errors).toEqual(['class needs help']);
  world.google.restore(TEACHER);
  await world.read(id, '16:50');
  world.google.revoke(TEACHER);

  await world.read(id, '17:30');

  expect(world.errors).toEqual(['class needs help', 'class needs help']);
});

test('while a class is on its reads are looks; the one after the settle time is full', async () => {
  await using world = await school(lesson);
  book(world);
  const listed = (method: string) => world.google.requests.filter((request) => request.method === method).length;
  await pass(world, '16:05');
  await pass(world, '16:10');
  expect(listed('participantSessions.list')).toBe(0);

  for (const when of ['17:05', '17:20']) await pass(world, when);

  expect(listed('participantSessions.list')).toBeGreaterThanOrEqual(2);
});
