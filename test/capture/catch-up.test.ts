import { pino } from 'pino';
import { expect, test } from 'vitest';

import { catchUp, catchUpBeside } from '../../src/capture/catch-up.ts';
import { ANA, BEN, moneyWorld } from '../support/money-world.ts';

test('the classes that a migration entered are derived again, once', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ there: { [ANA]: ['16:00-16:30'], [BEN]: ['16:00-16:30'] } });
  const durations = () => world.logStore.list({ classId }).map(({ durationMs }) => durationMs);
  world.database.sqlite.exec(`update attendance_logs set duration_ms = 0;
    insert into rebuilds (class_id) values (${classId})`);
  const deps = { ...world, log: pino({ level: 'silent' }) };

  catchUp(deps);

  expect(durations()).toEqual([1_800_000, 1_800_000]);
  expect(world.logStore.awaitingRebuild()).toEqual([]);
  world.database.sqlite.exec('update attendance_logs set duration_ms = 0');
  catchUp(deps);
  expect(durations()).toEqual([0, 0]);
});

test('beside other work they are derived a few at a time, and what is left is told until all are done', async () => {
  await using world = moneyWorld();
  const classIds = Array.from({ length: 25 }, (_, i) =>
    world.lesson({ space: `spaces/room${i}`, there: { [ANA]: ['16:00-16:30'], [BEN]: ['16:00-16:30'] } }),
  );
  world.database.sqlite.exec(`update attendance_logs set duration_ms = 0;
    insert into rebuilds (class_id) select class_id from sessions`);
  const toDerive = () => world.queries.status(null, 0).toDerive;
  expect(toDerive()).toBe(25);
  const by = { actor: 'office', reason: 'month end' };
  expect(await world.actions.closePeriod('2026-01', {}, by)).toMatchObject({
    code: 'period_not_clean',
    message: expect.stringContaining('the logs of 25 classes of 2026-01 are still derived again') as unknown,
  });
  const seen: number[] = [];
  const clock = { ...world.clock, yield: async () => void seen.push(toDerive()) };

  await catchUpBeside({ ...world, clock, log: pino({ level: 'silent' }) }, new AbortController().signal);

  expect(seen).toEqual([5, 0]);
  const logs = classIds.flatMap((classId) => world.logStore.list({ classId }));
  expect(new Set(logs.map(({ durationMs }) => durationMs))).toEqual(new Set([1_800_000]));
});

test('a batch that cannot be stored is tried again, and one that is told to stop stops', async () => {
  await using world = moneyWorld();
  const classId = world.lesson();
  world.database.sqlite.exec(`insert into rebuilds (class_id) values (${classId})`);
  const stopping = new AbortController();
  let waits = 0;
  const full = () => {
    throw new Error('the disk is full');
  };
  const clock = {
    ...world.clock,
    async sleep() {
      waits += 1;
    },
  };
  let tries = 0;
  const database = {
    whenFree: world.database.whenFree,
    write: <T>(work: () => T): T => {
      tries += 1;
      return tries < 3 ? full() : world.database.write(work);
    },
  };
  const deps = { ...world, clock, database, log: pino({ level: 'silent' }) };

  await catchUpBeside(deps, stopping.signal);

  expect([waits, world.logStore.awaitingRebuild()]).toEqual([2, []]);
  stopping.abort(new Error('shutting down'));
  await expect(catchUpBeside(deps, stopping.signal)).rejects.toThrow('shutting down');
});
