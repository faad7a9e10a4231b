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
