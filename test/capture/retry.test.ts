import { expect, test } from 'vitest';

import { captureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';
import { ANA, at, book, MINUTE, oneRoom } from '../support/one-room.ts';

const STRANGER = 'guest@home.example';

/** A school on the evening of a lesson that nobody has read yet; nobody came to the second room. */
async function evening() {
  const { timeline, teacher, ana, room } = oneRoom();
  const stranger = timeline.account(STRANGER, 'Someone Else');
  const lesson = room.call('15:58', '17:02');
  lesson.joins(teacher, '15:58', '17:02');
  lesson.joins(ana, '16:00', '17:00');
  const emptyRoom = timeline.room(teacher);
  const world = await captureWorld('2026-03-02T18:00:00Z', timeline.world);
  return {
    ...world,
    lesson,
    stranger,
    emptyCode: emptyRoom.meetingCode,
    /** One sweep alone, over the classes that have begun by then. */
    sweep(when: string, options?: Parameters<typeof world.parts.sweep>[1]) {
      world.clock.set(at(when));
      world.parts.monitor();
      return world.parts.sweep(world.signal, options);
    },
    session: (classId: number) => world.parts.sessionStore.ofClass(classId)!,
    statusOf: (classId: number, userEmail = ANA) =>
      world.parts.logStore.list({ classId, userEmail, limit: 1 })[0]?.status,
  };
}

const nothing = { due: 0, final: 0, failed: 0, skipped: 0, expired: 0 };

test('an ended class is final at the second read that changed nothing, and is due once more a day after', async () => {
  await using world = await evening();
  const [held, empty] = [book(world), book(world, { subject: 'Chess', code: world.emptyCode })];

  expect(await world.sweep('18:00')).toMatchObject({ due: 2, failed: 0 });
  await world.sweep('18:20');
  expect([held, empty].map((id) => world.session(id).coverage)).toEqual(['complete', 'empty']);
  expect([held, empty].map((id) => world.statusOf(id))).toEqual(['present', 'absent']);

  expect(await world.sweep('18:40')).toEqual(nothing);
  expect(await world.sweep('2026-03-03T18:00:00Z')).toEqual({ ...nothing, due: 2, final: 2 });
});

test('a class that is on is not swept; one that is canceled is read until its evidence is final', async () => {
  await using world = await evening();
  book(world, { from: '17:30', to: '18:30' });
  const canceled = book(world);
  world.parts.sessionStore.ensure(canceled);
  world.parts.classStore.cancel(canceled, 'family', 'ill');

  expect(await world.sweep('18:00')).toMatchObject({ due: 1, final: 0 });
  expect(await world.sweep('18:20')).toMatchObject({ due: 1, final: 1 });
  expect(world.session(canceled)).toMatchObject({ coverage: 'complete' });
});

test('who watches a sweep hears of each class as it is done', async () => {
  await using world = await evening();
  book(world);
  book(world, { subject: 'Chess', code: world.emptyCode });
  const heard: [number, number][] = [];

  await world.sweep('18:00', { onProgress: (done, total) => heard.push([done, total]) });

  expect(heard).toEqual([
    [1, 2],
    [2, 2],
  ]);
});

test('E110: what Google refuses for a while is tried less and less often, and made up for', async () => {
  await using world = await evening();
  const id = book(world);
  world.google.setFaults(failing('http-503', { method: 'participants.list' }));

  expect(await world.sweep('18:00')).toMatchObject({ due: 1, final: 0, failed: 1 });
  const first = world.session(id).nextAttemptAt! - at('18:00');
  expect(await world.sweep('18:01')).toEqual(nothing);
  world.clock.set(world.session(id).nextAttemptAt!);
  await world.parts.sweep(world.signal);
  const second = world.session(id).nextAttemptAt! - world.clock.now();
  expect(world.session(id)).toMatchObject({ coverage: 'partial', attempts: 2 });
  expect(second).toBeGreaterThan(first);

  world.google.setFaults(null);
  await world.sweep('23:00');
  await world.sweep('23:30');
  expect([world.session(id).coverage, world.statusOf(id)]).toEqual(['complete', 'present']);
});

test('E113: thirty days after a class that could not be read Google has deleted it, and a person has to decide', async () => {
  await using world = await evening();
  const id = book(world);
  world.google.setFaults(failing('http-503', { method: 'conferenceRecords.list' }));
  await world.sweep('18:00');

  expect(await world.sweep('2026-04-01T16:59:59Z')).toMatchObject({ expired: 0 });
  expect(await world.sweep('2026-04-01T17:00:01Z')).toEqual({ ...nothing, expired: 1 });

  expect(world.session(id)).toMatchObject({ coverage: 'expired', nextAttemptAt: null });
  expect(world.errors).toEqual(['class needs help']);
  expect(await world.sweep('2026-04-02T17:00:00Z')).toEqual(nothing);
});

test('E100: a class that was never read is read once even after the thirty days', async () => {
  await using world = await evening();
  const id = book(world);

  expect(await world.sweep('2026-04-10T12:00:00Z')).toMatchObject({ due: 1, expired: 0 });

  expect(world.session(id)).toMatchObject({ coverage: 'expired', lastReadAt: at('2026-04-10T12:00:00Z') });
  expect(await world.sweep('2026-04-11T12:00:00Z')).toEqual(nothing);
});

test('an account that the Directory could not answer for is asked about again, and the log gets its person', async () => {
  await using world = await evening();
  world.lesson.joins(world.stranger, '16:00', '16:50');
  world.parts.people.create({ email: STRANGER, role: 'student' });
  const id = book(world, { students: [STRANGER] });
  const logOf = (userEmail: string) => world.parts.logStore.list({ classId: id, userEmail, limit: 1 })[0];
  world.google.setFaults(failing('http-503', { method: 'directory.users.get' }));
  await world.sweep('17:05');
  expect(logOf(STRANGER)).toMatchObject({ identityMethod: null, durationMs: 0, status: 'pending' });
  world.google.setFaults(null);

  // The class itself is due only at the settle time.
  expect(await world.sweep('17:06')).toEqual(nothing);

  expect(logOf(STRANGER)).toMatchObject({ identityMethod: 'directory', durationMs: 50 * MINUTE });
});

test('an account that the Directory does not know is asked about again for a day: it may be a new one', async () => {
  await using world = await evening();
  world.stranger.inDirectory = false;
  world.lesson.joins(world.stranger, '16:00', '16:50');
  world.parts.people.create({ email: STRANGER, role: 'student' });
  const id = book(world, { students: [STRANGER] });
  const methodOf = () => world.parts.logStore.list({ classId: id, userEmail: STRANGER, limit: 1 })[0]?.identityMethod;
  await world.sweep('18:00');
  world.stranger.inDirectory = true;

  await world.sweep('18:59');
  expect(methodOf()).toBeNull();
  await world.sweep('19:01');

  expect(methodOf()).toBe('directory');
});

test('a sweep that is told to end throws the reason', async () => {
  await using world = await evening();
  book(world);
  world.parts.monitor();

  await expect(world.parts.sweep(AbortSignal.abort(new Error('shutting down')))).rejects.toThrow('shutting down');
});
