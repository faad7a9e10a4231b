import { describe, expect, test } from 'vitest';

import { BEN } from '../../support/money-world.ts';
import { reviewWorld } from '../../support/review-world.ts';
import { algebra, seen, webWorld } from '../web-world.ts';

/** A class with a guest whom nobody knows. */
async function withGuest() {
  const world = webWorld({ now: '2026-01-16T16:00:00Z' });
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });
  await world.admin('POST', '/api/schedule/class', { ...algebra, series_id: 'mondays' });
  seen(world, { userId: null, displayName: 'iPad', from: '15:01:00', to: '15:29:00' });
  world.attendance.rebuild(1);
  return world;
}

test('E39: a guest waits with a suggestion, and is the student once somebody says so', async () => {
  await using world = await withGuest();
  const because = { reason: 'asked the family' };

  const { items } = (await world.admin('GET', '/api/review?state=open')).json;
  expect(items).toMatchObject([
    {
      id: 1,
      class_id: 1,
      kind: 'anonymous',
      display_name: 'iPad',
      present_seconds: 1680,
      suggestion: { user_email: 'ben@home.example', reason: 'the only student missing, and the only guest' },
      state: 'open',
      decided_by: null,
    },
  ]);

  const accepted = await world.admin('POST', '/api/review/1/accept', { user_email: 'ben@home.example', ...because });
  expect(accepted).toMatchObject({
    status: 200,
    json: {
      item: { state: 'accepted', decided_by: 'admin', decision_reason: 'asked the family' },
      rebuilt_class_ids: [1],
    },
  });
  const logs = (await world.admin('GET', '/monitoring/attendance-logs?user_email=ben@home.example')).json.items;
  expect(logs).toMatchObject([
    { duration_seconds: 1680, duration_minutes: 28, identity: { method: 'alias', confidence: 'medium' } },
  ]);
  expect(await world.admin('POST', '/api/review/1/accept', { person_id: 2, ...because })).toMatchObject({
    status: 409,
    json: { code: 'review_conflict' },
  });

  expect((await world.admin('POST', '/api/review/1/undo', { reason: 'it was his brother' })).json.item!.state).toBe(
    'open',
  );
  // The teacher was not seen either, so it may be the teacher.
  expect((await world.admin('POST', '/api/review/1/refuse', because)).json.item).toMatchObject({
    state: 'open',
    suggestion: null,
  });
  expect((await world.admin('POST', '/api/review/1/refuse', because)).json.item).toMatchObject({ state: 'refused' });
  expect(
    world.audit.list({ limit: 4, subject: 'review:1' }).items.map(({ action, reason }) => [action, reason]),
  ).toEqual([
    ['review.refuse', 'asked the family'],
    ['review.refuse', 'asked the family'],
    ['review.undo', 'it was his brother'],
    ['review.accept', 'asked the family'],
  ]);
});

test('E52: a bot is set aside for good', async () => {
  await using world = await withGuest();

  expect((await world.admin('POST', '/api/review/1/ignore', { reason: 'a note taker' })).json).toMatchObject({
    item: { state: 'ignored' },
    rebuilt_class_ids: [1],
  });
});

test('a word without a reason, or about nobody, is refused', async () => {
  await using world = await withGuest();
  const accept = (body: object) => world.admin('POST', '/api/review/1/accept', body);

  expect((await accept({ person_id: 2 })).json.errors).toMatchObject([{ path: 'reason' }]);
  expect((await accept({ person_id: 2, user_email: BEN, reason: 'x' })).json.errors).toMatchObject([
    { path: 'person_id' },
  ]);
  expect((await accept({ person_id: 99, reason: 'x' })).json.errors).toMatchObject([{ path: 'person_id' }]);
  expect((await accept({ user_email: 'no@body.example', reason: 'x' })).json.errors).toMatchObject([
    { path: 'user_email' },
  ]);
  expect((await world.admin('POST', '/api/review/9/undo', { reason: 'x' })).status).toBe(404);
  expect((await world.admin('GET', '/api/review?state=open')).json.items).toHaveLength(1);
});

describe('a stranger in two classes of a series and in one of none', () => {
  const because = { reason: 'asked the family' };
  const ben = { user_email: BEN };
  const open = ['open', 'open', 'open'];

  test.each([
    ['accept', { ...ben, scope: 'class' }, [1], ['accepted', 'open', 'open']],
    ['accept', { ...ben, scope: 'series' }, [1, 2], ['accepted', 'gone', 'open']],
    ['accept', ben, [1], ['accepted', 'open', 'open']],
    ['accept', {}, [1], ['accepted', 'open', 'open']],
    ['accept', { ...ben, scope: 'everywhere' }, [1, 2, 3], ['accepted', 'gone', 'gone']],
    ['refuse', { scope: 'class' }, [], ['refused', 'open', 'open']],
    ['refuse', { ...ben, scope: 'series' }, [], ['refused', 'open', 'open']],
    ['refuse', { scope: 'everywhere' }, [], ['refused', 'open', 'open']],
    ['ignore', {}, [1], ['ignored', 'open', 'open']],
    ['ignore', { scope: 'series' }, [1, 2], ['ignored', 'gone', 'open']],
    ['ignore', { scope: 'everywhere' }, [1, 2, 3], ['ignored', 'gone', 'gone']],
  ])('%s %o, and undo', async (verb, wish, rebuilt_class_ids, states) => {
    await using world = reviewWorld();
    const before = [world.reviewItems(), world.ofBen()];

    const settled = await world.admin('POST', `/api/review/1/${verb}`, { ...wish, ...because });
    expect(settled).toMatchObject({
      status: 200,
      json: { item: { id: 1, state: states[0], decision_reason: because.reason }, rebuilt_class_ids },
    });
    expect(world.reviewItems().map(({ state }) => state)).toEqual(states);

    const undone = await world.admin('POST', '/api/review/1/undo', { reason: 'it was his brother' });
    expect(undone).toMatchObject({
      status: 200,
      json: { item: { state: 'open', decided_by: null }, rebuilt_class_ids },
    });
    expect([world.reviewItems(), world.ofBen()]).toEqual(before);
    expect(world.reviewItems().map(({ state }) => state)).toEqual(open);
  });

  test('undo has no scope: one that is named is refused', async () => {
    await using world = reviewWorld();
    expect((await world.admin('POST', '/api/review/1/undo', { scope: 'class', ...because })).status).toBe(400);
    expect(world.reviewItems().map(({ state }) => state)).toEqual(open);
  });

  test.each(['accept', 'refuse', 'ignore'])('%s knows four scopes', async (verb) => {
    await using world = reviewWorld();
    const wish = { scope: 'school', ...because };
    expect((await world.admin('POST', `/api/review/1/${verb}`, wish)).json.errors).toMatchObject([{ path: 'scope' }]);
  });

  test('the queue is read by state, by class and page by page, and an item alone', async () => {
    await using world = reviewWorld();
    await world.admin('POST', '/api/review/2/refuse', { scope: 'class', ...because });

    const ids = async (query: string) =>
      (await world.admin('GET', `/api/review${query}`)).json.items?.map(({ id }) => id);
    expect(await ids('?state=open')).toEqual([1, 3]);
    expect(await ids('?class_id=2')).toEqual([2]);
    const first = (await world.admin('GET', '/api/review?limit=2')).json;
    expect(first.items?.map(({ id }) => id)).toEqual([1, 2]);
    expect(await ids(`?limit=2&cursor=${first.next_cursor}`)).toEqual([3]);
    expect((await world.admin('GET', '/api/review/3')).json).toMatchObject({ id: 3, series_id: null, state: 'open' });
    expect((await world.admin('GET', '/api/review/99')).status).toBe(404);
  });

  test('nobody but the admin settles it', async () => {
    await using world = reviewWorld();
    for (const verb of ['accept', 'refuse', 'ignore', 'undo']) {
      const path = `/api/review/1/${verb}`;
      expect((await world.teacherAsks('POST', path, because)).status).toBe(403);
      expect((await world.operator('POST', path, because)).status).toBe(403);
      expect((await world.nobody('POST', path, because)).status).toBe(401);
    }
    expect(world.reviewItems().map(({ state }) => state)).toEqual(open);
  });
});

test('many items are answered by one request, and taken back by another', async () => {
  await using world = reviewWorld();
  const because = { reason: 'asked the families' };

  const started = await world.admin('POST', '/api/review/bulk', { ids: [1, 99, 2], answer: 'accept', ...because });
  expect(started).toMatchObject({ status: 202, json: { job_id: 1, status_url: '/api/jobs/1' } });
  expect((await world.admin('POST', '/api/jobs/1/undo', because)).json).toMatchObject({ code: 'job_not_over' });
  const job = world.jobStore.claim(60_000)!;
  const control = { signal: new AbortController().signal, progress: () => undefined };
  world.jobStore.finish(job, await world.jobKinds.answer_review.run(job, control));
  expect((await world.admin('GET', '/api/jobs/1')).json).toMatchObject({
    state: 'done',
    undone_time: null,
    result: { answered: [1, 2], skipped: [{ id: 99, code: 'not_found', message: 'there is no review item 99' }] },
  });
  expect(world.reviewItems().map(({ state }) => state)).toEqual(['accepted', 'accepted', 'open']);

  expect(await world.admin('POST', '/api/jobs/1/undo', because)).toMatchObject({
    status: 200,
    json: {
      job: { job_id: 1, undone_time: '2026-02-03T09:00:00Z' },
      review_ids: [1, 2],
      kept_ids: [],
      rebuilt_class_ids: [1, 2],
    },
  });
  expect(world.reviewItems().map(({ state }) => state)).toEqual(['open', 'open', 'open']);
  expect((await world.admin('POST', '/api/review/bulk', { ids: [], answer: 'accept', ...because })).status).toBe(400);
  for (const path of ['/api/review/bulk', '/api/jobs/1/undo']) {
    expect((await world.teacherAsks('POST', path, because)).status).toBe(403);
    expect((await world.operator('POST', path, because)).status).toBe(403);
  }
});
