import { expect, test } from 'vitest';

import { ANA, BEN, moneyWorld, withRates, type MoneyWorld } from '../../support/money-world.ts';

const close = (world: MoneyWorld, body: object = {}, period = '2026-01') =>
  world.admin('POST', `/api/periods/${period}/close`, body);

test('a period says before its close what speaks against it', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson();
  world.lesson({ date: '2026-01-23', coverage: 'partial' });
  const { json } = await world.admin('GET', '/api/periods/2026-01');
  expect(json).toMatchObject({
    state: 'open',
    closable: 'with_exceptions',
    problems: { no_evidence: 2 },
    totals: [{ currency: 'EUR', billed_minor: 4200, paid_minor: 2200 }],
  });
  const failed = json.invariants!.filter(({ holds }) => !holds).map(({ name }) => name);
  expect(failed).toEqual(['evidence_is_whole', 'every_student_has_a_family', 'teachers_have_accepted']);
});

test('a period with open questions closes only with its exceptions on the cover, and a reason', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson();
  const open = world.lesson({ date: '2026-01-23', coverage: 'partial' });
  const refused = await close(world);
  expect(refused).toMatchObject({ status: 409, json: { code: 'period_not_clean' } });
  expect(refused.json.errors!.map(({ path }) => path)).toEqual(['evidence_is_whole', 'evidence_is_whole']);
  expect(await close(world, { exceptions: true })).toMatchObject({
    status: 400,
    json: { errors: [{ path: 'reason' }] },
  });
  const closed = await close(world, { exceptions: true, reason: 'Google lost the call' });
  expect(closed).toMatchObject({
    status: 200,
    json: { version: 1, state: 'closed', closed_by: 'admin', audit: { count: 3 } },
  });
  expect(closed.json.exceptions).toHaveLength(2);
  expect(closed.json.exceptions![0]).toContain(`c${open}-`);
});

test('a period that is not over, was closed before, or has not begun is not closed', async () => {
  await using world = moneyWorld('2026-02-03T09:00:00Z');
  await withRates(world);
  world.lesson();
  expect(await close(world, { exceptions: true, reason: 'early' }, '2026-02')).toMatchObject({
    status: 409,
    json: { code: 'period_not_clean', errors: [{ path: 'period_is_over' }] },
  });
  expect(await close(world, {}, '2026-03')).toMatchObject({ status: 400, json: { code: 'period_in_future' } });
  expect(await close(world, {}, '2026-13')).toMatchObject({ status: 400, json: { errors: [{ path: 'period' }] } });
  expect((await close(world)).status).toBe(200);
  expect(await close(world)).toMatchObject({ status: 409, json: { code: 'period_closed' } });
  expect(await close(world, {}, '2026-01-05..2026-01-18')).toMatchObject({
    status: 409,
    json: { code: 'period_closed' },
  });
});

test('what was issued stays issued, and late evidence becomes a correction in the next period', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson({ there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-16:48'] } });
  await close(world);
  const ben = world.person(BEN, 'student');
  world.clock.advance(1000);
  world.call('spaces/one', '2026-01-16', 'conferenceRecords/late', { [BEN]: ['16:48-17:00'] });
  world.attendance.rebuild(classId);

  const january = await world.admin('GET', '/api/reports/billing?period=2026-01');
  expect(january.json).toMatchObject({ state: 'closed', version: 1, families: [{ total: '33.60' }] });
  const waiting = await world.admin('GET', '/api/adjustments');
  expect(waiting.json.items).toMatchObject([
    {
      adjustment_id: `a1-c${classId}-${ben}`,
      line_id: `c${classId}-${ben}`,
      corrects: '2026-01',
      state: 'proposed',
      minutes: 12,
      amount: '8.40',
    },
  ]);

  const without = await world.admin('POST', `/api/adjustments/a1-c${classId}-${ben}/accept`, {});
  expect(without.status).toBe(400);
  const accepted = await world.admin('POST', `/api/adjustments/a1-c${classId}-${ben}/accept`, {
    reason: 'the call was found',
  });
  expect(accepted.json).toMatchObject({ state: 'accepted', posted_in: '2026-02', amount: '8.40' });
  const february = await world.admin('GET', '/api/reports/billing?period=2026-02');
  expect(february.json).toMatchObject({
    state: 'draft',
    families: [
      {
        lines: [],
        adjustments: [{ line_id: `c${classId}-${ben}`, closed_period: '2026-01', minutes: 12, amount: '8.40' }],
        total: '8.40',
      },
    ],
  });
  expect((await world.admin('GET', '/api/adjustments?state=proposed')).json.items).toEqual([]);
  expect((await world.admin('POST', `/api/adjustments/a1-c${classId}-${ben}/accept`, { reason: 'again' })).status).toBe(
    404,
  );
  expect((await world.admin('GET', '/api/reports/billing?period=2026-01')).json.families![0]!.total).toBe('33.60');
});

test('a back-dated rate proposes corrections of every closed line; a rejected one does not come again', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson();
  await close(world);
  await world.admin('PATCH', '/api/rates/1', { amount: '44.00', reason: 'we forgot to raise it' });
  const waiting = await world.admin('GET', '/api/adjustments?period=2026-01');
  expect(waiting.json.items).toMatchObject([{ amount: '2.00', minutes: 0 }]);
  const { adjustment_id: id } = waiting.json.items![0]!;
  const rejected = await world.admin('POST', `/api/adjustments/${id}/reject`, { reason: 'goodwill' });
  expect(rejected.json).toMatchObject({ state: 'rejected', posted_in: null, settle_reason: 'goodwill' });
  expect((await world.admin('GET', '/api/adjustments?state=proposed')).json.items).toEqual([]);
  await world.admin('PATCH', '/api/rates/1', { amount: '45.00' });
  const other = await world.admin('GET', '/api/adjustments?state=proposed');
  expect(other.json.items).toMatchObject([
    { adjustment_id: `a1-c${classId}-${world.person(BEN, 'student')}`, amount: '3.00' },
  ]);
});

test('a decision in a closed period is refused until it is reopened, and the new version replaces the old', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson({ there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-16:48'] } });
  const first = await close(world);
  const decision = {
    kind: 'add_interval',
    class_id: classId,
    user_email: BEN,
    start_time: '2026-01-16T16:48:00Z',
    end_time: '2026-01-16T17:00:00Z',
    reason: 'was there on a phone',
  };
  const refused = await world.admin('POST', '/api/decisions', decision);
  expect(refused).toMatchObject({ status: 409, json: { code: 'period_closed' } });
  expect(refused.json.detail).toContain('reopen');
  expect((await world.admin('POST', '/api/periods/2026-01/reopen', {})).status).toBe(400);
  const reopened = await world.admin('POST', '/api/periods/2026-01/reopen', { reason: 'a phone was missed' });
  expect(reopened.json).toMatchObject({ state: 'reopened', version: 1, reopen_reason: 'a phone was missed' });
  expect((await world.admin('POST', '/api/periods/2026-01/reopen', { reason: 'twice' })).status).toBe(409);
  expect((await world.admin('POST', '/api/decisions', decision)).status).toBe(201);
  const second = await close(world);
  expect(second.json).toMatchObject({ version: 2, state: 'closed' });
  expect(second.json.document_id).not.toBe(first.json.document_id);
  const { json } = await world.admin('GET', '/api/periods/2026-01');
  expect(json.closes!.map(({ version, state }) => [version, state])).toEqual([
    [2, 'closed'],
    [1, 'reopened'],
  ]);
  expect((await world.admin('GET', '/api/reports/billing?period=2026-01')).json.families![0]!.total).toBe('42.00');
});

test('a class belongs to the month of its local start', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson({
    date: '2026-01-31',
    from: '23:30',
    to: '23:59',
    there: { [ANA]: ['23:30-23:59'], [BEN]: ['23:30-23:59'] },
  });
  const months = await world.admin('GET', '/api/periods?months=2');
  expect(months.json.items!.map(({ period, lines }) => [period, lines])).toEqual([
    ['2026-02', 0],
    ['2026-01', 2],
  ]);
});

test('a yes to pay holds for the pay as it was', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson();
  const missing = async () =>
    (await world.admin('GET', '/api/periods/2026-01')).json.invariants!.find(
      ({ name }) => name === 'teachers_have_accepted',
    )!.against;
  expect(await missing()).toEqual([ANA]);
  await world.teacherAsks('POST', '/api/periods/2026-01/accept');
  expect(await missing()).toEqual([]);
  world.lesson({ date: '2026-01-23' });
  expect(await missing()).toEqual([ANA]);
});

test('pay that is overdrawn is carried, not asked back', async () => {
  await using world = moneyWorld('2026-03-03T09:00:00Z');
  await withRates(world);
  world.lesson({ date: '2026-01-16' });
  await close(world);
  world.lesson({ date: '2026-02-13', there: { [ANA]: ['16:00-16:30'], [BEN]: ['16:00-16:30'] } });
  await world.admin('PATCH', '/api/rates/2', { amount: '4.00', reason: 'was entered wrong' });
  const { json } = await world.admin('GET', '/api/adjustments');
  await world.admin('POST', `/api/adjustments/${json.items![0]!.adjustment_id}/accept`, {
    reason: 'too much was paid',
  });
  await close(world, {}, '2026-02');
  const february = await world.admin('GET', '/api/reports/payroll?period=2026-02');
  expect(february.json.teachers).toMatchObject([
    { total: '-16.00', payout: '0.00', carry: '-16.00', needs_approval: true },
  ]);
  world.lesson({ date: '2026-03-02', there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-17:00'] } });
  const march = await world.admin('GET', '/api/reports/payroll?period=2026-03');
  expect(march.json.teachers).toMatchObject([{ total: '4.00', carried_in: '-16.00', payout: '0.00', carry: '-12.00' }]);
});
