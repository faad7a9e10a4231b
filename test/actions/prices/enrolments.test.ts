import { expect, test } from 'vitest';

import { ANA, BEN, moneyWorld, withRates } from '../../support/money-world.ts';

const BY = { actor: 'office' };
const algebra = { studentEmail: BEN, seriesId: null, subject: 'Algebra', from: '2026-01-01', to: '2026-01-10' };

test('a student is a pupil from and to a day, and a class behind it is not charged', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const ben = world.person(BEN, 'student');
  expect(world.actions.addEnrolment(algebra, BY)).toMatchObject({
    kind: 'saved',
    enrolment: { id: 1, personId: ben, subject: 'Algebra', from: '2026-01-01', to: '2026-01-10' },
  });
  world.lesson({ date: '2026-01-10' });
  world.lesson({ date: '2026-01-11' });

  const amounts = async () =>
    (await world.lineQuery.ofPeriod('2026-01')).charges.map(({ amount, flags }) => [
      amount,
      flags.includes('not_enrolled'),
    ]);
  expect(await amounts()).toEqual([
    ['42.00', false],
    ['0.00', true],
  ]);
  world.actions.changeEnrolment(1, { to: null }, BY);
  expect(await amounts()).toEqual([
    ['42.00', false],
    ['42.00', false],
  ]);
});

test('a change is audited with before and after, one that changes nothing is not', async () => {
  await using world = moneyWorld();
  world.person(BEN, 'student');
  world.actions.addEnrolment(algebra, BY);
  world.actions.changeEnrolment(1, { from: '2026-01-01' }, BY);
  expect(world.audit.head().count).toBe(1);
  world.actions.changeEnrolment(1, { from: '2026-01-05' }, BY);
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    {
      action: 'enrolment.change',
      subject: 'enrolment:1',
      before: { from: '2026-01-01' },
      after: { from: '2026-01-05' },
    },
  ]);
});

test('only students of the school are enrolled, and not from a later to an earlier day', async () => {
  await using world = moneyWorld();
  world.person(BEN, 'student');
  for (const studentEmail of [ANA, 'no@body.example']) {
    expect(world.actions.addEnrolment({ ...algebra, studentEmail }, BY)).toMatchObject({
      complaints: [{ path: 'student_email', message: `${studentEmail} is not a student of the school` }],
    });
  }
  const reversed = { complaints: [{ path: 'to', message: 'must not lie before from' }] };
  expect(world.actions.addEnrolment({ ...algebra, to: '2025-12-31' }, BY)).toMatchObject(reversed);
  world.actions.addEnrolment(algebra, BY);
  expect(world.actions.changeEnrolment(1, { from: '2026-01-11' }, BY)).toMatchObject(reversed);
  expect(world.actions.changeEnrolment(9, {}, BY)).toMatchObject({ code: 'not_found' });
  expect(world.audit.head().count).toBe(1);
});
