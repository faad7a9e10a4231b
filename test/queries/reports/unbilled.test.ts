import { expect, test } from 'vitest';

import { DAY_MS } from '../../../src/core/time/duration.ts';
import type { Interval } from '../../../src/core/time/interval.ts';
import { ANA, BEN, instantOf, january, moneyWorld, type MoneyWorld } from '../../support/money-world.ts';

const JANUARY = { start: Date.parse('2026-01-01T00:00:00Z'), end: Date.parse('2026-02-01T00:00:00Z') };

function unbilled({ queries }: MoneyWorld, span: Interval) {
  const found = queries.unbilled(span);
  if (found.kind === 'refused') throw new Error(found.message);
  return found.meetings;
}

test('lessons that are on a bill are not unbilled', async () => {
  await using world = await january();
  expect(unbilled(world, JANUARY)).toEqual([]);
});

test('a teacher and a student in a room of the school without a class look like a lesson', async () => {
  await using world = await january();
  const there = { [ANA]: ['10:00-11:00'], [BEN]: ['10:05-11:00'] };
  world.call('spaces/one', '2026-01-20', 'conferenceRecords/extra', there);

  expect(unbilled(world, JANUARY)).toMatchObject([
    {
      kind: 'no_class',
      records: ['conferenceRecords/extra'],
      start: instantOf('10:05', '2026-01-20'),
      end: instantOf('11:00', '2026-01-20'),
      togetherMs: 55 * 60_000,
      confidence: 'likely',
      suggestion: { action: 'create_class' },
    },
  ]);
  const others = { start: JANUARY.end, end: JANUARY.end + 1 };
  expect(unbilled(world, others)).toEqual([]);
});

test('ten minutes together may be a lesson, less is none', async () => {
  await using world = await january();
  const meet = (record: string, day: string, until: string) => {
    const there = { [ANA]: [`10:00-${until}`], [BEN]: [`10:00-${until}`] };
    world.call('spaces/one', day, `conferenceRecords/${record}`, there);
  };
  meet('short', '2026-01-20', '10:09:59');
  meet('long', '2026-01-21', '10:10');
  expect(unbilled(world, JANUARY).map(({ records }) => records)).toEqual([['conferenceRecords/long']]);
});

test('a class that was canceled and held all the same is named', async () => {
  await using world = moneyWorld();
  const classId = world.lesson();
  world.database.sqlite.prepare(`update classes set canceled_at = start_at - 1`).run();
  expect(unbilled(world, JANUARY)).toMatchObject([
    { kind: 'held_although_canceled', suggestion: { action: 'reinstate_class', classId } },
  ]);
  const confirmed = { kind: 'set_outcome', class_id: classId, outcome: 'canceled', reason: 'a chat, no lesson' };
  expect(world.actions.decide(confirmed, { actor: 'office' })).toMatchObject({ kind: 'saved' });
  expect(unbilled(world, JANUARY)).toEqual([]);
});

test('a span of more than 62 days is refused', async () => {
  await using world = await january();
  const end = JANUARY.start + 62 * DAY_MS;
  expect(unbilled(world, { ...JANUARY, end })).toEqual([]);
  expect(world.queries.unbilled({ ...JANUARY, end: end + 1 })).toMatchObject({
    code: 'invalid',
    complaints: [{ path: 'to', message: 'must not lie more than 62 days behind from' }],
  });
});
