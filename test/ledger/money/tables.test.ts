import { expect, test } from 'vitest';

import { ANA, BEN, moneyWorld, withRates } from '../../support/money-world.ts';

const TABLES = [
  'adjustments',
  'closed_lines',
  'disputes',
  'enrolments',
  'period_acceptances',
  'period_closes',
  'policy_versions',
  'rates',
];

test('every table of money is STRICT', async () => {
  await using world = moneyWorld();
  const strict = world.database.sqlite.prepare('select name from pragma_table_list where strict = 1').pluck().all();
  expect(strict).toEqual(expect.arrayContaining(TABLES));
});

test('the file itself refuses what no program should write', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson();
  await world.admin('POST', '/api/periods/2026-01/close', {});
  const { sqlite } = world.database;
  const wrong = [
    'update rates set amount_minor = -1',
    'update rates set amount_minor = 42.5',
    `update rates set valid_to = '2020-01-01'`,
    `update rates set kind = 'gift'`,
    `insert into enrolments (person_id, from_day, actor, created_at, updated_at) values (1, '2026-01-01', 'x', 0, 0)`,
    `insert into period_closes select null, period, version + 1, first_day, last_day, zone, document, document_id, lines_hash,
       exceptions, carries, audit_head, audit_count, reason, closed_at, closed_by, null, null, null, starts_at, ends_at, settings_version, wording from period_closes`,
    'delete from period_closes',
    'delete from people where id = 1',
  ];
  for (const sql of wrong) expect(() => sqlite.exec(sql)).toThrow(/constraint|cannot store/i);
});

test('a rate follows a person whose e-mail changes', async () => {
  await using world = moneyWorld();
  const ben = world.person(BEN, 'student');
  const scope = { student_email: BEN };
  await world.admin('POST', '/api/rates', {
    kind: 'charge',
    amount: '40.00',
    currency: 'EUR',
    valid_from: '2026-01-01',
    scope,
  });
  world.lesson();
  await world.admin('PATCH', `/api/people/${ben}`, { email: 'benjamin@home.example' });
  const { json } = await world.admin('GET', '/api/reports/billing?period=2026-01');
  expect(json.families![0]).toMatchObject({ total: '40.00', lines: [{ student_email: 'benjamin@home.example' }] });
});

test('lines of a close come back in their order, page by page', async () => {
  await using world = moneyWorld();
  await withRates(world);
  for (const date of ['2026-01-09', '2026-01-16', '2026-01-23']) world.lesson({ date, teacher: ANA });
  await world.admin('POST', '/api/periods/2026-01/close', {});
  const { json } = await world.admin('GET', '/api/reports/billing?period=2026-01');
  expect(json.families![0]!.lines.map(({ date }) => date)).toEqual(['2026-01-09', '2026-01-16', '2026-01-23']);
});
