import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, january, moneyWorld, TOM } from '../../support/money-world.ts';

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

test('a line is explained from Google’s sessions to its amount', async () => {
  await using world = await january();
  const { json } = await world.admin('GET', `/api/reports/lines/c${world.classId}-${world.ben}/explain`);
  expect(json).toMatchObject({
    state: 'draft',
    line: { amount: '39.90', billed_minutes: 57 },
    rate: { rate_id: 1, amount: '42.00' },
    policy: { preset: 'actual_time' },
    evidence: [
      {
        session: `conferenceRecords/one-2026-01-16-1600/participants/${BEN}/participantSessions/1`,
        record: 'conferenceRecords/one-2026-01-16-1600',
        space: 'spaces/one',
        start_time: '2026-01-16T16:03:20.000Z',
        end_time: '2026-01-16T16:41:05.000Z',
      },
      { start_time: '2026-01-16T16:40:10.000Z' },
      { session: `conferenceRecords/one-2026-01-16-1600/participants/${ANA}/participantSessions/1` },
    ],
  });
  const names = json.steps!.map(({ name }) => name);
  expect(names[0]).toBe('collect');
  expect(names.at(-1)).toBe('tax');
  const slice = json.steps!.find(({ name }) => name === 'slice');
  expect(slice!.sets![0]!.intervals).toEqual([
    { start_time: '2026-01-16T16:03:20Z', end_time: '2026-01-16T17:00:30Z' },
  ]);
  expect((await world.admin('GET', '/api/reports/lines/c99-1/explain')).status).toBe(404);
});

test('a teacher may ask about own pay lines only', async () => {
  await using world = await january();
  const ask = (line: string) => world.teacherAsks('GET', `/api/reports/lines/${line}/explain`);
  const own = await ask(`p${world.classId}-${world.teacher.id}`);
  expect(own).toMatchObject({
    status: 200,
    json: { line: { amount: '22.00', paid_minutes: 60 }, rate: { kind: 'pay' } },
  });
  for (const line of [`c${world.classId}-${world.ben}`, `p${world.classId + 1}-3`])
    expect((await ask(line)).status).toBe(404);
});

test('a teacher sees that an own line is issued, and with which close, without its exceptions', async () => {
  await using world = await january();
  const line = `p${world.classId}-${world.teacher.id}`;
  const ask = () => world.teacherAsks('GET', `/api/reports/lines/${line}/explain`);
  expect((await ask()).json).toMatchObject({ state: 'draft', close: null });
  const closed = await world.admin('POST', '/api/periods/2026-01/close', {});
  expect((await ask()).json).toMatchObject({
    state: 'closed',
    close: {
      period: '2026-01',
      version: 1,
      state: 'closed',
      timezone: 'Europe/London',
      document_id: closed.json.document_id,
      closed_time: closed.json.closed_time,
    },
  });
  expect(Object.keys((await ask()).json.close!)).not.toContain('exceptions');
});

test('a closed line is explained as it was issued, with its corrections', async () => {
  await using world = await january();
  await world.admin('POST', '/api/periods/2026-01/close', {});
  await world.admin('PATCH', '/api/rates/1', { amount: '50.00' });
  const line = `c${world.classId}-${world.ben}`;
  await world.admin('POST', `/api/adjustments/a1-${line}/accept`, { reason: 'agreed' });
  const { json } = await world.admin('GET', `/api/reports/lines/a1-${line}/explain`);
  expect(json).toMatchObject({
    state: 'closed',
    close: { version: 1 },
    line: { amount: '39.90', rate: '42.00' },
    rate: { amount: '50.00' },
    adjustments: [{ adjustment_id: `a1-${line}`, amount: '7.60', state: 'accepted', posted_in: '2026-02' }],
  });
});

test('other rules are tried on a period and nothing is stored', async () => {
  await using world = await january();
  const before = world.audit.head();
  const tried = await world.admin('POST', '/api/reports/what-if', {
    periods: ['2026-01'],
    policy: { preset: 'standard_tutoring' },
    rates: [{ kind: 'pay', amount: '25.00', currency: 'EUR', valid_from: '2026-01-01' }],
  });
  expect(tried.json.periods).toMatchObject([
    {
      families: [
        { party: CLEO, delta: '0.00' },
        { party: 1, name: 'Brown', before_minor: 3990, after_minor: 4200, delta: '2.10' },
      ],
      teachers: [
        { party: ANA, before_minor: 2200, after_minor: 2500, delta: '3.00' },
        { party: TOM, delta: '3.00' },
      ],
      newly_blocked: [],
    },
  ]);
  expect(world.audit.head()).toEqual(before);
  expect((await world.admin('GET', '/api/policy')).json.items).toEqual([]);
  const wrong = await world.admin('POST', '/api/reports/what-if', {
    periods: ['2026-01'],
    policy: { min: 60, max: 30 },
    rates: [{ kind: 'pay', amount: '-1.00', currency: 'EUR', valid_from: '2026-01-01' }],
  });
  expect(wrong).toMatchObject({ status: 400, json: { errors: [{ path: 'policy.min' }, { path: 'rates.0.amount' }] } });
  const future = await world.admin('POST', '/api/reports/what-if', { periods: ['2026-01', '2027-01'] });
  expect(future).toMatchObject({ status: 400, json: { errors: [{ path: 'periods.1' }] } });
});

test('a meeting in a room of the school without a class is listed as unbilled', async () => {
  await using world = await january();
  world.call('spaces/one', '2026-01-20', 'conferenceRecords/extra', { [ANA]: ['10:00-11:00'], [BEN]: ['10:05-11:00'] });
  const { json } = await world.admin('GET', '/api/reports/unbilled?from=2026-01-01&to=2026-01-31');
  expect(json.items).toMatchObject([
    { kind: 'no_class', records: ['conferenceRecords/extra'], together_minutes: 55, confidence: 'likely' },
  ]);
  expect((await world.admin('GET', '/api/reports/unbilled?from=2026-01-01')).status).toBe(400);
  expect((await world.admin('GET', '/api/reports/unbilled?from=2025-01-01&to=2026-01-31')).status).toBe(400);
});

test('E158: what explains a line of own pay shows nothing from which the charge of the family follows', async () => {
  await using world = await january();
  const excuse = { class_id: world.classId, user_email: BEN, kind: 'excuse', reason: 'the family is moving' };
  await world.admin('POST', '/api/decisions', excuse);
  const line = `p${world.classId}-${world.teacher.id}`;

  const [asTeacher, asAdmin] = await Promise.all(
    [world.teacherAsks, world.admin].map((ask) => ask('GET', `/api/reports/lines/${line}/explain`)),
  );

  expect(asTeacher!.json).toMatchObject({
    line: { amount: '22.00' },
    rate: { kind: 'pay' },
    decisions: [],
    close: null,
  });
  expect(asTeacher!.text).not.toContain('the family is moving');
  expect(asAdmin!.json).toMatchObject({ decisions: [{ kind: 'excuse', reason: 'the family is moving' }] });
});

test('E158, E160: an operator asks for no money: neither lines, nor other rules, nor unbilled meetings', async () => {
  await using world = await january();
  const line = `c${world.classId}-${world.ben}`;
  const span = 'from=2026-01-01&to=2026-01-31';

  for (const ask of [world.operator, world.nobody]) {
    const refused = [
      await ask('GET', `/api/reports/lines/${line}/explain`),
      await ask('POST', '/api/reports/what-if', { periods: ['2026-01'] }),
      await ask('GET', `/api/reports/unbilled?${span}`),
    ];
    const expected = ask === world.operator ? 403 : 401;
    expect(refused.map(({ status }) => status)).toEqual([expected, expected, expected]);
  }
  expect((await world.teacherAsks('GET', `/api/reports/unbilled?${span}`)).status).toBe(403);
});

test('a line that does not exist is not found, whatever its number looks like', async () => {
  await using world = await january();

  for (const line of ['c1-99', 'c99-2', 'x1-2', 'c1'])
    expect([line, (await world.admin('GET', `/api/reports/lines/${line}/explain`)).status]).toEqual([line, 404]);
});

test.for([
  ['no period', { periods: [] }, 'periods'],
  ['thirteen periods', { periods: Array.from({ length: 13 }, (_, i) => `20${10 + i}-01`) }, 'periods'],
  ['a word that is none', { periods: ['2026-01'], polcy: {} }, 'polcy'],
] as const)('rules are not tried with %s', async ([, wish, field]) => {
  await using world = await january();

  const { status, text } = await world.admin('POST', '/api/reports/what-if', wish);

  expect(status).toBe(400);
  expect(text).toContain(field);
});

test('unbilled meetings are asked for over at most 62 days, both given', async () => {
  await using world = await january();
  const ask = (query: string) => world.admin('GET', `/api/reports/unbilled?${query}`);

  // 1 January to 3 March 2026 are 62 days.
  expect(await ask('from=2026-01-01&to=2026-03-03')).toMatchObject({
    status: 200,
    json: { from: '2026-01-01T00:00:00Z', to: '2026-03-04T00:00:00Z', items: [], next_cursor: null },
  });
  const wrong = [
    ['from=2026-01-01&to=2026-03-04', 'to'],
    ['to=2026-01-31', 'from'],
    ['from=2026-01-01', 'to'],
    ['from=2026-01-31&to=2026-01-01', 'to'],
  ] as const;
  for (const [query, field] of wrong)
    expect(await ask(query)).toMatchObject({ status: 400, json: { errors: [{ path: field }] } });
});
