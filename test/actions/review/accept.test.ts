import { expect, test } from 'vitest';

import { BEN, CLEO } from '../../support/money-world.ts';
import { reviewWorld } from '../../support/review-world.ts';

const BY = { actor: 'office', reason: 'asked the family' };

test.each([
  ['class', [1], ['present alias', 'absent -', 'absent -'], ['accepted', 'open', 'open']],
  ['series', [1, 2], ['present alias', 'present alias', 'absent -'], ['accepted', 'gone', 'open']],
  // An account that stands for somebody everywhere is as good as one that was entered for them.
  ['everywhere', [1, 2, 3], ['present account', 'present account', 'present account'], ['accepted', 'gone', 'gone']],
] as const)('whom an account stands for is learned in the %s', async (scope, rebuiltClassIds, ofBen, states) => {
  await using world = reviewWorld();

  expect(world.actions.acceptReview(1, { userEmail: BEN, scope }, BY)).toMatchObject({
    kind: 'answered',
    item: { id: 1, state: 'accepted', decidedBy: 'office', decisionReason: 'asked the family' },
    rebuiltClassIds,
  });
  expect(world.ofBen()).toEqual(ofBen);
  expect(world.reviewItems().map(({ state }) => state)).toEqual(states);
});

test('without a scope it is learned in the series, or in the class that has none', async () => {
  await using world = reviewWorld();

  expect(world.actions.acceptReview(3, { userEmail: BEN }, BY)).toMatchObject({ rebuiltClassIds: [3] });
  expect(world.actions.acceptReview(1, { userEmail: BEN }, BY)).toMatchObject({ rebuiltClassIds: [1, 2] });
});

test('somebody may be named by number, and need not be the one who was suggested', async () => {
  await using world = reviewWorld();
  const personId = world.person(CLEO, 'student');

  expect(world.actions.acceptReview(1, { personId, scope: 'class' }, BY)).toMatchObject({ kind: 'answered' });
  expect(world.ofBen()[0]).toBe('absent -');
  expect(world.logStore.list({ classId: 1, userEmail: CLEO, limit: 9 })).toMatchObject([
    { identityMethod: 'alias', durationMs: 30 * 60_000 },
  ]);
});

test.each([
  ['nobody', {}, 'person_id', 'give either person_id or user_email'],
  ['two people', { personId: 1, userEmail: BEN }, 'person_id', 'give either person_id or user_email'],
  ['a number that nobody has', { personId: 99 }, 'person_id', 'there is no person 99'],
  [
    'an address that nobody has',
    { userEmail: 'no@body.example' },
    'user_email',
    'no@body.example is not a person yet; enter them as a person first',
  ],
])('naming %s is refused, and nothing is learned', async (_, input, path, message) => {
  await using world = reviewWorld();
  const before = [world.reviewItems(), world.audit.head().count];

  expect(world.actions.acceptReview(1, input, BY)).toMatchObject({
    kind: 'refused',
    code: 'invalid',
    complaints: [{ path, message }],
  });
  expect([world.reviewItems(), world.audit.head().count]).toEqual(before);
});

test('a class without a series has no series to learn it in', async () => {
  await using world = reviewWorld();

  expect(world.actions.acceptReview(3, { userEmail: BEN, scope: 'series' }, BY)).toMatchObject({
    code: 'review_conflict',
    message: 'the class belongs to no series: accept for the class or everywhere',
  });
  expect(world.reviewItems()[2]).toMatchObject({ state: 'open' });
});
