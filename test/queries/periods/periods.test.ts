import { expect, test } from 'vitest';

import { january } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'agreed' };

test('periods are the last months from now back, and behind them the spans that were closed, the latest first', async () => {
  await using world = await january();
  const listed = async (months: number) => {
    const found = await world.queries.periods(months);
    return found.kind === 'refused' ? found.code : found.periods.map(({ period }) => period);
  };
  expect(await listed(3)).toEqual(['2026-02', '2026-01', '2025-12']);
  for (const span of ['2026-01-05..2026-01-11', '2026-01-12..2026-01-18']) {
    expect(await world.actions.closePeriod(span, {}, BY)).toMatchObject({ kind: 'closed' });
  }
  const closed = ['2026-01-12..2026-01-18', '2026-01-05..2026-01-11'];
  expect(await listed(1)).toEqual(['2026-02', ...closed]);
  // What is left of a month that was partly closed: no line stands in two of the periods.
  expect(await listed(2)).toEqual(['2026-02', '2026-01-19..2026-01-31', '2026-01-01..2026-01-04', ...closed]);
});

test('a period is shown with its audit, the pay that was accepted and every version of its close', async () => {
  await using world = await january();
  const { id } = world.teacher;
  await world.actions.acceptPay('2026-01', id, { actor: 'ana' });
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.reopenPeriod('2026-01', BY);
  await world.actions.closePeriod('2026-01', {}, BY);
  expect(await world.queries.period('2026-01')).toMatchObject({
    kind: 'period',
    statements: { period: '2026-01', close: { version: 2 } },
    closable: 'no',
    acceptances: [{ personId: id }],
    closes: [{ version: 2 }, { version: 1 }],
  });
  expect(await world.queries.period('2026-02')).toMatchObject({ acceptances: [], closes: [] });
  expect(await world.queries.period('2026-03')).toMatchObject({ kind: 'refused', code: 'period_in_future' });
});
