import { expect, test } from 'vitest';

import { january } from '../../support/money-world.ts';

test('a teacher accepts the pay as it is now, and the audit log tells what it was', async () => {
  await using world = await january();
  const { id, email } = world.teacher;

  expect(await world.actions.acceptPay('2026-01', id, { actor: 'ana' })).toMatchObject({
    kind: 'accepted',
    acceptance: { personId: id, teacherEmail: email },
  });
  expect(world.money.payAnswers.acceptances('2026-01')).toMatchObject([{ personId: id }]);
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    {
      actor: 'ana',
      action: 'period.accept',
      subject: 'period:2026-01',
      after: { teacher_email: email, totals: [{ currency: 'EUR', total_minor: 2200 }] },
    },
  ]);
});

test('who accepts again, because the pay is another now, has one acceptance: the last', async () => {
  await using world = await january();
  const { id } = world.teacher;
  const hash = async () => {
    const accepted = await world.actions.acceptPay('2026-01', id, { actor: 'ana' });
    return accepted.kind === 'accepted' ? accepted.acceptance.payHash : null;
  };
  const first = await hash();
  world.actions.changeRate(2, { amount: '25.00' }, { actor: 'office' });
  const second = await hash();
  expect(second).not.toBe(first);
  expect(world.money.payAnswers.acceptances('2026-01').map(({ payHash }) => payHash)).toEqual([second]);
});

test.each([
  ['2026-02', 'period_not_over', '2026-02 is not over: accept the pay after its last day'],
  ['2025-12', 'not_found', 'there is no pay in 2025-12 to accept'],
  ['2026-03', 'period_in_future', '2026-03 has not begun: there is nothing to report yet'],
  ['January', 'invalid', 'correct the fields that are listed and try again'],
])('pay of %s is not accepted', async (period, code, message) => {
  await using world = await january();
  expect(await world.actions.acceptPay(period, world.teacher.id, { actor: 'ana' })).toMatchObject({ code, message });
});

test('pay that was issued is not accepted any more', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, { actor: 'office' });
  expect(await world.actions.acceptPay('2026-01', world.teacher.id, { actor: 'ana' })).toMatchObject({
    code: 'period_closed',
    message: '2026-01 is closed: pay is accepted between its last day and the close; dispute a line instead',
  });
  expect(world.money.payAnswers.acceptances('2026-01')).toEqual([]);
});

test('pay of a period that is closed while its lines are computed is not accepted', async () => {
  await using world = await january();
  const [closed, accepted] = await Promise.all([
    world.actions.closePeriod('2026-01', {}, { actor: 'office' }),
    world.actions.acceptPay('2026-01', world.teacher.id, { actor: 'ana' }),
  ]);
  expect(closed).toMatchObject({ kind: 'closed' });
  expect(accepted).toMatchObject({ code: 'period_closed' });
  expect(world.money.payAnswers.acceptances('2026-01')).toEqual([]);
});
