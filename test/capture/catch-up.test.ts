import { pino } from 'pino';
import { expect, test } from 'vitest';

import { catchUp } from '../../src/capture/catch-up.ts';
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
