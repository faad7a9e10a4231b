import { expect, test } from 'vitest';

import { january, moneyWorld, type MoneyWorld } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'agreed' };

/** What does not hold, and whether the period can be closed. */
async function audit(world: MoneyWorld, period = '2026-01') {
  const found = await world.queries.periodAudit(period);
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
  expect(await world.queries.periodAudit('2026-03')).toMatchObject({ code: 'period_in_future' });
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
