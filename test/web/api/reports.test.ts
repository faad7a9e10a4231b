import { expect, test } from 'vitest';

import { ANA, BEN, january, moneyWorld, TOM } from '../../support/money-world.ts';

test('a family report has every line with minutes, rate and amount', async () => {
  await using world = await january();
  const { json, headers } = await world.admin('GET', '/api/reports/billing?period=2026-01&family_id=1');
  expect(headers.get('content-type')).toContain('application/json');
  expect(json).toMatchObject({
    period: '2026-01',
    timezone: 'Europe/London',
    state: 'draft',
    audit: { count: 3 },
    families: [
      {
        name: 'Brown',
        currency: 'EUR',
        total: '39.90',
        total_minor: 3990,
        lines: [
          {
            line_id: `c${world.classId}-${world.ben}`,
            scheduled_minutes: 60,
            together_minutes: 56.67,
            billed_minutes: 57,
            rate: '42.00',
            amount: '39.90',
          },
        ],
      },
    ],
    blocked: [],
  });
  expect((await world.admin('GET', '/api/reports/billing?period=2026-01&family_id=9')).status).toBe(404);
});

test.each([
  ['a month to come', 'period=2026-03', 'period_in_future'],
  ['no month at all', 'period=January', 'invalid_request'],
  ['a format that is not one', 'period=2026-01&format=doc', 'invalid_request'],
  ['a parameter that is not one', 'period=2026-01&famly_id=1', 'invalid_request'],
  ['no period', '', 'invalid_request'],
])('a report of %s is refused', async (_what, query, code) => {
  await using world = moneyWorld();
  for (const kind of ['billing', 'payroll']) {
    expect(await world.admin('GET', `/api/reports/${kind}?${query}`)).toMatchObject({ status: 400, json: { code } });
  }
});

test('reports come as csv, for accounting programs too, as a workbook and as a statement', async () => {
  await using world = await january();
  const ask = (query: string) => world.admin('GET', `/api/reports/billing?period=2026-01&${query}`);
  const csv = await ask('format=csv');
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="billing-2026-01.csv"');
  expect(csv.text.split('\r\n')).toHaveLength(4);
  const accounting = await ask('format=csv&variant=accounting&family_id=1');
  expect(accounting.text).toContain('pay@home.example');
  expect(accounting.text).toContain('39.90');
  const workbook = await ask('format=xlsx');
  expect([workbook.headers.get('content-type'), workbook.text.slice(0, 2)]).toEqual([
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'PK',
  ]);
  const statement = await ask('format=pdf&family_id=1');
  expect([statement.headers.get('content-type'), statement.text.slice(0, 5)]).toEqual(['application/pdf', '%PDF-']);
  const all = await ask('format=pdf');
  expect(all.headers.get('content-disposition')).toBe('attachment; filename="billing-2026-01.pdf"');
  expect((await ask('format=pdf&currency=USD')).status).toBe(404);
});

test('a teacher sees own pay and no prices', async () => {
  await using world = await january();
  const { json, text } = await world.teacherAsks('GET', '/api/reports/payroll?period=2026-01');
  expect(json.teachers!.map(({ teacher_email: email, total }) => [email, total])).toEqual([[ANA, '22.00']]);
  expect(text).not.toContain('42.00');
  expect((await world.teacherAsks('GET', `/api/reports/payroll?period=2026-01&teacher_email=${TOM}`)).status).toBe(403);
  expect((await world.teacherAsks('GET', '/api/reports/billing?period=2026-01')).status).toBe(403);
  expect((await world.operator('GET', '/api/reports/payroll?period=2026-01')).status).toBe(403);
  expect((await world.teacherAsks('GET', '/api/reports/payroll?period=2026-01&format=csv')).text).not.toContain(TOM);
});

test('attendance is summed up by person and month', async () => {
  await using world = await january();
  const { json } = await world.admin('GET', '/api/reports/attendance?period=2026-01');
  expect(json.people!.find(({ email }) => email === BEN)).toMatchObject({
    month: '2026-01',
    expected: 1,
    present: 1,
    minutes: 57.17,
  });
  const csv = await world.admin('GET', '/api/reports/attendance?period=2026-01&format=csv');
  expect(csv.text).toContain(BEN);
});

test('a participant who is matched to nobody is on no attendance summary', async () => {
  await using world = moneyWorld();
  const stay = ['16:00-17:00'];
  world.lesson({ there: { [ANA]: stay, [BEN]: stay, 'stranger@else.example': stay } });
  const logs = (await world.admin('GET', '/monitoring/attendance-logs')).json.items!;
  expect(logs.map(({ user_email: email }) => email)).toContain(null);
  const { json } = await world.admin('GET', '/api/reports/attendance?period=2026-01');
  expect(json.people!.map(({ email }) => email)).toEqual([ANA, BEN]);
});
