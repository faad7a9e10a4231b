import { expect, test } from 'vitest';

import { january } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'a rate was wrong' };

test('a period that is reopened keeps what was issued, and closes as its next version', async () => {
  await using world = await january();
  const first = await world.actions.closePeriod('2026-01', {}, BY);
  if (first.kind === 'refused') throw new Error(first.message);

  expect(world.actions.reopenPeriod('2026-01', BY)).toMatchObject({
    kind: 'reopened',
    close: { version: 1, documentId: first.close.documentId, reopenedBy: 'office', reopenReason: BY.reason },
  });
  expect(world.money.periods.standing()).toEqual([]);
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    { ...BY, action: 'period.reopen', before: { version: 1, document_id: first.close.documentId } },
  ]);

  world.actions.changeRate(1, { amount: '45.00' }, BY);
  const second = await world.actions.closePeriod('2026-01', {}, BY);
  expect(second).toMatchObject({ kind: 'closed', close: { version: 2 } });
  expect(
    world.money.periods
      .list()
      .map(({ version }) => version)
      .toSorted((a, b) => a - b),
  ).toEqual([1, 2]);
});

test('the same school closes to another document only for its version', async () => {
  await using world = await january();
  const ids = [];
  for (const _ of [1, 2]) {
    const closed = await world.actions.closePeriod('2026-01', {}, BY);
    if (closed.kind === 'refused') throw new Error(closed.message);
    ids.push([closed.close.documentId, closed.close.linesHash]);
    world.actions.reopenPeriod('2026-01', BY);
  }
  expect(ids[0]![0]).not.toBe(ids[1]![0]);
  expect(ids[0]![1]).toBe(ids[1]![1]);
});

test.each([
  ['2026-01', 'period_open', '2026-01 is not closed'],
  ['2026-03', 'period_in_future', '2026-03 has not begun: there is nothing to report yet'],
])('%s cannot be reopened', async (period, code, message) => {
  await using world = await january();
  expect(world.actions.reopenPeriod(period, BY)).toMatchObject({ code, message });
});
