import { expect, test } from 'vitest';

import { ANA, CLEO, january, TOM } from '../../support/money-world.ts';

const periods = ['2026-01'];
const BY = { actor: 'office', reason: 'agreed' };

test('another policy is set against the one that holds', async () => {
  await using world = await january();
  expect(await world.queries.whatIf({ periods, policy: { preset: 'slot_held' } })).toMatchObject({
    kind: 'what_if',
    periods: [
      {
        period: '2026-01',
        families: [
          { party: CLEO, delta: '0.00', changedLines: [] },
          { party: 1, beforeMinor: 3990, afterMinor: 4200, delta: '2.10', changedLines: ['c1-2'] },
        ],
        teachers: [
          { party: ANA, delta: '0.00' },
          { party: TOM, delta: '0.00' },
        ],
      },
    ],
  });
});

test('a rate takes the place of those that price the same, and of no others', async () => {
  await using world = await january();
  const dearer = { kind: 'charge', amount: '60.00', currency: 'EUR', valid_from: '2026-01-01' };
  const answer = await world.queries.whatIf({ periods, rates: [dearer] });
  expect(answer).toMatchObject({
    periods: [{ families: [{ afterMinor: 6000 }, { afterMinor: 5700 }], teachers: [{ deltaMinor: 0 }, {}] }],
  });
  const ofAna = { ...dearer, kind: 'pay', scope: { teacher_email: ANA } };
  expect(await world.queries.whatIf({ periods, rates: [ofAna] })).toMatchObject({
    periods: [
      {
        teachers: [
          { party: ANA, afterMinor: 6000 },
          { party: TOM, deltaMinor: 0 },
        ],
      },
    ],
  });
});

test('a policy from a day on leaves the classes before it', async () => {
  await using world = await january();
  const policy = { preset: 'slot_held', valid_from: '2026-01-17' };
  expect(await world.queries.whatIf({ periods, policy })).toMatchObject({
    periods: [{ families: [{ deltaMinor: 0 }, { deltaMinor: 0 }] }],
  });
});

test('a correction that a reopened period took off has brought nothing of its drift', async () => {
  await using world = await january();
  const ofFamily = async () => {
    const answer = await world.queries.whatIf({ periods });
    if (answer.kind === 'refused') throw new Error(answer.message);
    const found = answer.periods[0]!.families.find(({ party }) => party === 1)!;
    return [found.beforeMinor, found.driftMinor, found.correctedMinor];
  };
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  await world.actions.acceptCorrection('a1-c1-2', BY);
  world.clock.set('2026-03-02T09:00:00Z');
  await world.actions.closePeriod('2026-02', {}, BY);
  expect(await ofFamily()).toEqual([3990, 285, 285]);

  world.actions.reopenPeriod('2026-01', BY);
  await world.actions.closePeriod('2026-01', {}, BY);
  expect(await ofFamily()).toEqual([4275, 0, 0]);
  world.actions.changeRate(1, { amount: '50.00' }, BY);
  expect(await ofFamily()).toEqual([4275, 475, 0]);
});

test('nothing of it is stored', async () => {
  await using world = await january();
  const before = [world.queries.policyVersions(), world.queries.allRates(), world.audit.head()];
  const rate = { kind: 'charge', amount: '60.00', currency: 'EUR', valid_from: '2026-01-01' };
  await world.queries.whatIf({ periods, policy: { preset: 'timetable' }, rates: [rate] });
  expect([world.queries.policyVersions(), world.queries.allRates(), world.audit.head()]).toEqual(before);
});

test('every fault is told, with its path', async () => {
  await using world = await january();
  const rates = [{ kind: 'charge', amount: '1.234', currency: 'EUR', valid_from: '2026-01-01' }];
  const answer = await world.queries.whatIf({ periods, policy: { brige: 1 }, rates });
  expect(answer).toMatchObject({
    code: 'invalid',
    complaints: [{ path: 'policy.brige' }, { path: 'rates.0.amount' }],
  });
  expect(
    await world.queries.whatIf({ periods, rates: [{ ...rates[0], amount: '1.23', scope: { colour: 'red' } }] }),
  ).toMatchObject({
    complaints: [{ path: 'rates.0.scope.colour', message: 'is not known here; leave it out or correct its name' }],
  });
  expect(await world.queries.whatIf({ periods: ['2026-01', '2026-03'] })).toMatchObject({
    code: 'period_in_future',
    complaints: [{ path: 'periods.1' }],
  });
});

test('a closed period is set against what was issued, with what has drifted since', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, { actor: 'office' });
  // The rate is another one since.
  const { json } = await world.admin('GET', '/api/rates?kind=charge');
  const [{ rate_id }] = json.items as [{ rate_id: number }];
  await world.admin('PATCH', `/api/rates/${rate_id}`, { amount: '44.00', reason: 'agreed' });
  expect(await world.queries.whatIf({ periods, policy: { preset: 'slot_held' } })).toMatchObject({
    periods: [
      {
        issued: { version: 1 },
        families: [
          { party: CLEO, beforeMinor: 4200, nowMinor: 4400, afterMinor: 4400, driftMinor: 200, effectMinor: 0 },
          { party: 1, beforeMinor: 3990, nowMinor: 4180, afterMinor: 4400, driftMinor: 190, effectMinor: 220 },
        ],
      },
    ],
  });
  const answer = await world.admin('POST', '/api/reports/what-if', { periods, policy: { preset: 'slot_held' } });
  expect(answer.json).toMatchObject({ periods: [{ basis: 'issued', version: 1, families: [{ drift: '2.00' }, {}] }] });
});
