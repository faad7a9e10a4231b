import { describe, expect, test } from 'vitest';

import { createTimeline, guest } from '../../../src/emulator/timeline.ts';
import { captureWorld, type CaptureWorld } from '../../support/capture-world.ts';
import { failing } from '../../support/failing.ts';
import { ANA, at, book, OTHER, TEACHER } from '../../support/one-room.ts';

const DAY = 24 * 60 * 60_000;

/** A school with a room that classes use, and a private room of the teacher's; Ana is a student. */
function school() {
  const timeline = createTimeline('2026-03-02');
  const office = timeline.account('office@school.example', 'Olga Office');
  const teacher = timeline.account(TEACHER, 'Tess Teacher');
  const ana = timeline.account(ANA, 'Ana Silva');
  const friend = timeline.account('friend@home.example', 'Fay Friend', { inDirectory: false });
  return {
    timeline,
    office,
    teacher,
    ana,
    friend,
    room: timeline.room(office),
    own: timeline.room(teacher),
  };
}

async function worldOf({ timeline }: ReturnType<typeof school>, now = '2026-03-02T18:30:00Z'): Promise<CaptureWorld> {
  const world = await captureWorld(now, timeline.world, { GOOGLE_DEFAULT_ORGANIZER: 'office@school.example' });
  book(world, { organizer: 'office@school.example' });
  return world;
}

const list = ({ parts, signal }: CaptureWorld) => parts.listCalls(signal, { everybody: true });
const names = ({ parts }: CaptureWorld, table: string, column = 'name') =>
  parts.database.sqlite.prepare(`select ${column} from ${table} order by 1`).pluck().all();
/** Everything that the ledger holds, as text. */
const everything = ({ parts }: CaptureWorld) =>
  JSON.stringify(
    (
      parts.database.sqlite
        .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
        .pluck()
        .all() as string[]
    ).map((table) => parts.database.sqlite.prepare(`select * from "${table}"`).all()),
  );

describe('a call in a private room', () => {
  test('is kept whole when a teacher and a student whom the school knows met', async () => {
    const there = school();
    const call = there.own.call('16:00', '17:00');
    call.joins(there.teacher, '15:59', '17:00');
    call.joins(there.ana, '16:02', '16:30', 'laptop');
    call.joins(there.ana, '16:31', '17:00', 'phone');
    call.joins(guest('Aunt'), '16:10', '16:20');
    await using world = await worldOf(there);

    expect(await list(world)).toMatchObject({ organizers: 2, listed: 1, kept: 1, failed: 0 });

    expect(names(world, 'conference_records')).toEqual(['conferenceRecords/call1']);
    expect(names(world, 'participant_sessions')).toHaveLength(4);
    expect(world.parts.calls.kept('conferenceRecords/call1')).toMatchObject({
      organizerEmail: TEACHER,
      meetingCode: there.own.meetingCode,
    });
    expect(names(world, 'other_calls')).toEqual([]);
    // The room stays private: what else happens there is none of the school's business.
    expect(world.parts.roomStore.bySpace(there.own.name)).toBeNull();
  });

  test('of a teacher with strangers leaves its name, space and times, and nobody who was in it', async () => {
    const there = school();
    const call = there.own.call('20:00', '21:00');
    call.joins(there.teacher, '20:00', '21:00');
    call.joins(there.friend, '20:00', '21:00');
    call.joins(guest('Uncle Ned'), '20:05', '20:30');
    await using world = await worldOf(there, '2026-03-02T21:30:00Z');

    await list(world);

    expect(names(world, 'other_calls')).toEqual(['conferenceRecords/call1']);
    expect(names(world, 'conference_records')).toEqual([]);
    const all = everything(world);
    for (const trace of ['Uncle Ned', 'Fay Friend', 'friend@home.example', there.friend.id]) {
      expect(all).not.toContain(trace);
    }
  });

  test('in which the student came when the teacher had left is none of the school’s', async () => {
    const there = school();
    const call = there.own.call('20:00', '21:00');
    call.joins(there.teacher, '20:00', '20:10');
    call.joins(there.teacher, '20:50', '21:00');
    call.joins(there.ana, '20:20', '20:40');
    await using world = await worldOf(there, '2026-03-02T21:30:00Z');
    await list(world);
    expect(names(world, 'other_calls')).toEqual(['conferenceRecords/call1']);
    expect(everything(world)).not.toContain(`/participants/${there.ana.id}`);
  });

  test('is deleted from the ledger after 30 days, and its teacher’s other calls are not', async () => {
    const there = school();
    there.own.call('10:00', '10:30').joins(there.teacher, '10:00', '10:30');
    await using world = await worldOf(there);
    await list(world);
    world.clock.set(at('10:30') + 30 * DAY);
    expect(await list(world)).toMatchObject({ deleted: 0 });
    expect(names(world, 'other_calls')).toHaveLength(1);
    world.clock.advance(1);
    expect(await list(world)).toMatchObject({ deleted: 1 });
    expect(names(world, 'other_calls')).toEqual([]);
  });

  test('is kept once the student is entered, while Google still has it', async () => {
    const there = school();
    const ben = there.timeline.account('ben@school.example', 'Ben Brown');
    const call = there.own.call('2026-02-10T10:00:00Z', '2026-02-10T11:00:00Z');
    call.joins(there.teacher, '2026-02-10T10:00:00Z', '2026-02-10T11:00:00Z');
    call.joins(ben, '2026-02-10T10:00:00Z', '2026-02-10T11:00:00Z');
    await using world = await worldOf(there);
    await list(world);
    expect(names(world, 'other_calls')).toHaveLength(1);
    world.google.clearRequests();
    await list(world);
    expect(world.google.requests.map(({ method }) => method)).not.toContain('participants.list');

    world.parts.people.create({ email: 'ben@school.example', role: 'student' });
    expect(await list(world)).toMatchObject({ kept: 1 });
    expect(names(world, 'other_calls')).toEqual([]);
    expect(names(world, 'conference_records')).toEqual(['conferenceRecords/call1']);
  });

  test('is kept once its room is one of the school’s', async () => {
    const there = school();
    there.own.call('2026-02-10T10:00:00Z', '2026-02-10T11:00:00Z').joins(there.teacher, '2026-02-10T10:00:00Z', null);
    await using world = await worldOf(there);
    await list(world);
    expect(names(world, 'other_calls')).toHaveLength(1);
    const { roomStore } = world.parts;
    roomStore.create({ meetingCode: there.own.meetingCode, space: there.own.name, meetLink: null, ownerEmail: null });
    await list(world);
    expect(names(world, 'conference_records')).toEqual(['conferenceRecords/call1']);
  });
});

describe('a call in a room of the school', () => {
  test('outside every window is kept, whoever was in it; one that a class reads is left to it', async () => {
    const there = school();
    there.room.call('16:00', '17:00').joins(there.teacher, '16:00', '17:00');
    there.room.call('20:00', '20:30').joins(guest('Somebody'), '20:00', '20:30');
    await using world = await worldOf(there, '2026-03-02T20:45:00Z');
    const { parts, signal } = world;
    parts.monitor();
    await parts.sweep(signal);
    expect(await list(world)).toMatchObject({ listed: 2, kept: 1 });
    expect(names(world, 'conference_records')).toEqual(['conferenceRecords/call1', 'conferenceRecords/call2']);
    expect(parts.calls.kept('conferenceRecords/call1')).toBeNull();
  });
});

describe('whose calls are listed:', () => {
  test('with delegation the default organiser, those of recent classes and every teacher; of a consent only the first two', async () => {
    const there = school();
    await using world = await worldOf(there);
    world.parts.people.create({ email: OTHER, role: 'teacher' });
    book(world, { from: '18:00', to: '19:00', organizer: 'Second@school.example' });
    await list(world);
    expect(world.parts.calls.listings().map(({ organizerEmail }) => organizerEmail)).toEqual([
      'office@school.example',
      OTHER,
      'second@school.example',
      TEACHER,
    ]);
  });

  test('a few times a day', async () => {
    await using world = await worldOf(school());
    const { parts, signal, clock } = world;
    const due = async () => (await parts.listCalls(signal)).organizers;
    expect([await due(), await due()]).toEqual([2, 0]);
    clock.advance(DAY / 4 - 1);
    expect(await due()).toBe(0);
    clock.advance(1);
    expect(await due()).toBe(2);
  });
});

describe('when Google fails', () => {
  test('one refused organiser says so and is asked less and less, the others are listed', async () => {
    const there = school();
    there.teacher.revoked = true;
    there.room.call('20:00', '20:30').joins(guest('Somebody'), '20:00', '20:30');
    await using world = await worldOf(there, '2026-03-02T20:45:00Z');
    const { parts, signal, clock } = world;
    parts.roomStore.update(parts.roomStore.byCode(there.room.meetingCode)!.id, { space: there.room.name });
    expect(await parts.listCalls(signal)).toMatchObject({ organizers: 2, kept: 1, failed: 1 });
    const [office, teacher] = parts.calls.listings();
    expect(office).toMatchObject({ lastError: null, attempts: 0, listedAt: clock.now() });
    expect(teacher).toMatchObject({ listedAt: null, attempts: 1, nextAttemptAt: clock.now() + 20 * 60_000 });
    expect(teacher?.lastError).toMatch(/^Google gives out no token/);
    clock.advance(20 * 60_000);
    expect(await parts.listCalls(signal)).toMatchObject({ organizers: 1, failed: 1 });
    expect(parts.calls.listing(TEACHER)?.nextAttemptAt).toBe(clock.now() + 40 * 60_000);
  });

  test.each(['participants.list', 'participantSessions.list', 'directory.users.get'] as const)(
    '%s that fails decides nothing: the call is neither kept nor dismissed, and decided when Google answers',
    async (method) => {
      const there = school();
      const call = there.own.call('16:00', '17:00');
      call.joins(there.teacher, '16:00', '17:00');
      call.joins(there.ana, '16:00', '17:00');
      await using world = await worldOf(there);
      // Only the Directory tells who she is.
      world.parts.people.update(world.parts.people.byEmail(ANA)!.id, { name: 'Ana Maria' });
      const faults = failing('http-503', { method });
      world.google.setFaults(faults);
      expect(await list(world)).toMatchObject({ kept: 0, failed: 1 });
      expect([names(world, 'other_calls'), names(world, 'conference_records')]).toEqual([[], []]);
      expect(world.parts.calls.listing(TEACHER)).toMatchObject({ listedAt: null, attempts: 1 });
      world.google.setFaults(null);
      world.clock.advance(DAY / 24);
      expect(await list(world)).toMatchObject({ kept: 1, failed: 0 });
    },
  );

  test('a pass that ends early goes on where it ended, and calls that were decided are not asked about again', async () => {
    const there = school();
    for (const day of ['2026-02-05', '2026-02-06', '2026-02-26']) {
      const call = there.own.call(`${day}T10:00:00Z`, `${day}T11:00:00Z`);
      call.joins(there.teacher, `${day}T10:00:00Z`, `${day}T11:00:00Z`);
      call.joins(day === '2026-02-06' ? there.ana : there.friend, `${day}T10:00:00Z`, `${day}T11:00:00Z`);
    }
    await using world = await worldOf(there);
    const { parts, google } = world;
    const leaving = new AbortController();
    google.setFaults(({ method, path }) => {
      if (method === 'participants.list' && path.includes('call2')) leaving.abort(new Error('closing'));
      return null;
    });
    await expect(parts.listCalls(leaving.signal)).rejects.toThrow('closing');
    google.setFaults(null);
    google.clearRequests();
    expect(await list(world)).toMatchObject({ kept: 1, failed: 0 });
    expect(names(world, 'other_calls')).toEqual(['conferenceRecords/call1', 'conferenceRecords/call3']);
    expect(names(world, 'conference_records')).toEqual(['conferenceRecords/call2']);
    google.clearRequests();
    await list(world);
    const asked = google.requests.map(({ method }) => method);
    expect(asked.filter((method) => method !== 'token')).toEqual(['conferenceRecords.list', 'conferenceRecords.list']);
  });

  test('after weeks without the daemon all calls that Google still has are looked at', async () => {
    const there = school();
    await using world = await worldOf(there, '2026-02-02T12:00:00Z');
    await list(world);
    for (const day of ['2026-02-03', '2026-02-14', '2026-03-01']) {
      const call = there.own.call(`${day}T10:00:00Z`, `${day}T11:00:00Z`);
      for (const who of [there.teacher, there.ana]) call.joins(who, `${day}T10:00:00Z`, `${day}T11:00:00Z`);
    }
    world.clock.set('2026-03-02T18:30:00Z');
    expect(await list(world)).toMatchObject({ kept: 3 });
  });

  test('a call that went on is read again when it is over, and once more a day later', async () => {
    const there = school();
    const call = there.own.call('18:00', '19:00');
    call.joins(there.teacher, '18:00', '19:00');
    call.joins(there.ana, '18:05', '19:00');
    await using world = await worldOf(there);
    const ends = () => names(world, 'participant_sessions', 'end_at');
    expect([await list(world), ends()]).toMatchObject([{ kept: 1 }, [null, null]]);
    world.clock.set(at('19:30'));
    expect([await list(world), ends()]).toMatchObject([{ kept: 1 }, [at('19:00'), at('19:00')]]);
    world.clock.advance(DAY);
    expect(await list(world)).toMatchObject({ kept: 1 });
    expect(await list(world)).toMatchObject({ listed: 1, kept: 0 });
  });
});
