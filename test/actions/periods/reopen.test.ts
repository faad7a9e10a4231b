import { expect, test } from 'vitest';

import { verifyCloses } from '../../../src/queries/verify-closes.ts';
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

test('a correction that was posted and not issued is withdrawn, and counts once only', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  await world.actions.acceptCorrection('a1-c1-2', BY);
  const owed = async (period: string) => {
    const found = await world.statementQuery.of(period);
    if (found.kind === 'refused') throw new Error(found.message);
    return found.families.filter(({ familyId }) => familyId === 1).map(({ total }) => total);
  };
  expect([await owed('2026-01'), await owed('2026-02')]).toEqual([['39.90'], ['2.85']]);

  const reopened = world.actions.reopenPeriod('2026-01', BY);
  expect(reopened).toMatchObject({ withdrawn: [{ state: 'withdrawn', adjustment: { adjustmentId: 'a1-c1-2' } }] });
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([{ after: { withdrawn_adjustments: ['a1-c1-2'] } }]);
  expect([await owed('2026-01'), await owed('2026-02')]).toEqual([['42.75'], []]);

  await world.actions.closePeriod('2026-01', {}, BY);
  expect((await world.correctionQuery.waiting()).proposed).toEqual([]);
  // The number of the first one stays its own.
  world.actions.changeRate(1, { amount: '50.00' }, BY);
  const { proposed } = await world.correctionQuery.waiting('2026-01');
  expect(proposed[0]).toMatchObject({ adjustment: { adjustmentId: 'a2-c1-2', amount: '4.75' } });
  expect(await world.actions.acceptCorrection('a2-c1-2', BY)).toMatchObject({
    settled: { adjustment: { adjustmentId: 'a2-c1-2' } },
  });
  expect((await world.correctionQuery.waiting('2026-01')).proposed.map(({ adjustment }) => adjustment.lineId)).toEqual([
    'c2-4',
  ]);
});

test('a correction that was issued stays where it is, and the reopened period takes it off: it counts once at any time', async () => {
  await using world = await january();
  const owed = async (period: string) => {
    const found = await world.statementQuery.of(period);
    if (found.kind === 'refused') throw new Error(found.message);
    return found.families.filter(({ familyId }) => familyId === 1).map(({ total }) => total)[0] ?? '0.00';
  };
  const books = async () => [await owed('2026-01'), await owed('2026-02')];
  const waiting = async () => (await world.correctionQuery.waiting('2026-01')).proposed.length;
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  await world.actions.acceptCorrection('a1-c1-2', BY);
  await world.actions.rejectCorrection('a1-c2-4', BY);
  world.clock.set('2026-03-02T09:00:00Z');
  await world.actions.closePeriod('2026-02', {}, BY);
  expect(await books()).toEqual(['39.90', '2.85']);

  const reopened = world.actions.reopenPeriod('2026-01', BY);
  expect(reopened).toMatchObject({
    withdrawn: [],
    takenOff: [
      {
        state: 'accepted',
        postedIn: '2026-01',
        adjustment: {
          adjustmentId: 'a2-c1-2',
          amount: '-2.85',
          ms: 0,
          reason:
            'January 2026 holds now what was corrected in February 2026: it is taken off here, so that it counts once.',
        },
      },
    ],
  });
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([{ after: { taken_off_adjustments: ['a2-c1-2'] } }]);
  expect(await books()).toEqual(['39.90', '2.85']);
  await world.actions.closePeriod('2026-01', {}, BY);
  expect([await books(), await waiting()]).toEqual([['39.90', '2.85'], 0]);

  // Reopened again, nothing is taken off twice; another correction that was issued meanwhile is.
  expect(world.actions.reopenPeriod('2026-01', BY)).toMatchObject({ withdrawn: [], takenOff: [] });
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeRate(1, { amount: '50.00' }, BY);
  await world.actions.acceptCorrection('a3-c1-2', BY, '2026-03');
  world.clock.set('2026-04-02T09:00:00Z');
  await world.actions.closePeriod('2026-03', {}, BY);
  expect([...(await books()), await owed('2026-03')]).toEqual(['39.90', '2.85', '4.75']);
  expect(world.actions.reopenPeriod('2026-01', BY)).toMatchObject({
    takenOff: [{ adjustment: { adjustmentId: 'a4-c1-2', amount: '-4.75' } }],
  });
  expect([...(await books()), await owed('2026-03')]).toEqual(['39.90', '2.85', '4.75']);
  const { ok, problems } = await verifyCloses(world);
  expect([ok, problems]).toEqual([true, []]);
});

test('rejections fall away with a reopening, which names them', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  const rate = (amount: string) => world.actions.changeRate(1, { amount }, BY);
  rate('45.00');
  await world.actions.rejectCorrection('a1-c1-2', BY);
  world.clock.advance(1000);
  const reopened = await world.admin('POST', '/api/periods/2026-01/reopen', { reason: BY.reason });
  expect(reopened.json).toMatchObject({ withdrawn_adjustments: [], dropped_rejections: ['a1-c1-2'] });
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([{ after: { dropped_rejections: ['a1-c1-2'] } }]);

  const listed = async (state: 'rejected' | 'withdrawn') =>
    (await world.admin('GET', `/api/adjustments?state=${state}`)).json.items;
  expect(await listed('rejected')).toEqual([]);
  expect(await listed('withdrawn')).toMatchObject([{ adjustment_id: 'a1-c1-2', state: 'withdrawn' }]);

  rate('42.00');
  await world.actions.closePeriod('2026-01', {}, BY);
  rate('45.00');
  // The same difference again: it was rejected of a version that no longer stands.
  const { proposed } = await world.correctionQuery.waiting();
  expect(proposed[0]).toMatchObject({ adjustment: { lineId: 'c1-2', amount: '2.85' } });
});

test.each([
  ['2026-01', 'period_open', '2026-01 is not closed: there is nothing to reopen'],
  ['2026-03', 'period_in_future', '2026-03 has not begun: there is nothing to report yet'],
])('%s cannot be reopened', async (period, code, message) => {
  await using world = await january();
  expect(world.actions.reopenPeriod(period, BY)).toMatchObject({ code, message });
});
