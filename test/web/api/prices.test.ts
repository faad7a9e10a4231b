import { expect, test } from 'vitest';

import { ANA, BEN, moneyWorld, withRates } from '../../support/money-world.ts';

test('a policy is made in versions that are listed in order', async () => {
  await using world = moneyWorld();
  const first = await world.admin('PUT', '/api/policy', { valid_from: '2026-01-01', preset: 'standard_tutoring' });
  const second = await world.admin('PUT', '/api/policy', {
    valid_from: '2026-02-01',
    preset: 'standard_tutoring',
    round: { increment: 15, mode: 'up', tolerance: 2 },
    reason: 'agreed at the meeting',
  });
  expect([first.status, second.status]).toEqual([200, 200]);
  const { json } = await world.admin('GET', '/api/policy');
  expect(json.items!.map((one) => [one.policy!.valid_from, one.policy!.round])).toEqual([
    ['2026-01-01', { increment: 1, mode: 'nearest', tolerance: 0 }],
    ['2026-02-01', { increment: 15, mode: 'up', tolerance: 2 }],
  ]);
  const audit = await world.admin('GET', '/api/audit');
  expect(audit.json.items![0]).toMatchObject({ action: 'policy.add', reason: 'agreed at the meeting', actor: 'admin' });
});

test('settings that contradict each other are refused by path, and nothing is stored', async () => {
  await using world = moneyWorld();
  const answer = await world.admin('PUT', '/api/policy', { valid_from: '2026-01-01', min: 60, max: 30, bridges: 5 });
  expect(answer.status).toBe(400);
  expect(answer.json.errors!.map(({ path }) => path)).toEqual(['bridges']);
  const other = await world.admin('PUT', '/api/policy', { valid_from: '2026-01-01', min: 60, max: 30 });
  expect(other.json).toMatchObject({ code: 'invalid_request', errors: [{ path: 'min' }] });
  expect((await world.admin('GET', '/api/policy')).json.items).toEqual([]);
  expect((await world.admin('GET', '/api/audit')).json.count).toBe(0);
});

test('of two policies from one day the later holds', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson({ there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-16:50'] } });
  await world.admin('PUT', '/api/policy', { valid_from: '2026-01-01', round: { increment: 60, mode: 'up' } });
  await world.admin('PUT', '/api/policy', { valid_from: '2026-01-01', preset: 'actual_time' });
  const { json } = await world.admin('GET', '/api/reports/billing?period=2026-01');
  expect(json.families![0]!.lines[0]).toMatchObject({ billed_minutes: 50, amount: '35.00' });
});

test('a rate that prices the same days as another is refused and names it', async () => {
  await using world = moneyWorld();
  const rate = { kind: 'charge', amount: '40.00', currency: 'EUR', scope: { subject: 'Algebra' } };
  const first = await world.admin('POST', '/api/rates', { ...rate, valid_from: '2026-01-01', valid_to: '2026-03-14' });
  expect(first.status).toBe(201);
  const clash = await world.admin('POST', '/api/rates', { ...rate, amount: '44.00', valid_from: '2026-03-14' });
  expect(clash).toMatchObject({ status: 409, json: { code: 'rate_overlap' } });
  expect(clash.json.detail).toContain('rate 1 (40.00 EUR, 2026-01-01 to 2026-03-14)');
  const next = await world.admin('POST', '/api/rates', { ...rate, amount: '44.00', valid_from: '2026-03-15' });
  expect(next.json).toMatchObject({ rate_id: 2, amount: '44.00', valid_to: null });
});

test.each([
  ['an unknown currency', { currency: 'EUX' }, 'currency'],
  ['a negative amount', { amount: '-1.00' }, 'amount'],
  ['too many digits', { amount: '1.001' }, 'amount'],
  ['an end before the start', { valid_to: '2025-12-31' }, 'valid_to'],
  ['a person nobody knows', { scope: { student_email: 'who@home.example' } }, 'scope.student_email'],
  ['a class that is not there', { scope: { class_id: 99 } }, 'scope.class_id'],
  ['a field that is not one', { price: '1.00' }, 'price'],
])('a rate with %s is refused', async (_what, wrong, path) => {
  await using world = moneyWorld();
  const answer = await world.admin('POST', '/api/rates', {
    kind: 'charge',
    amount: '42.00',
    currency: 'EUR',
    valid_from: '2026-01-01',
    ...wrong,
  });
  expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request', errors: [{ path }] } });
  expect((await world.admin('GET', '/api/rates')).json.items).toEqual([]);
});

test('a rate is ended, and corrected, with the old value in the audit log', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const ended = await world.admin('PATCH', '/api/rates/1', { valid_to: '2026-06-30', reason: 'new prices in July' });
  expect(ended.json).toMatchObject({ rate_id: 1, amount: '42.00', valid_to: '2026-06-30' });
  const corrected = await world.admin('PATCH', '/api/rates/1', { amount: '43.50' });
  expect(corrected.json).toMatchObject({ amount: '43.50', valid_to: '2026-06-30' });
  const { json } = await world.admin('GET', '/api/audit?subject=rate:1');
  expect(json.items!.map((one) => [one.action, one.before?.amount ?? null])).toEqual([
    ['rate.change', '42.00'],
    ['rate.change', '42.00'],
    ['rate.create', null],
  ]);
  expect((await world.admin('PATCH', '/api/rates/9', { amount: '1.00' })).status).toBe(404);
});

test('a student outside the days of the enrolment is shown, flagged and not charged', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson({ date: '2026-01-16' });
  world.lesson({ date: '2026-01-23' });
  const enrolled = await world.admin('POST', '/api/enrolments', {
    student_email: BEN,
    subject: 'Algebra',
    from: '2026-01-01',
    to: '2026-01-20',
  });
  expect(enrolled.status).toBe(201);
  const lines = async () =>
    (await world.admin('GET', '/api/reports/billing?period=2026-01')).json.families!.flatMap(({ lines: of }) => of);
  expect((await lines()).map(({ date, amount, flags }) => [date, amount, flags!.includes('not_enrolled')])).toEqual([
    ['2026-01-16', '42.00', false],
    ['2026-01-23', '0.00', true],
  ]);
  const payroll = await world.admin('GET', '/api/reports/payroll?period=2026-01');
  expect(payroll.json.teachers![0]!.total).toBe('44.00');
  await world.admin('PATCH', '/api/enrolments/1', { to: null });
  expect((await lines()).map(({ amount }) => amount)).toEqual(['42.00', '42.00']);
});

test('an enrolment is in a series or in a subject, of a student', async () => {
  await using world = moneyWorld();
  world.person(BEN, 'student');
  const wrong = [
    { student_email: BEN, from: '2026-01-01' },
    { student_email: BEN, from: '2026-01-01', subject: 'Algebra', series_id: 'weekly' },
    { student_email: ANA, from: '2026-01-01', subject: 'Algebra' },
    { student_email: BEN, from: '2026-02-30', subject: 'Algebra' },
    { student_email: BEN, from: '2026-02-10', to: '2026-02-01', subject: 'Algebra' },
  ];
  for (const body of wrong) expect((await world.admin('POST', '/api/enrolments', body)).status).toBe(400);
  expect((await world.admin('GET', '/api/enrolments')).json.items).toEqual([]);
});

test('only an admin sees prices', async () => {
  await using world = moneyWorld();
  for (const path of ['/api/rates', '/api/policy', '/api/enrolments', '/api/audit', '/api/periods', '/api/decisions']) {
    expect((await world.teacherAsks('GET', path)).status).toBe(403);
    expect((await world.operator('GET', path)).status).toBe(403);
  }
});
