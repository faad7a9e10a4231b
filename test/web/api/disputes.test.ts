import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, TOM, january, moneyWorld, withRates, type MoneyWorld } from '../../support/money-world.ts';

const close = (world: MoneyWorld, body: object = {}, period = '2026-01') =>
  world.admin('POST', `/api/periods/${period}/close`, body);

test('a teacher says yes to a period and no to a line', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson({ students: [BEN, CLEO] });
  const own = `p${classId}-${world.teacher.id}`;
  expect((await world.teacherAsks('POST', '/api/periods/2026-02/accept')).json.code).toBe('period_not_over');
  const accepted = await world.teacherAsks('POST', '/api/periods/2026-01/accept');
  expect(accepted.json).toMatchObject({ period: '2026-01', teacher_email: ANA });

  const other = await world.teacherAsks('POST', '/api/disputes', { line_id: `c${classId}-1`, text: 'not mine' });
  expect(other).toMatchObject({
    status: 404,
    json: { code: 'not_found', detail: 'there is no such line of your pay' },
  });
  const disputed = await world.teacherAsks('POST', '/api/disputes', { line_id: own, text: 'I stayed until 17:30' });
  expect(disputed).toMatchObject({ status: 201, json: { dispute_id: 1, period: '2026-01', state: 'open' } });
  expect((await world.teacherAsks('POST', '/api/disputes', { line_id: own, text: 'again' })).status).toBe(409);

  const refused = await close(world);
  expect(refused.json.errors).toMatchObject([{ path: 'no_line_is_disputed' }]);
  expect((await world.teacherAsks('POST', '/api/disputes/1/close', { outcome: 'refused', reason: 'x' })).status).toBe(
    403,
  );
  const settled = await world.admin('POST', '/api/disputes/1/close', {
    outcome: 'refused',
    reason: 'Google saw 17:00',
  });
  expect(settled.json).toMatchObject({ state: 'refused', closed_by: 'admin' });
  expect((await close(world)).status).toBe(200);
  expect((await world.teacherAsks('GET', '/api/disputes')).json.items).toHaveLength(1);
});

test('who says yes to the pay of a period hears what the yes holds for', async () => {
  await using world = await january();
  const { status, json } = await world.teacherAsks('POST', '/api/periods/2026-01/accept');
  expect([status, json]).toEqual([
    200,
    {
      period: '2026-01',
      teacher_email: ANA,
      pay_hash: expect.stringMatching(/^[\da-f]{64}$/),
      accepted_time: '2026-02-03T09:00:00Z',
    },
  ]);
  // The same pay has the same hash, whoever asks and when.
  world.clock.advance(60_000);
  expect((await world.teacherAsks('POST', '/api/periods/2026-01/accept')).json['pay_hash']).toBe(json['pay_hash']);
});

test('a dispute is listed with all that is known of it, and leaves the list of the open ones once it is settled', async () => {
  await using world = await january();
  const lineId = `p${world.classId}-${world.teacher.id}`;
  await world.teacherAsks('POST', '/api/disputes', { line_id: lineId, text: 'I stayed until 17:30' });
  const open = {
    dispute_id: 1,
    line_id: lineId,
    period: '2026-01',
    teacher_email: ANA,
    text: 'I stayed until 17:30',
    state: 'open',
    created_time: '2026-02-03T09:00:00Z',
    closed_time: null,
    closed_by: null,
    close_reason: null,
  };
  expect((await world.admin('GET', '/api/disputes?open=true')).json.items).toEqual([open]);

  world.clock.advance(60_000);
  const settled = await world.admin('POST', '/api/disputes/1/close', {
    outcome: 'upheld',
    reason: 'a decision follows',
  });
  const known = {
    ...open,
    state: 'upheld',
    closed_time: '2026-02-03T09:01:00Z',
    closed_by: 'admin',
    close_reason: 'a decision follows',
  };
  expect([settled.status, settled.json]).toEqual([200, known]);
  expect((await world.admin('GET', '/api/disputes?open=true')).json.items).toEqual([]);
  expect((await world.admin('GET', '/api/disputes?period=2026-01')).json.items).toEqual([known]);
  expect((await world.admin('GET', '/api/disputes?period=2026-02')).json.items).toEqual([]);
  const noMonth = await world.admin('GET', '/api/disputes?period=2026-99');
  expect(noMonth).toMatchObject({ status: 400, json: { errors: [{ path: 'period' }] } });

  const again = await world.admin('POST', '/api/disputes/1/close', { outcome: 'refused', reason: 'no' });
  expect(again).toMatchObject({ status: 409, json: { code: 'already_settled' } });
  expect((await world.admin('POST', '/api/disputes/9/close', { outcome: 'refused', reason: 'no' })).status).toBe(404);
});

test('a teacher does not see the dispute of another', async () => {
  await using world = await january();
  const tom = world.person(TOM, 'teacher');
  const line = (await world.admin('GET', '/api/reports/payroll?period=2026-01')).json.teachers!.find(
    ({ teacher_email: email }) => email === TOM,
  )!['lines'] as { line_id: string }[];
  world.actions.openDispute({ lineId: line[0]!.line_id, teacherId: tom, text: 'too little' }, { actor: 'tom' });

  expect((await world.admin('GET', '/api/disputes')).json.items).toHaveLength(1);
  expect((await world.teacherAsks('GET', '/api/disputes')).json.items).toEqual([]);
});
