import { expect, test } from 'vitest';

import { BEN } from '../../support/money-world.ts';
import { reviewWorld, type ReviewWorld } from '../../support/review-world.ts';

const BY = { actor: 'office', reason: 'it was his brother' };
const SCOPES = ['call', 'class', 'series', 'everywhere'] as const;

const settled: [what: string, settle: (world: ReviewWorld) => unknown][] = [
  ...SCOPES.map((scope): (typeof settled)[number] => [
    `accepted, ${scope}`,
    ({ actions }) => actions.acceptReview(1, { userEmail: BEN, scope }, BY),
  ]),
  ...SCOPES.map((scope): (typeof settled)[number] => [
    `refused, ${scope}`,
    ({ actions }) => actions.refuseReview(1, { scope }, BY),
  ]),
  ...SCOPES.map((scope): (typeof settled)[number] => [
    `ignored, ${scope}`,
    ({ actions }) => actions.ignoreReview(1, { scope }, BY),
  ]),
];

test.each(settled)('%s and undone, everything is as it was', async (_, settle) => {
  await using world = reviewWorld();
  const before = [world.reviewItems(), world.ofBen()];

  settle(world);
  expect([world.reviewItems(), world.ofBen()]).not.toEqual(before);

  expect(world.actions.undoReview(1, BY)).toMatchObject({
    kind: 'answered',
    item: { state: 'open', decidedBy: null, decisionReason: null },
  });
  expect([world.reviewItems(), world.ofBen()]).toEqual(before);
});

test('an item that is open, or gone, has nothing to undo', async () => {
  await using world = reviewWorld();

  expect(world.actions.undoReview(1, BY)).toMatchObject({
    code: 'review_conflict',
    message: 'the review item is open: there is nothing to undo',
  });
  world.actions.ignoreReview(1, { scope: 'everywhere' }, BY);
  expect(world.actions.undoReview(2, BY)).toMatchObject({
    message:
      'there is nothing to undo: the review item is gone: review item 1 settled it, ignored everywhere: undo review item 1 first',
  });
});

test('what was learned from another item stays', async () => {
  await using world = reviewWorld();
  world.actions.acceptReview(1, { userEmail: BEN, scope: 'class' }, BY);
  world.actions.acceptReview(3, { userEmail: BEN, scope: 'class' }, BY);

  world.actions.undoReview(1, BY);

  expect(world.ofBen()).toEqual(['absent -', 'absent -', 'present alias']);
});

test.each(SCOPES)(
  'of a call that was linked to a class at the same time since, nobody waits any more: %s',
  async (scope) => {
    await using world = reviewWorld();
    const [first] = world.classIds;
    const other = world.lesson({ date: '2026-01-12', space: 'spaces/nine', there: {}, students: [BEN] });
    world.actions.acceptReview(1, { userEmail: BEN, scope }, BY);
    const record = world.logStore.list({ classId: first, userEmail: BEN })[0]!.evidence[0]!.split('/participants/')[0];
    world.actions.decide({ kind: 'link_call', class_id: other, record, reason: 'held there' }, BY);

    expect(world.actions.undoReview(1, BY)).toMatchObject({
      kind: 'answered',
      item: { classId: first, state: 'gone' },
    });
  },
);
