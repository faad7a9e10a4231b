import { expect, test } from 'vitest';

import { ANA, BEN, january, moneyWorld, type MoneyWorld } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'agreed' };

/** What does not hold, and whether the period can be closed. */
async function audit(world: MoneyWorld, period = '2026-01') {
  const found = await world.queries.period(period);
  if (found.kind === 'refused') throw new Error(found.message);
  const failing = found.invariants.filter(({ holds }) => !holds).map(({ name }) => name);
  return { failing, closable: found.closable };
}

test('a period that is over can be closed; what only warns is told', async () => {
  await using world = await january();
  expect(await audit(world)).toEqual({
    failing: ['every_student_has_a_family', 'teachers_have_accepted'],
    closable: 'clean',
  });
});

test('pay that is accepted is not asked for again, until it is other pay', async () => {
  await using world = await january();
  for (const teacherId of [world.teacher.id, 3])
    await world.actions.acceptPay('2026-01', teacherId, { actor: 'teacher' });
  expect((await audit(world)).failing).toEqual(['every_student_has_a_family']);

  world.actions.changeRate(2, { amount: '23.00' }, BY);
  expect((await audit(world)).failing).toContain('teachers_have_accepted');
});

test('a dispute stands against the close', async () => {
  await using world = await january();
  const dispute = { lineId: 'p1-1', teacherId: world.teacher.id, text: 'I stayed longer' };
  expect(world.actions.openDispute(dispute, { actor: 'ana' })).toMatchObject({ kind: 'disputed' });
  expect(await audit(world)).toMatchObject({
    failing: expect.arrayContaining(['no_line_is_disputed']),
    closable: 'with_exceptions',
  });
});

test('evidence and rates that are missing stand against it', async () => {
  await using world = moneyWorld();
  world.lesson();
  world.lesson({ date: '2026-01-23', coverage: 'partial' });
  expect(await audit(world)).toMatchObject({
    failing: ['evidence_is_whole', 'every_line_has_a_rate'],
    closable: 'with_exceptions',
  });
});

test('a correction that waits is told in the next period', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  expect((await audit(world, '2026-02')).failing).toEqual(['period_is_over']);
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  expect((await audit(world, '2026-02')).failing).toEqual(['period_is_over', 'closed_periods_agree']);
});

test('a period that is not over cannot be closed, one that has not begun has no audit', async () => {
  await using world = await january();
  expect((await audit(world, '2026-02')).closable).toBe('no');
  expect(await world.queries.period('2026-03')).toMatchObject({ code: 'period_in_future' });
});

test('a period that is closed, or shares days with a closed one, cannot be closed again', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  for (const period of ['2026-01', '2026-01-10..2026-01-20']) {
    const { failing, closable } = await audit(world, period);
    expect([failing.includes('period_is_open'), closable]).toEqual([true, 'no']);
  }
  expect((await audit(world, '2025-12')).failing).not.toContain('period_is_open');
});

test('a meeting that looks like a lesson and is on no bill is warned of, once, and does not keep the period open', async () => {
  await using world = await january();
  const extra = { [ANA]: ['10:00-11:00'], [BEN]: ['10:05-11:00'] };
  world.call('spaces/one', '2026-01-20', 'conferenceRecords/extra', extra);
  world.call('spaces/one', '2026-02-01', 'conferenceRecords/of-february', extra);
  // A week is read at a time, and this one runs over the end of the first.
  world.call('spaces/two', '2026-01-07', 'conferenceRecords/at-midnight', {
    [ANA]: ['23:30-24:30'],
    [BEN]: ['23:30-24:30'],
  });

  const found = await world.queries.period('2026-01');

  expect('invariants' in found && found.invariants.find(({ name }) => name === 'no_lesson_is_unbilled')).toEqual({
    name: 'no_lesson_is_unbilled',
    claim: 'Every lesson is on a bill.',
    problem: '2 meetings look like lessons and are on no bill',
    holds: false,
    severity: 'warns',
    against: [
      { lineId: null, text: '7 Jan 2026: Ana Reis, ben, 60 min together. See GET /api/reports/unbilled.' },
      { lineId: null, text: '20 Jan 2026: Ana Reis, ben, 55 min together. See GET /api/reports/unbilled.' },
    ],
  });
  expect((await audit(world)).closable).toBe('clean');
  expect(await world.actions.closePeriod('2026-01', {}, BY)).toMatchObject({ kind: 'closed' });
});

test('a class that nobody came to while its people met in another room is among them', async () => {
  await using world = await january();
  world.lesson({ date: '2026-01-21', there: {}, space: 'spaces/three', coverage: 'empty' });
  world.call('spaces/elsewhere', '2026-01-21', 'conferenceRecords/elsewhere', {
    [ANA]: ['16:00-17:00'],
    [BEN]: ['16:00-17:00'],
  });

  expect((await audit(world)).failing).toContain('no_lesson_is_unbilled');
});
