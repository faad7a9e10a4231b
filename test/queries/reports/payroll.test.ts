import { expect, test } from 'vitest';

import { ANA, BEN, january, moneyWorld, TOM, type MoneyWorld } from '../../support/money-world.ts';

async function payrollOf(world: MoneyWorld, ...of: Parameters<MoneyWorld['queries']['payroll']>) {
  const found = await world.queries.payroll(...of);
  if (found.kind === 'refused') throw new Error(found.message);
  return found;
}

test('teachers have what they are paid', async () => {
  await using world = await january();
  const { statements } = await payrollOf(world, '2026-01');
  expect(statements.map(({ teacherEmail, total }) => [teacherEmail, total])).toEqual([
    [ANA, '22.00'],
    [TOM, '22.00'],
  ]);
});

test('one teacher is shown without the others and without what families are asked', async () => {
  await using world = await january();
  world.lesson({ date: '2026-01-23', space: 'spaces/three', students: [BEN], coverage: 'partial' });

  const report = await payrollOf(world, '2026-01', [world.teacher.id]);
  expect(report.statements.map(({ teacherEmail }) => teacherEmail)).toEqual([ANA]);
  expect(report.blocked).toMatchObject([{ lineId: 'p3-1' }]);
  expect(JSON.stringify(report)).not.toMatch(/39\.90|42\.00|3990|4200/);
});

test('a teacher who taught nothing has an empty report', async () => {
  await using world = await january();
  const nobody = world.person('new@school.example', 'teacher');
  expect(await payrollOf(world, '2026-01', [nobody])).toMatchObject({ statements: [], blocked: [] });
});

test('a period that has not begun is refused', async () => {
  await using world = moneyWorld();
  expect(await world.queries.payroll('2026-03')).toMatchObject({ kind: 'refused', code: 'period_in_future' });
});
