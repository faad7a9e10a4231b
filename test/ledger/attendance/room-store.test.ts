import { expect, test } from 'vitest';

import { createClassStore } from '../../../src/ledger/attendance/class-store.ts';
import { createRoomStore } from '../../../src/ledger/attendance/room-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const HOUR = 60 * 60_000;
const START = Date.parse('2026-01-16T15:00:00Z');
const CODE = 'abc-defg-hij';

function ledger() {
  const clock = handClock(START);
  const database = memoryLedger({ clock });
  const roomStore = createRoomStore(database, clock);
  return {
    roomStore,
    classStore: createClassStore(database, clock),
    make: (meetingCode: string | null, space: string | null = null) =>
      roomStore.create({ meetingCode, space, meetLink: null, ownerEmail: null }),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

test('a room is found by its code until it is retired, and by its space for good', () => {
  using world = ledger();
  const old = world.make(CODE, 'spaces/one');

  expect(world.roomStore.byCode(CODE)).toEqual(old);
  world.roomStore.retire(old.id);
  expect(world.roomStore.byCode(CODE)).toBeNull();
  expect(world.roomStore.bySpace('spaces/one')).toEqual(old);

  const next = world.make(CODE, 'spaces/two');
  expect(world.roomStore.byCode(CODE)).toEqual(next);
});

test('a change leaves what it does not name as it was', () => {
  using world = ledger();
  const room = world.make(CODE);

  const changed = world.roomStore.update(room.id, { space: 'spaces/one', checkedAt: START });
  expect(changed).toEqual({ ...room, space: 'spaces/one', checkedAt: START });
  expect(world.roomStore.byCode(CODE)).toEqual(changed);
});

test('the classes of a room that turned out to be another one join it', () => {
  using world = ledger();
  const [first, second] = [world.make(CODE), world.make('xyz-wvut-srq', 'spaces/one')];
  const { id } = world.classStore.create({
    subject: 'Algebra',
    roomId: first.id,
    organizerEmail: 'ana@school.example',
    seriesId: null,
    start: START,
    end: START + HOUR,
    teacherIds: [],
    studentIds: [],
  });

  world.roomStore.merge(first.id, second.id);
  expect(world.classStore.get(id)?.room).toEqual(second);
  expect(world.roomStore.byCode(CODE)).toBeNull();
});
