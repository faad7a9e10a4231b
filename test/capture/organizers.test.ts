import { expect, test } from 'vitest';

import { createPerOrganizer, type OrganizedSession, type OrganizedWork } from '../../src/capture/organizers.ts';
import type { ReadSummary } from '../../src/capture/record.ts';
import { fresh } from '../../src/core/attendance/coverage-state.ts';
import { handClock } from '../support/clock.ts';

const { signal } = new AbortController();

/** The session of the class with that number, in a room of that organiser. */
function sessionOf(organizer: string, classId: number): OrganizedSession {
  return {
    organizer,
    session: { ...fresh, id: classId, classId, lastReadAt: null, alarmedAt: null, flags: [] },
  };
}

function summaryOf(classId: number, organizerDown = false): ReadSummary {
  const counts = { records: 0, participants: 0, logs: 0 };
  return {
    classId,
    sessionId: classId,
    coverage: 'live',
    ...counts,
    error: null,
    organizerDown,
  };
}

/** Reads that end when the test says so. */
function school() {
  const clock = handClock(0);
  const open = new Map<number, PromiseWithResolvers<ReadSummary>>();
  const done: number[] = [];
  const errors: [number, unknown][] = [];
  const work: OrganizedWork = {
    read({ classId }) {
      const gate = Promise.withResolvers<ReadSummary>();
      open.set(classId, gate);
      return gate.promise;
    },
    onDone: ({ classId }) => done.push(classId),
    onError: ({ classId }, err) => errors.push([classId, err]),
  };
  const take = (classId: number) => {
    const gate = open.get(classId)!;
    open.delete(classId);
    return gate;
  };
  return {
    clock,
    perOrganizer: createPerOrganizer(clock),
    work,
    done,
    errors,
    /** The classes that are being read. */
    reading: () => [...open.keys()],
    async ends(classId: number, organizerDown = false) {
      take(classId).resolve(summaryOf(classId, organizerDown));
      await clock.yield();
    },
    async throws(classId: number, err: Error) {
      take(classId).reject(err);
      await clock.yield();
    },
  };
}

test('organisers are read side by side, the classes of one in order and four at a time', async () => {
  const { perOrganizer, work, reading, ends, done } = school();
  const items = [1, 2, 3, 4, 5, 6].map((id) => sessionOf('nora', id)).concat(sessionOf('omar', 7));

  const running = perOrganizer.run(items, work, signal);
  expect(reading()).toEqual([1, 2, 3, 4, 7]);
  await ends(3);
  expect(reading()).toEqual([1, 2, 4, 7, 5]);
  for (const id of [7, 1, 2, 4, 5, 6]) await ends(id);

  expect(await running).toMatchObject({ skipped: 0, failed: 0 });
  expect((await running).read.map(({ classId }) => classId)).toEqual([3, 7, 1, 2, 4, 5, 6]);
  expect(done).toEqual([3, 7, 1, 2, 4, 5, 6]);
});

test('E115: where an organiser cannot be read at all, the rest is left to the next pass and others go on', async () => {
  const { perOrganizer, work, reading, ends } = school();
  const items = [1, 2, 3, 4, 5, 6, 7].map((id) => sessionOf(id === 7 ? 'omar' : 'nora', id));

  const running = perOrganizer.run(items, work, signal);
  await ends(1, true);
  expect(reading()).toEqual([2, 3, 4, 7]);
  for (const id of [2, 3, 4, 7]) await ends(id);

  expect(await running).toMatchObject({ skipped: 2, failed: 0 });
  expect((await running).read).toHaveLength(5);
});

test('a read that throws is counted and told, and the others of the organiser go on', async () => {
  const { perOrganizer, work, ends, throws, errors } = school();
  const broken = new Error('disk full');

  const running = perOrganizer.run([sessionOf('nora', 1), sessionOf('nora', 2)], work, signal);
  await throws(1, broken);
  await ends(2);

  expect(await running).toEqual({ read: [summaryOf(2)], skipped: 0, failed: 1 });
  expect(errors).toEqual([[1, broken]]);
});

test('a pass waits for a slow organiser only so long; the next pass leaves that one alone until it is done', async () => {
  const { clock, perOrganizer, work, reading, ends, done } = school();
  const items = [sessionOf('nora', 1), sessionOf('omar', 2)];

  const first = perOrganizer.run(items, { ...work, patienceMs: 60_000 }, signal);
  await ends(2);
  clock.advance(60_000);
  expect(await first).toEqual({ read: [summaryOf(2)], skipped: 0, failed: 0 });

  const second = perOrganizer.run(items, work, signal);
  expect(reading()).toEqual([1, 2]);
  await ends(2);
  expect(await second).toEqual({ read: [summaryOf(2)], skipped: 1, failed: 0 });

  await ends(1);
  expect(done).toEqual([2, 2, 1]);
  const third = perOrganizer.run(items, work, signal);
  expect(reading()).toEqual([1, 2]);
  for (const id of [1, 2]) await ends(id);
  expect(await third).toMatchObject({ skipped: 0 });
});

test('a pass whose organisers are all done waits no longer', async () => {
  const { perOrganizer, work, ends } = school();

  const running = perOrganizer.run([sessionOf('nora', 1)], { ...work, patienceMs: 60_000 }, signal);
  await ends(1);

  expect(await running).toMatchObject({ read: [{ classId: 1 }] });
});

test('disposing waits for the reads that go on behind their pass', async () => {
  const { clock, perOrganizer, work, ends } = school();
  const running = perOrganizer.run([sessionOf('nora', 1)], { ...work, patienceMs: 1_000 }, signal);
  clock.advance(1_000);
  await running;

  let disposed = false;
  const disposing = perOrganizer[Symbol.asyncDispose]().then(() => (disposed = true));
  await clock.yield();
  expect(disposed).toBe(false);
  await ends(1);
  await disposing;
});

test('a pass that is told to end begins no further read and ends with the reason', async () => {
  const { perOrganizer, work, reading, ends, throws, errors } = school();
  const closing = new AbortController();
  const reason = new Error('shutting down');
  const items = [1, 2, 3, 4, 5, 6].map((id) => sessionOf('nora', id));

  const running = perOrganizer.run(items, work, closing.signal).catch((err: unknown) => err);
  closing.abort(reason);
  await ends(1);
  await throws(2, reason);

  expect(await running).toBe(reason);
  expect(reading()).toEqual([3, 4]);
  expect(errors).toEqual([]);
});
