import { expect, test } from 'vitest';

import { reviewWorld, type ReviewWorld } from '../support/review-world.ts';

const BY = { actor: 'office', reason: 'agreed' };

async function attendanceOf(world: ReviewWorld) {
  const { signal } = new AbortController();
  const { checks } = await world.queries.verify({ signal, onProgress: () => undefined });
  return checks.find(({ check }) => check === 'attendance');
}

/** A school whose queue has an open item in each of three classes. */
function open(): ReviewWorld {
  const world = reviewWorld();
  world.audit.appendRest(BY);
  return world;
}

test('the review items that the evidence asks for', async () => {
  await using world = open();
  expect(await attendanceOf(world)).toEqual({
    check: 'attendance',
    ok: true,
    detail: '9 logs and 3 open review items of 3 classes as the evidence gives them',
  });
});

test.each([
  [
    'items that were deleted',
    `delete from review_items where state = 'open'`,
    'class 1: the review item of tablet is missing (in 3 of 3 classes)',
  ],
  [
    'an item that was closed',
    `update review_items set state = 'gone' where id = 1`,
    'class 1: the review item 1 of tablet has state gone, but its evidence gives open (in 1 of 3 classes)',
  ],
  [
    'an item whose suggestion was edited',
    'update review_items set suggested_person_id = 1 where id = 2',
    'class 2: the review item 2 of tablet has suggested person 1, but its evidence gives 2 (in 1 of 3 classes)',
  ],
  [
    'an item whose minutes were edited',
    'update review_items set present_ms = 1 where id = 3',
    'class 3: the review item 3 of tablet has present in ms 1, but its evidence gives 1800000 (in 1 of 3 classes)',
  ],
  [
    'an item that was made',
    `insert into review_items (session_id, key, kind, display_name, participants, present_ms, state, created_at)
     values (1, 'account:nobody', 'signedin', 'Nobody', '[]', 1, 'open', 1)`,
    'class 1: the review item 4 of Nobody is open, but its evidence gives none (in 1 of 3 classes)',
  ],
])('%s', async (_, sql, detail) => {
  await using world = open();
  world.database.sqlite.prepare(sql).run();
  expect(await attendanceOf(world)).toEqual({ check: 'attendance', ok: false, detail });
});

test('an answer that nobody gave', async () => {
  await using world = open();
  world.database.sqlite.prepare(`update review_items set decided_by = 'x', decision_reason = 'x' where id = 1`).run();
  expect(world.audit.replay().problems).toEqual([
    'review_items 1 was made by hand: it stands in no entry of the audit log',
  ]);
});

test('a class that is said to be empty although somebody was seen in its room', async () => {
  await using world = open();
  world.database.sqlite.prepare(`update sessions set coverage = 'empty' where class_id = 1`).run();
  expect(await attendanceOf(world)).toEqual({
    check: 'attendance',
    ok: false,
    detail: expect.stringMatching(/^class 1: .*coverage empty, but .* on a call of its room/) as string,
  });
});
