import { expect, test } from 'vitest';

import { ANA, BEN, moneyWorld } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'agreed' };
const algebra = {
  kind: 'charge',
  amount: '42.00',
  currency: 'EUR',
  valid_from: '2026-01-01',
  scope: { subject: 'Algebra' },
};

test('a rate is kept and audited as the API shows it', async () => {
  await using world = moneyWorld();
  expect(world.actions.addRate(algebra, BY)).toMatchObject({
    kind: 'saved',
    rate: { id: 1, kind: 'charge', amountMinor: 4200, unit: 'hour', validTo: null, scope: { subject: 'Algebra' } },
  });
  expect(world.audit.list({ limit: 9 }).items).toMatchObject([
    { ...BY, action: 'rate.create', subject: 'rate:1', after: { rate_id: 1, amount: '42.00' } },
  ]);
});

test('two rates do not price the same on one day; one that is ended makes room', async () => {
  await using world = moneyWorld();
  world.actions.addRate(algebra, BY);
  const dearer = { ...algebra, amount: '44.00', valid_from: '2026-03-15' };

  expect(world.actions.addRate(dearer, BY)).toMatchObject({
    code: 'rate_overlap',
    message: 'rate 1 (42.00 EUR, 2026-01-01 to no end) prices the same: end it first, or choose other days',
  });
  world.actions.changeRate(1, { valid_to: '2026-03-14' }, BY);
  expect(world.actions.addRate(dearer, BY)).toMatchObject({ kind: 'saved' });
  expect(world.actions.changeRate(1, { valid_to: '2026-03-15' }, BY)).toMatchObject({ code: 'rate_overlap' });
});

test('a rate of another scope or side may hold on the same days', async () => {
  await using world = moneyWorld();
  world.person(BEN, 'student');
  world.actions.addRate(algebra, BY);
  expect(world.actions.addRate({ ...algebra, kind: 'pay' }, BY)).toMatchObject({ kind: 'saved' });
  expect(world.actions.addRate({ ...algebra, scope: {} }, BY)).toMatchObject({ kind: 'saved' });
  expect(world.actions.addRate({ ...algebra, kind: 'pay', scope: {} }, BY)).toMatchObject({ kind: 'saved' });
  const scope = { student_email: BEN };
  expect(world.actions.addRate({ ...algebra, scope }, BY)).toMatchObject({ kind: 'saved' });
  // A teacher is not paid by who was taught.
  expect(world.actions.addRate({ ...algebra, kind: 'pay', scope }, BY)).toMatchObject({
    complaints: [{ path: 'scope' }],
  });
});

test.each([
  [
    'a student',
    { student_email: 'no@body.example' },
    'scope.student_email',
    'no@body.example is not a person of the school',
  ],
  ['a class', { class_id: 99 }, 'scope.class_id', 'there is no class 99'],
])('%s that is not there has no rate', async (_, scope, path, message) => {
  await using world = moneyWorld();
  expect(world.actions.addRate({ ...algebra, scope }, BY)).toMatchObject({
    code: 'invalid',
    complaints: [{ path, message }],
  });
  expect(world.queries.allRates()).toEqual([]);
});

test.each([
  ['42.50', 'JPY', 'must be a whole amount such as "42": JPY has no minor digits'],
  ['42.505', 'EUR', 'has too many decimals: EUR has 2, such as "42.00"'],
  ['-42', 'JPY', 'must not be negative'],
])('%s is no amount in %s', async (amount, currency, message) => {
  await using world = moneyWorld();
  expect(world.actions.addRate({ ...algebra, amount, currency }, BY)).toMatchObject({
    code: 'invalid',
    complaints: [{ path: 'amount', message }],
  });
});

test('what is left out of a change stays, and what changes nothing is not audited', async () => {
  await using world = moneyWorld();
  const scope = { teacher_email: ANA };
  world.actions.addRate({ ...algebra, kind: 'pay', amount: '22.00', scope }, BY);

  expect(world.actions.changeRate(1, { amount: '22.00' }, BY)).toMatchObject({ kind: 'saved' });
  expect(world.audit.head().count).toBe(1);
  expect(world.actions.changeRate(1, { amount: '23.50' }, BY)).toMatchObject({
    rate: { amountMinor: 2350, validFrom: '2026-01-01', scope: { teacherEmail: ANA } },
  });
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    { action: 'rate.change', before: { amount: '22.00' }, after: { amount: '23.50' } },
  ]);
  expect(world.actions.changeRate(1, { valid_to: '2025-12-31' }, BY)).toMatchObject({
    complaints: [{ path: 'valid_to', message: 'must not be before the first day' }],
  });
  expect(world.actions.changeRate(9, {}, BY)).toMatchObject({ code: 'not_found', message: 'there is no rate 9' });
});
