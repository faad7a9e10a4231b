import { describe, expect, test } from 'vitest';

import { findSpace, roomFor } from '../../../src/actions/classes/room-finder.ts';
import { webWorld } from '../../web/web-world.ts';
import { signal } from './booked.ts';

const ANA = 'ana@school.example';
const CODE = 'abc-defg-hij';
const found = (space: string) => ({ space, meetLink: null, ownerEmail: ANA });

describe('the space of a class', () => {
  test('is what its code opens, and who owns it reads it', async () => {
    await using world = webWorld();
    world.google.spaces.set(CODE, { name: 'spaces/one', ownedByReader: true });
    expect(await findSpace(world, { room: { code: CODE }, organizerEmail: ANA }, signal)).toMatchObject({
      kind: 'found',
      code: CODE,
      found: { space: 'spaces/one', ownerEmail: ANA },
      warnings: [],
    });
    world.google.spaces.set(CODE, { name: 'spaces/one', ownedByReader: false });
    expect(await findSpace(world, { room: { code: CODE }, organizerEmail: ANA }, signal)).toMatchObject({
      found: { ownerEmail: null },
    });
  });

  test('is found later when Google does not answer', async () => {
    await using world = webWorld();
    world.google.fail();
    expect(await findSpace(world, { room: { code: CODE }, organizerEmail: ANA }, signal)).toMatchObject({
      kind: 'found',
      code: CODE,
      found: null,
      warnings: [expect.stringContaining('the room is not confirmed by Google yet, and is asked for again')],
    });
  });

  test('is made where there is no code, and is of whom it was made for', async () => {
    await using world = webWorld();
    expect(await findSpace(world, { room: 'new_space', organizerEmail: ANA }, signal)).toMatchObject({
      kind: 'found',
      code: 'new-made-aab',
      found: { space: 'spaces/made1', ownerEmail: ANA },
    });
  });

  test('is refused where there is no code and Google makes none', async () => {
    await using world = webWorld();
    world.google.fail();
    expect(await findSpace(world, { room: 'new_space', organizerEmail: ANA }, signal)).toMatchObject({
      kind: 'refused',
      code: 'google_unavailable',
      message: expect.stringContaining('try again later, or give the meeting code of a room that exists'),
    });
  });

  test('is refused with the address that may have been meant where one letter is wrong', async () => {
    await using world = webWorld();
    world.google.fail();
    const refusal = async (organizerEmail: string) => {
      const answer = await findSpace(world, { room: 'new_space', organizerEmail }, signal);
      return answer.kind === 'refused' ? answer.message : null;
    };
    expect(await refusal('ana@scool.example')).toMatch(
      /^ana@scool\.example is nobody of the school and one letter from ana@school\.example: correct it if that is meant; no Meet space was made/,
    );
    expect(await refusal(ANA)).toMatch(/^no Meet space was made/);
    expect(await refusal('zoe@elsewhere.example')).toMatch(/^no Meet space was made/);
  });

  test('is not waited for once the caller has gone', async () => {
    await using world = webWorld();
    const gone = AbortSignal.abort(new Error('the browser was closed'));
    await expect(findSpace(world, { room: { code: CODE }, organizerEmail: ANA }, gone)).rejects.toThrow(
      'the browser was closed',
    );
  });
});

describe('the room of a class', () => {
  test('is made when it is new, and is the same one afterwards', async () => {
    await using world = webWorld();
    const first = roomFor(world, { code: CODE, found: found('spaces/one') }, () => undefined);
    expect(first).toMatchObject({ meetingCode: CODE, space: 'spaces/one', ownerEmail: ANA });
    expect(roomFor(world, { code: CODE, found: found('spaces/one') }, () => undefined).id).toBe(first.id);
    expect(roomFor(world, { code: CODE, found: null }, () => undefined).id).toBe(first.id);
  });

  test('without a confirmed space waits for it under its code', async () => {
    await using world = webWorld();
    const first = roomFor(world, { code: CODE, found: null }, () => undefined);
    expect(first).toMatchObject({ meetingCode: CODE, space: null });
    expect(roomFor(world, { code: CODE, found: found('spaces/one') }, () => undefined)).toMatchObject({
      id: first.id,
      space: 'spaces/one',
    });
  });

  test('is another when its code opens another space now', async () => {
    await using world = webWorld();
    const old = roomFor(world, { code: CODE, found: found('spaces/one') }, () => undefined);
    const now = roomFor(world, { code: CODE, found: found('spaces/two') }, () => undefined);
    expect(now.id).not.toBe(old.id);
    expect(world.roomStore.byCode(CODE)).toMatchObject({ id: now.id, space: 'spaces/two' });
    // The old room keeps what was held in it.
    expect(world.roomStore.bySpace('spaces/one')?.id).toBe(old.id);
  });
});
