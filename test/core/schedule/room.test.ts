import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';

import { planRoom, type FoundSpace, type KnownRoom } from '../../../src/core/schedule/room.ts';

interface Room extends KnownRoom {
  readonly id: number;
}

const room = (id: number, space: string | null, changedToSpace: string | null = null): Room => ({
  id,
  space,
  changedToSpace,
});
const one: FoundSpace = { space: 'spaces/one', meetLink: 'https://meet.google.com/abc', ownerEmail: null };
const owned = { ...one, ownerEmail: 'ana@school.example' };
const opened = { space: one.space, meetLink: one.meetLink };

const fresh = room(1, null);
const same = room(1, 'spaces/one');
const other = room(1, 'spaces/two');
const stale = room(1, 'spaces/two', 'spaces/one');
const second = room(2, 'spaces/one');

describe('what a meeting code means', () => {
  test.each([
    ['Google is silent, and the code is new', null, null, null, { room: null, facts: null }],
    ['Google is silent, and the code is known', other, null, null, { room: other, facts: null }],
    ['a new code opens a new space', null, one, null, { room: null, facts: opened }],
    ['a new code opens a known space', null, one, second, { room: second, facts: {} }],
    ['a known code opens its space', same, one, same, { room: same, facts: { changedToSpace: null } }],
    ['a code that was not asked for yet opens a new space', fresh, one, null, { room: fresh, facts: opened }],
    [
      'a code that was not asked for yet opens a known space',
      fresh,
      one,
      second,
      { room: second, merged: fresh, facts: {} },
    ],
    [
      'the account that asked owns the space',
      fresh,
      owned,
      null,
      { room: fresh, facts: { ...opened, ownerEmail: owned.ownerEmail } },
    ],
  ] as const)('%s', (_case, byCode, found, bySpace, plan) => {
    const whole = { merged: null, retired: null, ...plan };
    expect(planRoom<Room>('booking', { byCode, found, bySpace })).toEqual(whole);
    expect(planRoom<Room>('reading', { byCode, found, bySpace })).toEqual(whole);
  });
});

describe('a code that opens another space now', () => {
  test.each([
    ['a new one', other, one, null, { room: null, retired: other, facts: opened }],
    ['a known one', other, one, second, { room: second, retired: other, facts: {} }],
    [
      'one that was seen before, while Google is silent',
      stale,
      null,
      null,
      { room: null, retired: stale, facts: null },
    ],
  ] as const)('retires the old room for a booking: %s', (_case, byCode, found, bySpace, plan) => {
    expect(planRoom<Room>('booking', { byCode, found, bySpace })).toEqual({ merged: null, ...plan });
  });

  test.each([
    ['a new one', other, one, null, { changedToSpace: 'spaces/one' }],
    ['a known one', other, one, second, { changedToSpace: 'spaces/one' }],
    ['one that was seen before, while Google is silent', stale, null, null, null],
  ] as const)('leaves a class that is read the room of its evidence: %s', (_case, byCode, found, bySpace, facts) => {
    expect(planRoom<Room>('reading', { byCode, found, bySpace })).toEqual({
      room: byCode,
      merged: null,
      retired: null,
      facts,
    });
  });
});

const spaces = fc.constantFrom('spaces/one', 'spaces/two', 'spaces/three');
const byCodes = fc.option(
  fc.record({ id: fc.constant(1), space: fc.option(spaces), changedToSpace: fc.option(spaces) }),
);
const founds = fc.option(
  fc.record({ space: spaces, meetLink: fc.constant(null), ownerEmail: fc.option(fc.constant('ana@school.example')) }),
);

test('asking again changes nothing, and no room is both retired and merged', () => {
  const asked = fc.property(
    fc.constantFrom('booking' as const, 'reading' as const),
    byCodes,
    founds,
    fc.boolean(),
    (purpose, byCode, found, isKnown) => {
      const holder = found === null || !isKnown ? null : room(2, found.space);
      const bySpace = found !== null && byCode?.space === found.space ? byCode : holder;
      const plan = planRoom<Room>(purpose, { byCode, found, bySpace });
      const used: Room = { ...(plan.room ?? room(3, null)), ...plan.facts };
      const holds = found !== null && used.space === found.space;

      expect(plan.merged === null || plan.retired === null).toBe(true);
      expect([plan.merged, plan.retired]).not.toContain(plan.room ?? 'a new room');
      const again = planRoom<Room>(purpose, { byCode: used, found, bySpace: holds ? used : bySpace });
      expect(again).toMatchObject({ room: used, merged: null, retired: null });
      expect({ ...used, ...again.facts }).toEqual({ ...used, ...(holds ? { changedToSpace: null } : {}) });
    },
  );
  fc.assert(asked);
});
