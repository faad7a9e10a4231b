import { expect, test } from 'vitest';

import type { AttendanceLog } from '../../src/ledger/attendance/log-store.ts';
import { captureWorld, type CaptureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';
import { ANA, at, book, MINUTE, oneRoom, pass, TEACHER } from '../support/one-room.ts';

function coverage({ parts }: CaptureWorld, classId: number) {
  return parts.sessionStore.ofClass(classId)?.coverage;
}

function logOf({ parts }: CaptureWorld, classId: number, email: string): AttendanceLog {
  return parts.logStore.list({ classId, userEmail: email, limit: 1 })[0]!;
}

function minutes(log: AttendanceLog): number {
  return log.durationMs / MINUTE;
}

test('E100: a class that began and ended while the daemon was down is found, fetched and made final', async () => {
  const school = oneRoom();
  const call = school.room.call('15:55', '17:01');
  call.joins(school.teacher, '15:55', '17:01');
  call.joins(school.ana, '16:00', '17:00');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);

  await pass(world, '18:00');
  await pass(world, '18:10');

  expect(world.parts.classStore.get(id)?.status).toBe('completed');
  expect(coverage(world, id)).toBe('complete');
  expect(minutes(logOf(world, id, ANA))).toBe(60);
});

test('nobody came: empty, and only once the settle re-read agreed', async () => {
  const school = oneRoom();
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);

  await pass(world, '16:05');
  expect(coverage(world, id)).toBe('live');
  await pass(world, '17:02');
  expect(coverage(world, id)).toBe('settling');
  await pass(world, '17:16');

  expect(coverage(world, id)).toBe('empty');
  expect(logOf(world, id, ANA).status).toBe('absent');
});

test('E09, E111: an account that does not own the room proves nothing by seeing nothing', async () => {
  const school = oneRoom();
  school.timeline.account('other@school.example');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);
  world.parts.classStore.update(id, { organizerEmail: 'other@school.example' });

  await pass(world, '18:00');
  await pass(world, '19:00');

  expect(coverage(world, id)).toBe('no_access');
  expect(world.parts.sessionStore.ofClass(id)?.lastError).toContain(
    'set the class’s organizer_email to the owner of the room',
  );
  expect(logOf(world, id, ANA).status).toBe('pending');
});

test('that a class needs help is logged once, however long nobody helps', async () => {
  const school = oneRoom();
  school.timeline.account('other@school.example');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);
  world.parts.classStore.update(id, { organizerEmail: 'other@school.example' });

  for (const when of ['18:00', '19:00', '2026-03-03T19:00:00Z', '2026-04-02T17:00:00Z']) await pass(world, when);

  expect(coverage(world, id)).toBe('expired');
  expect(world.errors).toEqual(['class needs help']);
});

test('E106: students who appear in the evidence only at the settle re-read are counted', async () => {
  const school = oneRoom();
  const call = school.room.call('16:00', '17:00');
  call.joins(school.teacher, '16:00', '17:00');
  call.joins(school.ana, '16:00', '17:00').visibleFrom = at('17:10');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);

  for (const when of ['16:05', '17:03', '17:16', '17:32', '17:48']) await pass(world, when);

  expect(coverage(world, id)).toBe('complete');
  expect(minutes(logOf(world, id, ANA))).toBe(60);
});

test('E107: an end that Google revises a day later reopens the class, and the old value stays beside the new one', async () => {
  const school = oneRoom();
  const call = school.room.call('16:00', '17:04');
  call.joins(school.teacher, '16:00', '17:04');
  const stay = call.joins(school.ana, '16:00', '16:59');
  stay.corrections = [{ at: at('2026-03-03T03:00:00Z'), end: at('17:04') }];
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);

  for (const when of ['16:05', '17:06', '17:25']) await pass(world, when);
  expect(coverage(world, id)).toBe('complete');
  expect(minutes(logOf(world, id, ANA))).toBe(59);
  await pass(world, '2026-03-03T17:10:00Z');
  expect(coverage(world, id)).toBe('settling');
  await pass(world, '2026-03-03T17:40:00Z');

  expect(coverage(world, id)).toBe('complete');
  expect(minutes(logOf(world, id, ANA))).toBe(64);
  const changes = 'select field from evidence_changes where resource = ?';
  expect(world.parts.database.sqlite.prepare(changes).all(stay.name)).toEqual([{ field: 'end' }]);
});

test('E109: the same data read twenty times leaves no trace but when it was last seen', async () => {
  const school = oneRoom();
  const call = school.room.call('15:58', '17:01');
  call.joins(school.teacher, '15:58', '17:01');
  call.joins(school.ana, '16:00', '17:00');
  await using world = await captureWorld('2026-03-02T18:00:00Z', school.timeline.world);
  const id = book(world);
  const dump = () =>
    [
      'conference_records',
      'participants',
      'participant_sessions',
      'evidence_changes',
      'attendance_logs',
      'review_items',
    ].map((table) =>
      world.parts.database.sqlite
        .prepare(`select * from ${table}`)
        .all()
        .map((row) => ({ ...(row as object), last_seen_at: 0, sessions_read_at: 0, updated_at: 0 })),
    );
  await pass(world, '18:00');
  await pass(world, '18:10');
  const before = dump();

  for (let again = 0; again < 20; again += 1) {
    world.clock.advance(MINUTE);
    await world.parts.reader.read(id, { mode: 'full', answers: new Map(), signal: world.signal });
  }

  expect(dump()).toEqual(before);
});

test('E115: a grant revoked in the middle keeps what was seen and judges nobody, and is made up for when it is back', async () => {
  const school = oneRoom();
  const call = school.room.call('15:58', '17:01');
  call.joins(school.teacher, '15:58', '17:01');
  call.joins(school.ana, '16:00', '17:00');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);

  await pass(world, '16:20');
  world.google.revoke(TEACHER);
  await pass(world, '16:40');
  await pass(world, '17:20');
  expect(coverage(world, id)).toBe('no_access');
  expect(minutes(logOf(world, id, ANA))).toBe(20);
  expect(logOf(world, id, ANA).status).toBe('pending');

  world.google.restore(TEACHER);
  for (const hour of [19, 22, 23]) await pass(world, `${hour}:30`);
  await pass(world, '2026-03-03T09:00:00Z');
  await pass(world, '2026-03-03T12:00:00Z');

  expect(coverage(world, id)).toBe('complete');
  expect(minutes(logOf(world, id, ANA))).toBe(60);
});

test('E113: what Google deleted before it was complete is expired and needs a person', async () => {
  const school = oneRoom();
  const call = school.room.call('15:58', '17:01');
  call.joins(school.ana, '16:00', '17:00');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);
  world.google.setFaults(failing('http-503', { method: 'conferenceRecords.list' }));

  await pass(world, '18:00');
  expect(coverage(world, id)).toBe('partial');
  await pass(world, '2026-04-02T18:00:00Z');

  expect(coverage(world, id)).toBe('expired');
  expect(logOf(world, id, ANA).status).toBe('pending');
});

test('E103: who never left a call that ended left when it ended', async () => {
  const school = oneRoom();
  const call = school.room.call('15:58', '17:02');
  call.joins(school.ana, '16:00', null);
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);

  for (const when of ['16:05', '23:00', '23:20']) await pass(world, when);

  expect(coverage(world, id)).toBe('complete');
  expect(logOf(world, id, ANA).intervals).toEqual([{ start: at('16:00'), end: at('17:02'), closedBy: 'record' }]);
});

test('a call that Google stops returning keeps its minutes, and the class is not taken for empty', async () => {
  const school = oneRoom();
  const call = school.room.call('15:58', '17:01');
  call.joins(school.ana, '16:00', '17:00');
  call.record.expireAt = at('2026-03-03T10:00:00Z');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);

  for (const when of ['16:05', '17:03', '17:20', '2026-03-03T17:30:00Z', '2026-03-03T18:00:00Z'])
    await pass(world, when);

  expect(coverage(world, id)).toBe('complete');
  expect(minutes(logOf(world, id, ANA))).toBe(60);
});

test('while the class runs the log is provisional and nobody who is in the call has left', async () => {
  const school = oneRoom();
  const call = school.room.call('15:58', '17:02');
  call.joins(school.ana, '16:00', '17:00');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);

  await pass(world, '16:30');

  expect(logOf(world, id, ANA)).toMatchObject({
    provisional: true,
    leave: null,
    durationMs: 30 * MINUTE,
  });
});

test('E117: a process that ends between reading and deriving loses nothing: the next one derives the same', async () => {
  const school = oneRoom();
  const call = school.room.call('15:58', '17:01');
  call.joins(school.teacher, '15:58', '17:01');
  call.joins(school.ana, '16:00', '17:00');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world, {}, { onDisk: true });
  const id = book(world);

  await pass(world, '16:30');
  world.reopen();
  await pass(world, '17:05');
  world.reopen();
  await pass(world, '17:30');

  expect(coverage(world, id)).toBe('complete');
  expect(minutes(logOf(world, id, ANA))).toBe(60);
});

test('the final capture of a class that was watched takes exactly the minimum of reads', async () => {
  const school = oneRoom();
  const call = school.room.call('15:58', '17:01');
  call.joins(school.teacher, '15:58', '17:01');
  call.joins(school.ana, '16:00', '17:00');
  await using world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const id = book(world);
  for (const when of ['16:03', '16:30', '17:03']) await pass(world, when);
  world.google.clearRequests();

  await pass(world, '17:20');

  expect(coverage(world, id)).toBe('complete');
  expect(world.google.requests.map(({ method }) => method).sort()).toEqual([
    'conferenceRecords.list',
    'participantSessions.list',
    'participantSessions.list',
    'participants.list',
  ]);
});

test('one organiser who cannot be reached keeps no other from being read', async () => {
  const school = oneRoom();
  const other = school.timeline.account('other@school.example');
  const otherRoom = school.timeline.room(other, 'xyz-abcd-efg');
  school.room.call('16:00', '17:00').joins(school.ana, '16:00', '17:00');
  otherRoom.call('16:00', '17:00').joins(other, '16:00', '17:00');
  await using world = await captureWorld(
    '2026-03-02T15:00:00Z',
    school.timeline.world,
    {},
    { onWire: true, attempts: 2 },
  );
  const id = book(world);
  const second = book(world, { subject: 'Physics', teacher: 'other@school.example', code: 'xyz-abcd-efg' });
  world.google.setFaults(failing('stall', { user: TEACHER }));

  await pass(world, '18:00');
  await pass(world, '18:10');

  expect(coverage(world, id)).toBe('partial');
  expect(coverage(world, second)).toBe('complete');
});

/** A lesson that Ana attends whole, watched by a machine whose clock is that many minutes ahead of Google's. */
function onClockAhead(aheadMinutes: number): Promise<CaptureWorld> {
  const { timeline, room, ana } = oneRoom();
  room.call('15:58', '17:01').joins(ana, '16:00', '17:00');
  return captureWorld('2026-03-02T15:00:00Z', timeline.world, {}, { aheadMs: aheadMinutes * MINUTE });
}

test.each([20, -20])(
  'a machine whose clock is %i minutes ahead retries when Google’s clock says so',
  async (minutes) => {
    await using world = await onClockAhead(minutes);
    const id = book(world);
    const asked = async (when: string) => {
      world.google.clearRequests();
      await pass(world, when);
      return world.google.requests.map(({ method }) => method);
    };

    await pass(world, '16:30');
    // A look at the live call is enough while Google's clock says that the class runs.
    expect(await asked('16:50')).toEqual(['participants.list']);
    await pass(world, '17:03');
    expect(coverage(world, id)).toBe('settling');
    expect(await asked('17:14')).toEqual([]);
    await pass(world, '17:16');

    expect(coverage(world, id)).toBe('complete');
    expect(logOf(world, id, ANA).durationMs).toBe(60 * MINUTE);
  },
);

test.each([20, -20])(
  'a machine whose clock is %i minutes ahead tries again as long as the class runs',
  async (minutes) => {
    await using world = await onClockAhead(minutes);
    const id = book(world);
    await pass(world, '16:45');
    world.google.setFaults(failing('http-503', { method: 'participants.list' }));
    await pass(world, '16:50');
    expect(coverage(world, id)).toBe('partial');
    world.google.setFaults(null);

    await pass(world, '16:51');
    expect(coverage(world, id)).toBe('live');
  },
);
