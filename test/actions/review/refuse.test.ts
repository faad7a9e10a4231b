import { expect, test } from 'vitest';

import { BEN, CLEO } from '../../support/money-world.ts';
import { reviewWorld } from '../../support/review-world.ts';

const BY = { actor: 'office', reason: 'it is the tablet of the room' };

test.each([
  ['class', [null, BEN, BEN]],
  ['series', [null, null, BEN]],
  ['everywhere', [null, null, null]],
] as const)('who it is not is remembered in the %s: the guess does not come back there', async (scope, suggested) => {
  await using world = reviewWorld();

  expect(world.actions.refuseReview(1, { scope }, BY)).toMatchObject({ kind: 'answered', item: { state: 'refused' } });
  for (const classId of world.classIds) world.attendance.rebuild(classId);

  expect(world.reviewItems().map((item) => item.suggested)).toEqual(suggested);
  expect(world.reviewItems().map(({ state }) => state)).toEqual(['refused', 'open', 'open']);
  expect(world.ofBen()).toEqual(['absent -', 'absent -', 'absent -']);
});

test('without a scope it holds in the series, or in the class that has none', async () => {
  await using world = reviewWorld();

  world.actions.refuseReview(3, {}, BY);
  expect(world.reviewItems().map((item) => item.suggested)).toEqual([BEN, BEN, null]);
  world.actions.refuseReview(1, {}, BY);
  expect(world.reviewItems().map((item) => item.suggested)).toEqual([null, null, null]);
});

test('a class without a series has no series to remember it in', async () => {
  await using world = reviewWorld();

  expect(world.actions.refuseReview(3, { scope: 'series' }, BY)).toMatchObject({
    code: 'review_conflict',
    message: 'the class belongs to no series: refuse for the class or everywhere',
  });
  expect(world.reviewItems()[2]).toMatchObject({ state: 'open', suggested: BEN });
});

test('another than the one who was suggested may be ruled out', async () => {
  await using world = reviewWorld();
  world.person(CLEO, 'student');

  expect(world.actions.refuseReview(1, { userEmail: CLEO, scope: 'everywhere' }, BY)).toMatchObject({
    item: { state: 'refused' },
  });
  expect(world.reviewItems().map((item) => item.suggested)).toEqual([BEN, BEN, BEN]);
});

test('who is no person cannot be ruled out', async () => {
  await using world = reviewWorld();

  expect(world.actions.refuseReview(1, { userEmail: 'no@body.example' }, BY)).toMatchObject({
    kind: 'refused',
    complaints: [{ path: 'user_email' }],
  });
  expect(world.reviewItems()[0]).toMatchObject({ state: 'open', suggested: BEN });
});
