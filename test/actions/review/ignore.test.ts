import { expect, test } from 'vitest';

import { BEN } from '../../support/money-world.ts';
import { reviewWorld } from '../../support/review-world.ts';
import { algebra, seen, webWorld } from '../../web/web-world.ts';

const BY = { actor: 'office', reason: 'a note taker' };

test.each([
  ['call', ['ignored', 'open', 'open']],
  ['class', ['ignored', 'open', 'open']],
  ['series', ['ignored', 'gone', 'open']],
  ['everywhere', ['ignored', 'gone', 'gone']],
] as const)('whom a person ignores is nobody for the %s', async (scope, states) => {
  await using world = reviewWorld();

  expect(world.actions.ignoreReview(1, { scope }, BY)).toMatchObject({ kind: 'answered' });
  expect(world.reviewItems().map(({ state }) => state)).toEqual(states);
  if (scope === 'call') return;
  // Without a scope it is the call.
  world.actions.undoReview(1, BY);
  world.actions.ignoreReview(1, {}, BY);
  expect(world.reviewItems().map(({ state }) => state)).toEqual(['ignored', 'open', 'open']);
});

test('a bot that is ignored everywhere is nobody in all classes, those to come too', async () => {
  await using world = reviewWorld();

  expect(world.actions.ignoreReview(1, { scope: 'everywhere' }, BY)).toMatchObject({
    kind: 'answered',
    item: { state: 'ignored', decidedBy: 'office' },
    rebuiltClassIds: [1, 2, 3],
  });
  expect(world.reviewItems().map(({ state }) => state)).toEqual(['ignored', 'gone', 'gone']);
  expect(world.ofBen()).toEqual(['absent -', 'absent -', 'absent -']);

  const there = { 'tablet@nowhere.example': ['16:00-16:30'] };
  const later = world.lesson({ date: '2026-01-26', space: 'spaces/four', there, students: [BEN] });
  expect(world.review.list({ classId: later, after: 0, limit: 9 })).toEqual([]);
});

test('a device without an account is known by the name it shows, however it is written', async () => {
  await using world = webWorld({ now: '2026-01-16T16:00:00Z' });
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });
  await world.admin('POST', '/api/schedule/class', algebra);
  seen(world, { userId: null, displayName: 'Room  IPAD', from: '15:01:00', to: '15:29:00' });
  world.attendance.rebuild(1);

  world.actions.ignoreReview(1, { scope: 'class' }, BY);
  seen(world, { userId: null, displayName: 'room ipad', from: '15:01:00', to: '15:29:00' });
  world.attendance.rebuild(1);

  expect(world.review.list({ state: 'open', after: 0, limit: 9 })).toEqual([]);
});
