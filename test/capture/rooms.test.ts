import { expect, test } from 'vitest';

import { createRoomResolver } from '../../src/capture/rooms.ts';
import { captureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';
import { at, book, oneRoom, TEACHER } from '../support/one-room.ts';

/** The rooms of a school at 15:00, before its class at 16:00. */
async function rooms(booking: Parameters<typeof book>[1] = {}) {
  const { timeline } = oneRoom();
  timeline.account('other@school.example');
  const world = await captureWorld('2026-03-02T15:00:00Z', timeline.world);
  const resolver = createRoomResolver(world.parts);
  const classId = book(world, booking);
  const theClass = (id = classId) => world.parts.classStore.get(id)!;
  return {
    world,
    timeline,
    theClass,
    room: () => theClass().room,
    resolve: (id = classId) => resolver.resolve(theClass(id), world.signal),
    confirmOwner: () => resolver.confirmOwner(theClass(), world.signal),
    asked: () => world.google.requests.filter(({ method }) => method === 'spaces.get').length,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

const opens = (space: string) => ({ kind: 'ok', space });

test('the code of a class is asked for once, and the space and its owner are kept', async () => {
  await using school = await rooms();

  expect(await school.resolve()).toEqual(opens('spaces/room1'));
  expect(school.room()).toMatchObject({ space: 'spaces/room1', ownerEmail: TEACHER, changedToSpace: null });
  expect(await school.confirmOwner()).toBe(true);
  school.world.clock.set(at('15:31'));
  await school.resolve();
  await school.resolve();

  // Once when it was unknown, once more for this class, half an hour before which its evidence begins.
  expect(school.asked()).toBe(2);
});

test('E11: a code that opens another space later is noted, and the space with the evidence stays the one that is read', async () => {
  await using school = await rooms();
  await school.resolve();
  const [space] = school.timeline.world.spaces;
  const code = space!.meetingCode;
  space!.meetingCode = 'old-code-now';
  school.timeline.room(TEACHER, code);
  school.world.clock.set(at('15:45'));

  expect(await school.resolve()).toEqual(opens('spaces/room1'));

  expect(school.room()).toMatchObject({ space: 'spaces/room1', changedToSpace: 'spaces/room2' });
  expect(school.world.errors).toEqual(['meeting code opens another room now']);
  expect(await school.confirmOwner()).toBe(false);
});

test('that a code opens another room is logged once, and taken back when it opens the old one again', async () => {
  await using school = await rooms();
  await school.resolve();
  const [space] = school.timeline.world.spaces;
  const code = space!.meetingCode;
  space!.meetingCode = 'old-code-now';
  school.timeline.room(TEACHER, code);
  school.world.clock.set(at('15:45'));
  await school.resolve();
  const tomorrow = book(school.world, { from: '2026-03-03T16:00:00Z', to: '2026-03-03T17:00:00Z', code });
  school.world.clock.set(at('2026-03-03T15:45:00Z'));
  await school.resolve(tomorrow);
  expect(school.world.errors).toEqual(['meeting code opens another room now']);

  school.timeline.world.spaces.pop();
  space!.meetingCode = code;
  const later = book(school.world, { from: '2026-03-04T16:00:00Z', to: '2026-03-04T17:00:00Z', code });
  school.world.clock.set(at('2026-03-04T15:45:00Z'));
  await school.resolve(later);

  expect(school.room().changedToSpace).toBeNull();
});

test('a known space is read although its code has expired or Google fails', async () => {
  await using school = await rooms();
  await school.resolve();
  school.world.clock.set(at('15:45'));
  school.world.google.setFaults(failing('http-404', { method: 'spaces.get' }));
  expect(await school.resolve()).toEqual(opens('spaces/room1'));
  school.world.google.setFaults(failing('http-503', { method: 'spaces.get' }));
  expect(await school.resolve()).toEqual(opens('spaces/room1'));
  expect(school.room()).toMatchObject({ space: 'spaces/room1', changedToSpace: null });
});

test('an unknown room cannot be read while Google does not say what its code opens', async () => {
  await using school = await rooms();
  school.world.google.setFaults(failing('http-404', { method: 'spaces.get' }));

  expect(await school.resolve()).toMatchObject({ kind: 'failure', reason: 'not_found' });

  expect(school.room().space).toBeNull();
});

test('a class with neither code nor space says what it lacks, and nobody is asked', async () => {
  await using school = await rooms({ code: null });

  expect(await school.resolve()).toMatchObject({
    kind: 'failure',
    reason: 'not_found',
    message: expect.stringContaining('give it a meet_code'),
  });
  expect([await school.confirmOwner(), school.asked()]).toEqual([false, 0]);
});

test('two codes of one space are one room: its classes are read together', async () => {
  await using school = await rooms();
  await school.resolve();
  const second = book(school.world, { from: '17:00', to: '18:00', code: 'zzz-zzzz-zzz' });
  expect(school.theClass(second).room.id).not.toBe(school.room().id);
  school.timeline.world.spaces[0]!.meetingCode = 'zzz-zzzz-zzz';

  expect(await school.resolve(second)).toEqual(opens('spaces/room1'));

  expect(school.theClass(second).room.id).toBe(school.room().id);
});

test('E09: an account that may open a room it does not own proves nothing about it', async () => {
  await using school = await rooms({ organizer: 'other@school.example' });

  expect(await school.resolve()).toEqual(opens('spaces/room1'));

  expect([school.room().ownerEmail, await school.confirmOwner()]).toEqual([null, false]);
});
