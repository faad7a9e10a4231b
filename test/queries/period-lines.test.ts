import { describe, expect, test } from 'vitest';

import { BEN, january, moneyWorld, withRates } from '../support/money-world.ts';
import { policy, rate } from '../support/billing.ts';

test('the lines of a period follow from what the ledger holds', async () => {
  await using world = await january();
  const { charges, pay, blocked } = await world.queries.lineQuery.ofPeriod('2026-01');
  expect(charges.map(({ lineId, amount, familyId }) => [lineId, amount, familyId])).toEqual([
    ['c1-2', '39.90', 1],
    ['c2-4', '42.00', null],
  ]);
  expect(pay.map(({ lineId, amount }) => [lineId, amount])).toEqual([
    ['p1-1', '22.00'],
    ['p2-3', '22.00'],
  ]);
  expect(blocked).toEqual([]);
});

describe('other rules than those that hold', () => {
  test('another policy, other rates, a dispute', async () => {
    await using world = await january();
    const { lineQuery } = world.queries;
    const amounts = async (
      ...rules: Parameters<typeof lineQuery.ofPeriod> extends [string, ...infer Rest] ? Rest : []
    ) => (await lineQuery.ofPeriod('2026-01', ...rules)).charges.map(({ amount }) => amount);

    expect(await amounts({ policies: [policy({ preset: 'slot_held' })] })).toEqual(['42.00', '42.00']);
    expect(await amounts({ rates: [rate(9, { kind: 'charge', amount: '60.00' })] })).toEqual(['57.00', '60.00']);
    const disputed = await lineQuery.ofPeriod('2026-01', { disputed: new Set(['p1-1']) });
    expect(disputed.pay.map(({ flags }) => flags.includes('disputed'))).toEqual([true, false]);
    expect(await amounts()).toEqual(['39.90', '42.00']);
  });

  test('another zone gives a class another day', async () => {
    await using world = moneyWorld();
    await withRates(world);
    world.lesson({ date: '2026-01-31', from: '23:30', to: '24:30' });
    const count = async (zone?: string) =>
      (await world.queries.lineQuery.ofPeriod('2026-01', zone === undefined ? {} : { zone })).charges.length;
    expect([await count(), await count('Europe/Paris')]).toEqual([1, 0]);
  });
});

test('a period is of the zone of its policy, or of the organisation', async () => {
  await using world = moneyWorld();
  const { zoneOf } = world.queries;
  expect(zoneOf('2026-01')).toBe('Europe/London');
  world.actions.addPolicy({ valid_from: '2026-02-01', period: { zone: 'Asia/Tokyo' } }, { actor: 'office' });
  expect([zoneOf('2026-01'), zoneOf('2026-02'), zoneOf('2026-01-20..2026-02-10')]).toEqual([
    'Europe/London',
    'Asia/Tokyo',
    'Europe/London',
  ]);
  expect(() => zoneOf('January')).toThrow('not a period: January');
});

test('the lines of one class are those of its period', async () => {
  await using world = await january();
  // A class in the way of the first: Ben cannot be in both.
  world.lesson({ from: '16:30', to: '17:30', space: 'spaces/three', there: { [BEN]: ['16:30-17:30'] } });
  const { lineQuery } = world.queries;
  const whole = await lineQuery.ofPeriod('2026-01');
  for (const classId of [1, 2, 3]) {
    const own = lineQuery.ofClass(classId)!;
    expect(own.charges).toEqual(whole.charges.filter((line) => line.classId === classId));
    expect(own.pay).toEqual(whole.pay.filter((line) => line.classId === classId));
    expect(own.blocked).toEqual(whole.blocked.filter((line) => line.classId === classId));
  }
  expect(lineQuery.ofClass(99)).toBeNull();
});
