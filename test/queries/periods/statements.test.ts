import { describe, expect, test } from 'vitest';

import { BEN, january, moneyWorld, type MoneyWorld } from '../../support/money-world.ts';
import { correction } from '../../support/statements.ts';

const BY = { actor: 'office', reason: 'agreed' };

async function statementsOf(world: MoneyWorld, period: string) {
  const found = await world.statementQuery.of(period);
  if (found.kind === 'refused') throw new Error(found.message);
  return found;
}

test.each(['2026-01', '2026-02', '2026-01-05..2026-01-18', '2025-01-01..2026-01-01'])(
  'on the third of February %s has begun',
  async (period) => {
    await using world = moneyWorld();
    expect(world.statementQuery.check(period)).toBeNull();
  },
);

test.each([
  ['2026-03', 'period_in_future', '2026-03 has not begun: there is nothing to report yet', 'lies in the future'],
  [
    '2026-02-30',
    'invalid',
    'correct the fields that are listed and try again',
    'must be a month such as 2026-01, or two days such as 2026-01-05..2026-01-18',
  ],
  ['2026-13', 'invalid', 'correct the fields that are listed and try again', 'there is no month 2026-13'],
  [
    '2026-01-18..2026-02-30',
    'invalid',
    'correct the fields that are listed and try again',
    'there is no day 2026-02-30',
  ],
  [
    '2026-01-18..2026-01-05',
    'invalid',
    'correct the fields that are listed and try again',
    'ends before it begins: the first day comes first',
  ],
  [
    '2025-01-01..2026-01-02',
    'invalid',
    'correct the fields that are listed and try again',
    'must not be longer than 366 days',
  ],
])('on the third of February %s is no period to look at', async (period, code, message, complaint) => {
  await using world = moneyWorld();
  const complaints = [{ path: 'period', message: complaint }];
  expect(world.statementQuery.check(period)).toEqual({ kind: 'refused', code, message, complaints });
});

test('an open period is a draft: it follows the ledger', async () => {
  await using world = await january();
  expect(await statementsOf(world, '2026-01')).toMatchObject({
    zone: 'Europe/London',
    close: null,
    families: [
      { familyId: 1, total: '39.90' },
      { familyId: null, total: '42.00' },
    ],
    teachers: [{ total: '22.00' }, { total: '22.00' }],
  });
  world.actions.changeRate(1, { amount: '60.00' }, BY);
  expect((await statementsOf(world, '2026-01')).families.map(({ total }) => total)).toEqual(['57.00', '60.00']);
});

describe('a closed period', () => {
  test('stays as it was issued, in the zone it was closed in', async () => {
    await using world = await january();
    const draft = await statementsOf(world, '2026-01');
    await world.actions.closePeriod('2026-01', {}, BY);
    world.actions.changeRate(1, { amount: '60.00' }, BY);
    world.actions.addPolicy({ valid_from: '2026-01-01', period: { zone: 'Asia/Tokyo' } }, BY);

    const issued = await statementsOf(world, '2026-01');
    expect(issued).toMatchObject({ zone: 'Europe/London', close: { version: 1 }, creditsNamed: false });
    expect(issued.lines).toEqual(draft.lines);
    expect(issued.families).toEqual(draft.families);
  });

  test('follows the ledger again once it is reopened', async () => {
    await using world = await january();
    await world.actions.closePeriod('2026-01', {}, BY);
    world.actions.changeRate(1, { amount: '60.00' }, BY);
    world.actions.reopenPeriod('2026-01', BY);
    expect(await statementsOf(world, '2026-01')).toMatchObject({ close: null, families: [{ total: '57.00' }, {}] });
  });

  test('is corrected in the next one, which names the line', async () => {
    await using world = await january();
    await world.actions.closePeriod('2026-01', {}, BY);
    world.actions.changeRate(1, { amount: '45.00', scope: { subject: 'Algebra' } }, BY);
    await world.actions.acceptCorrection('a1-c1-2', BY);

    expect((await statementsOf(world, '2026-01')).adjustments).toEqual([]);
    expect(await statementsOf(world, '2026-02')).toMatchObject({
      adjustments: [{ adjustmentId: 'a1-c1-2', lineId: 'c1-2', amount: '2.85' }],
      families: [{ familyId: 1, total: '2.85', lines: [] }],
    });
  });
});

test('a disputed line of an open period is flagged', async () => {
  await using world = await january();
  world.actions.openDispute({ lineId: 'p1-1', teacherId: world.teacher.id, text: 'I stayed longer' }, { actor: 'ana' });
  expect((await statementsOf(world, '2026-01')).lines.pay.map(({ flags }) => flags)).toEqual([['disputed'], []]);
});

test('what a teacher was paid too much is carried into the next period, and into no other', async () => {
  await using world = moneyWorld('2026-03-03T09:00:00Z');
  const rate = { kind: 'pay', currency: 'EUR', valid_from: '2026-01-01', amount: '22.00' };
  world.actions.addRate(rate, BY);
  world.actions.addRate({ ...rate, kind: 'charge' }, BY);
  world.lesson();
  await world.actions.closePeriod('2026-01', {}, BY);
  // The rate was 10.00 all along.
  world.actions.changeRate(1, { amount: '10.00' }, BY);
  await world.actions.acceptCorrection('a1-p1-1', BY);
  const february = await statementsOf(world, '2026-02');
  expect(february.teachers).toMatchObject([{ total: '-12.00', payoutMinor: 0, carryMinor: -1200 }]);
  await world.actions.closePeriod('2026-02', {}, BY);

  world.lesson({ date: '2026-03-02', space: 'spaces/two', students: [BEN] });
  expect(world.statementQuery.carriedInto('2026-03')).toEqual(new Map([[1, new Map([['EUR', -1200]])]]));
  expect(world.statementQuery.carriedInto('2026-02')).toEqual(new Map());
  expect((await statementsOf(world, '2026-03')).teachers).toMatchObject([
    { total: '10.00', carriedInMinor: -1200, payoutMinor: 0, carryMinor: -200 },
  ]);
});

test('a correction that an earlier version accepted shows nothing of what was written about a decision', async () => {
  await using world = await january();
  const words = 'her mother is ill';
  const adjustment = correction({
    personId: world.ben,
    personEmail: BEN,
    reason: `It is now. Decided since: ${words}.`,
  });
  const settled = { corrects: '2025-12', state: 'accepted', postedIn: '2026-01', contentHash: 'h' } as const;
  world.money.adjustments.save({ ...settled, ...BY, adjustment });

  expect(await statementsOf(world, '2026-01')).toMatchObject({
    adjustments: [{ reason: 'It is now. It changes by a decision of the school.' }],
  });
  await world.actions.closePeriod('2026-01', {}, BY);
  const issued = await statementsOf(world, '2026-01');
  expect(world.money.periods.document(issued.close!.id)).not.toContain(words);
  expect(JSON.stringify(issued.families)).not.toContain(words);

  // What an earlier version issued is printed as it was issued.
  world.database.sqlite.exec('update period_closes set wording = 3');
  expect(JSON.stringify((await statementsOf(world, '2026-01')).families)).toContain(words);
});
