import { describe, expect, test } from 'vitest';

import { keysOf, scopeOf } from '../../../src/actions/review/answer.ts';
import type { Unmatched } from '../../../src/core/attendance/identity/unmatched.ts';
import { BEN } from '../../support/money-world.ts';
import { reviewWorld, type ReviewWorld } from '../../support/review-world.ts';

const BY = { actor: 'office', reason: 'asked the family' };

describe('whatever is settled', () => {
  test('is audited with the item before and after, and the classes that it changed', async () => {
    await using world = reviewWorld();
    world.actions.acceptReview(1, { userEmail: BEN, scope: 'series' }, BY);

    expect(world.audit.list({ limit: 1, subject: 'review:1' }).items).toMatchObject([
      {
        ...BY,
        action: 'review.accept',
        before: { id: 1, state: 'open', decided_by: null },
        after: { id: 1, state: 'accepted', decided_by: 'office', rebuilt_class_ids: [1, 2] },
      },
    ]);
  });

  test('is settled once: what is not open is refused by every verb but undo', async () => {
    await using world = reviewWorld();
    world.actions.ignoreReview(1, {}, BY);
    const entries = world.audit.head().count;

    const conflict = { code: 'review_conflict', message: 'the review item is ignored: undo that first' };
    expect(world.actions.acceptReview(1, { userEmail: BEN }, BY)).toMatchObject(conflict);
    expect(world.actions.refuseReview(1, {}, BY)).toMatchObject(conflict);
    expect(world.actions.ignoreReview(1, {}, BY)).toMatchObject(conflict);
    expect(world.audit.head().count).toBe(entries);
  });

  test('is there: an item that nobody has is refused by every verb', async () => {
    await using world = reviewWorld();

    for (const outcome of [
      world.actions.acceptReview(99, { userEmail: BEN }, BY),
      world.actions.refuseReview(99, {}, BY),
      world.actions.ignoreReview(99, {}, BY),
      world.actions.undoReview(99, BY),
    ]) {
      expect(outcome).toMatchObject({ code: 'not_found', message: 'there is no review item 99' });
    }
  });
});

describe('what a participant is known by', () => {
  /** The items of class 1 when it had these guests instead. */
  function guests(world: ReviewWorld, ...all: readonly Pick<Unmatched, 'kind' | 'userId' | 'displayName'>[]) {
    const classId = world.classIds[0];
    world.logStore.replaceReview(
      world.sessionStore.ensure(classId).id,
      all.map((guest, n): Unmatched => ({
        ...guest,
        classId,
        key: `guest ${n}`,
        participants: [`conferenceRecords/r/participants/${n}`],
        presentMs: 60_000,
        knownPersonId: null,
        mayBe: [12],
        suggestion: null,
      })),
    );
    return world.review.list({ classId, state: 'open', after: 0, limit: 9 });
  }
  const anonymous = (displayName: string) => ({ kind: 'anonymous' as const, userId: null, displayName });

  test('an account, whatever name it shows', async () => {
    await using world = reviewWorld();
    const [item] = guests(world, { kind: 'signedin', userId: '77', displayName: 'Ben' });
    expect(keysOf(world, item!, 'series')).toEqual([{ kind: 'account', value: '77', scope: 'series' }]);
    const own = { kind: 'participant', value: 'conferenceRecords/r/participants/0', scope: 'call' };
    expect(keysOf(world, item!, 'call')).toEqual([own]);
  });

  test('a typed name or a telephone label, in its normal form', async () => {
    await using world = reviewWorld();
    const [tablet, phone] = guests(world, anonymous('  Ben’s  IPAD '), {
      kind: 'phone',
      userId: null,
      displayName: '+44 •••• 12',
    });
    expect(keysOf(world, tablet!, 'everywhere')).toEqual([{ kind: 'name', value: 'ben’s ipad', scope: 'everywhere' }]);
    const own = { kind: 'participant', value: 'conferenceRecords/r/participants/1', scope: 'call' };
    expect(keysOf(world, phone!, 'class')).toEqual([own, { kind: 'phone', value: '+44 •••• 12', scope: 'class' }]);
  });

  test('of two guests with one name at once only the participant itself, in this class', async () => {
    await using world = reviewWorld();
    const [first] = guests(world, anonymous('iPad'), anonymous('IPAD'));
    const own = { kind: 'participant', value: 'conferenceRecords/r/participants/0', scope: 'call' };
    expect(keysOf(world, first!, 'class')).toEqual([own]);
    expect(keysOf(world, first!, 'series')).toEqual([own, { kind: 'name', value: 'ipad', scope: 'series' }]);
  });
});

test('what is said of somebody known holds in the class alone: in the next one of the call they may be expected', async () => {
  await using world = reviewWorld();
  const [first] = world.review.list({ classId: world.classIds[0], state: 'open', after: 0, limit: 9 });
  const known = { ...first!, userId: null, kind: 'anonymous', displayName: 'iPad', knownPersonId: 12 } as const;
  const scopes = (item: Parameters<typeof keysOf>[1]) => keysOf(world, item, 'call').map(({ scope }) => scope);
  expect([scopes(known), scopes({ ...known, knownPersonId: null }), scopes(first!)]).toEqual([
    ['class'],
    ['call'],
    ['call'],
  ]);
});

test('an answer holds for the call unless more is said', () => {
  expect([
    scopeOf({ seriesId: 'mondays' }, undefined, 'accept'),
    scopeOf({ seriesId: null }, 'class', 'ignore'),
  ]).toEqual(['call', 'class']);
});
