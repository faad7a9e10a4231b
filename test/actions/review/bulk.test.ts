import { expect, test } from 'vitest';

import { BEN, CLEO } from '../../support/money-world.ts';
import { reviewWorld, type ReviewWorld } from '../../support/review-world.ts';

const BY = { actor: 'office', reason: 'asked the families' };
const signal = new AbortController().signal;

/** Enters the job and runs it, as the queue does. @returns its result */
async function answered(world: ReviewWorld, ...asked: Parameters<typeof world.actions.requestReview>) {
  const requested = world.actions.requestReview(...asked);
  if (requested.kind === 'refused') return requested;
  const job = world.jobStore.claim(60_000)!;
  const result = await world.jobKinds.answer_review.run(job, { signal, progress: () => undefined });
  world.jobStore.finish(job, result);
  return result;
}

test('many items are answered as a job, and all of them are taken back at once', async () => {
  await using world = reviewWorld();
  const before = [world.reviewItems(), world.ofBen()];

  expect(await answered(world, [1, 2, 3, 3], { answer: 'accept' }, BY)).toEqual({
    answered: [1, 2, 3],
    skipped: [],
    rebuilt_class_ids: [1, 2, 3],
    absent: [],
  });
  expect(world.ofBen()).toEqual(['present alias', 'present alias', 'present alias']);
  expect(world.audit.list({ limit: 1, subject: 'review:2' }).items).toMatchObject([
    { ...BY, action: 'review.accept', after: { job_id: 1, scope: 'call' } },
  ]);

  expect(world.actions.undoJob(1, BY)).toMatchObject({
    kind: 'undone',
    itemIds: [1, 2, 3],
    rebuiltClassIds: [1, 2, 3],
    job: { id: 1 },
  });
  expect([world.reviewItems(), world.ofBen()]).toEqual(before);
  expect(world.audit.list({ limit: 1, subject: 'review:2' }).items).toMatchObject([
    { action: 'review.undo', after: { job_id: 1 } },
  ]);
  expect(world.audit.list({ limit: 1, subject: 'job:1' }).items).toMatchObject([{ ...BY, action: 'job.undo' }]);
  expect(world.actions.undoJob(1, BY)).toMatchObject({ code: 'already_settled' });
});

test('what an answer of the same job settled is skipped, and says so', async () => {
  await using world = reviewWorld();

  expect(await answered(world, [1, 2, 3], { answer: 'ignore', scope: 'everywhere' }, BY)).toEqual({
    answered: [1],
    skipped: [2, 3].map((id) => ({
      id,
      code: 'review_conflict',
      message: 'the review item is gone: review item 1 settled it, ignored everywhere: undo review item 1 first',
    })),
    rebuilt_class_ids: [1, 2, 3],
    absent: [1, 2, 3].map((classId) => ({ class_id: classId, user_email: BEN })),
  });
});

test('a job that runs again answers nothing twice', async () => {
  await using world = reviewWorld();
  world.actions.requestReview([1, 2], { answer: 'refuse', userEmail: BEN }, BY);
  const job = world.jobStore.claim(60_000)!;
  const run = () => world.jobKinds.answer_review.run(job, { signal, progress: () => undefined });
  const first = await run();
  const entries = world.audit.head().count;

  expect(await run()).toEqual({ ...first, rebuilt_class_ids: [] });
  expect(world.audit.head().count).toBe(entries);
  expect(world.actions.undoJob(1, BY)).toMatchObject({
    code: 'job_not_over',
    message: 'job 1 is running: wait until it is done',
  });
});

test('what somebody answered anew since stays', async () => {
  await using world = reviewWorld();
  await answered(world, [1, 3], { answer: 'accept' }, BY);
  world.actions.undoReview(1, BY);
  world.actions.acceptReview(1, { userEmail: BEN, scope: 'class' }, BY);

  expect(world.actions.undoJob(1, BY)).toMatchObject({ itemIds: [3], keptIds: [1] });
  expect(world.ofBen()).toEqual(['present alias', 'absent -', 'absent -']);
});

test('an item that is not there is skipped as any other that cannot be answered, and the rest are answered', async () => {
  await using world = reviewWorld();

  expect(await answered(world, [99, 1], { answer: 'accept' }, BY)).toEqual({
    answered: [1],
    skipped: [{ id: 99, code: 'not_found', message: 'there is no review item 99' }],
    rebuilt_class_ids: [1],
    absent: [],
  });
  expect(world.reviewItems().map(({ state }) => state)).toEqual(['accepted', 'open', 'open']);
});

test('a person who is not there is refused before anything is answered: it would fail for every item', async () => {
  await using world = reviewWorld();

  expect(world.actions.requestReview([1], { answer: 'accept', userEmail: CLEO }, BY)).toMatchObject({
    complaints: [{ path: 'user_email' }],
  });
  expect(world.jobStore.counts().queued).toBe(0);
});

test('a job that only read has nothing to take back, and one that is not there neither', async () => {
  await using world = reviewWorld();
  const planned = world.actions.planRead({ of: 'active' });
  if (planned.kind === 'refused') throw new Error(planned.message);
  world.actions.requestRead(planned, BY);

  expect(world.actions.undoJob(1, BY)).toMatchObject({ code: 'not_undoable' });
  expect(world.actions.undoJob(9, BY)).toMatchObject({ code: 'not_found' });
});
