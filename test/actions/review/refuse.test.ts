import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, withRates } from '../../support/money-world.ts';
import { reviewWorld, STRANGER } from '../../support/review-world.ts';

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

test('without a scope it holds for the call', async () => {
  await using world = reviewWorld();

  world.actions.refuseReview(1, {}, BY);
  expect(world.reviewItems().map((item) => item.suggested)).toEqual([null, BEN, BEN]);
});

test('a guest who may be somebody else who is missing stays open, and nobody is charged as absent', async () => {
  await using world = reviewWorld();
  await withRates(world);
  await world.admin('PUT', '/api/policy', { valid_from: '2026-01-01', preset: 'standard_tutoring' });
  const there = { [ANA]: ['16:00-17:00'], [STRANGER]: ['16:00-16:30'] };
  const classId = world.lesson({ date: '2026-01-28', space: 'spaces/five', there, students: [BEN, CLEO] });
  const item = () => world.review.list({ classId, after: 0, limit: 1 })[0]!;
  const outcomes = () =>
    world.lineQuery.ofClass(classId)!.charges.map(({ outcome, flags }) => [outcome, flags.includes('review_open')]);
  const waiting = [
    ['unknown', true],
    ['unknown', true],
  ];
  expect([item().suggestedPersonId, outcomes()]).toEqual([null, waiting]);

  world.actions.refuseReview(item().id, { userEmail: BEN }, BY);
  expect([item().state, item().suggestedPersonEmail, outcomes()]).toEqual(['open', CLEO, waiting]);

  // With the last one ruled out the guest is a stranger, and both stayed away.
  world.actions.refuseReview(item().id, {}, BY);
  expect(item().state).toBe('refused');
  expect(outcomes()).toEqual([
    ['student_no_show', false],
    ['student_no_show', false],
  ]);

  world.actions.undoReview(item().id, BY);
  expect([item().state, item().suggestedPersonId, outcomes()]).toEqual(['open', null, waiting]);
  // Nobody is suggested and nobody is named: it is none of those who are missing.
  world.actions.refuseReview(item().id, {}, BY);
  expect(item().state).toBe('refused');
});

test('a class without a series has no series to remember it in', async () => {
  await using world = reviewWorld();

  expect(world.actions.refuseReview(3, { scope: 'series' }, BY)).toMatchObject({
    code: 'review_conflict',
    message: 'the class belongs to no series: refuse for the call, the class or everywhere',
  });
  expect(world.reviewItems()[2]).toMatchObject({ state: 'open', suggested: BEN });
});

test('another than the one who was suggested may be ruled out', async () => {
  await using world = reviewWorld();
  world.person(CLEO, 'student');

  expect(world.actions.refuseReview(1, { userEmail: CLEO, scope: 'everywhere' }, BY)).toMatchObject({
    item: { state: 'open', suggestedPersonEmail: BEN },
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
