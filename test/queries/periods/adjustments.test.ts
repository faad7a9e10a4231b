import { expect, test } from 'vitest';

import type { AdjustmentFilter } from '../../../src/queries/periods/adjustments.ts';
import { january } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'agreed' };

test('corrections that wait stand before those that are settled, of one state and one period when it is named', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  const ids = async (filter: AdjustmentFilter) => {
    const found = await world.queries.adjustments(filter);
    if (found.kind === 'refused') return found.code;
    return {
      proposed: found.proposed.map(({ adjustment }) => adjustment.adjustmentId),
      settled: found.settled.map(({ adjustment, state }) => [adjustment.adjustmentId, state]),
    };
  };
  const [first, ...others] = (await world.correctionQuery.waiting()).adjustments.map(
    ({ adjustmentId }) => adjustmentId,
  );
  expect(others).not.toEqual([]);
  expect(await ids({})).toEqual({ proposed: [first, ...others], settled: [] });

  await world.actions.rejectCorrection(first!, BY);
  const settled = [[first, 'rejected']];
  expect(await ids({})).toEqual({ proposed: others, settled });
  expect(await ids({ period: '2026-01', state: 'rejected' })).toEqual({ proposed: [], settled });
  expect(await ids({ state: 'accepted' })).toEqual({ proposed: [], settled: [] });
  expect(await ids({ state: 'proposed' })).toEqual({ proposed: others, settled: [] });
  expect(await ids({ period: '2025-12' })).toEqual({ proposed: [], settled: [] });
  expect(await ids({ period: '2026-03' })).toBe('period_in_future');
});

test('what somebody wrote about a change of the class since the close stands beside its correction', async () => {
  await using world = await january();
  const { signal } = new AbortController();
  await world.actions.changeClass(1, { subject: 'Algebra I' }, { actor: 'office', reason: 'before the close' }, signal);
  world.clock.advance(60_000);
  await world.actions.closePeriod('2026-01', {}, BY);
  const by = { actor: 'office', reason: 'the booking was too long', as: 'adjustment' } as const;
  await world.actions.changeClass(1, { durationMinutes: 30 }, by, signal);
  world.sessionStore.save(1, { ...world.sessionStore.get(1)!, coverage: 'complete' }, {});
  world.attendance.rebuild(1);

  const found = await world.queries.adjustments({});
  if (found.kind === 'refused') throw new Error(found.message);
  expect(found.proposed.map(({ decisionReasons }) => decisionReasons)).toEqual([
    ['the booking was too long'],
    ['the booking was too long'],
  ]);
});
