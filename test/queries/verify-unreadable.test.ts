import { expect, test } from 'vitest';

import { january } from '../support/money-world.ts';

const BY = { actor: 'office', reason: 'agreed' };
const ALL = ['database', 'tables', 'audit log', 'records', 'attendance', 'books'];

/** The checks of a closed January in which something was edited by hand. */
async function checksWith(sql: string) {
  await using world = await january();
  world.audit.appendRest(BY);
  await world.actions.closePeriod('2026-01', {}, BY);
  world.database.sqlite.pragma('foreign_keys = OFF');
  world.database.sqlite.exec(sql);
  const { signal } = new AbortController();
  return (await world.queries.verify({ signal, onProgress: () => undefined })).checks;
}

test.each([
  ['period_closes', `update period_closes set period = 'x'`, 'books', 'x'],
  ['a zone of a close', `update period_closes set zone = 'Mars/X'`, 'books', 'period_closes 1: zone "Mars/X"'],
  [
    'exceptions',
    `update period_closes set exceptions = '{'`,
    'books',
    'period_closes 1 (2026-01 version 1): exceptions is no JSON',
  ],
  [
    'a policy',
    `insert into policy_versions (id, valid_from, policy, actor, reason, created_at) values (9, '2026-01-01', '{', 'a', 'b', 1)`,
    'books',
    'policy_versions 9: policy is no JSON',
  ],
  [
    'settings',
    `insert into settings_versions (id, changes, actor, reason, created_at) values (9, '{', 'a', 'b', 1)`,
    'attendance',
    'settings_versions 9: changes is no JSON',
  ],
  [
    'the zone',
    `insert or replace into settings (name, value, updated_at) values ('zone', '"Mars/X"', 1)`,
    'records',
    'settings zone was changed by hand',
  ],
  ['flags', `update sessions set flags = '{' where id = 1`, 'books', 'sessions 1 (class 1): flags is no JSON'],
  [
    'intervals',
    `update attendance_logs set intervals = '{' where id = 2`,
    'attendance',
    'class 1: a value cannot be read, so somebody changed it by hand: attendance_logs 2 (class 1): intervals is no JSON',
  ],
  [
    'a line',
    `update closed_lines set line = '{' where line_id = 'c1-2'`,
    'books',
    '2026-01 version 1: a value cannot be read, so somebody changed it by hand: closed_lines c1-2 (2026-01 version 1): line is no JSON',
  ],
  [
    'intervals of another form',
    `update attendance_logs set intervals = '{}' where id = 2`,
    'attendance',
    'attendance_logs 2 (class 1): intervals is not a list of objects',
  ],
  [
    'flags of another form',
    `update attendance_logs set flags = '"x"' where id = 2`,
    'attendance',
    'attendance_logs 2 (class 1): flags is not a list of texts',
  ],
  [
    'exceptions of another form',
    `update period_closes set exceptions = '[{}]'`,
    'books',
    'period_closes 1 (2026-01 version 1): exceptions is not a list of exceptions',
  ],
  [
    'a line of another form',
    `update closed_lines set line = '[]' where line_id = 'c1-2'`,
    'books',
    'closed_lines c1-2 (2026-01 version 1): line is not a line',
  ],
  [
    'a line without anything',
    `update closed_lines set line = '{}' where line_id = 'c1-2'`,
    'books',
    'closed_lines c1-2 (2026-01 version 1): line is not a line',
  ],
  [
    'an entry',
    `update audit_log set rows = '{' where id = 2`,
    'records',
    'the rows of entry 2 (rate.create by admin) cannot be read',
  ],
  [
    'a decision',
    `insert into decisions (id, kind, class_id, person_id, payload, actor, reason, created_at) values (9, 'set_status', 1, 2, '{', 'a', 'b', 1)`,
    'attendance',
    'decisions 9 (class 1): payload is no JSON',
  ],
  [
    'a rate',
    'update rates set amount_minor = 9223372036854775807 where id = 1',
    'records',
    'rates 1 was changed by hand: amount_minor is 92233720368547',
  ],
])('what cannot be read is named, and the other checks are made: %s', async (_, sql, check, said) => {
  const checks = await checksWith(sql);
  expect(checks.map(({ check: name }) => name)).toEqual(ALL);
  const found = checks.find(({ check: name }) => name === check);
  expect([found?.ok, found?.detail]).toEqual([false, expect.stringContaining(said)]);
});

test('what cannot be read in one class or one period hides nothing of the others', async () => {
  const checks = await checksWith(`update attendance_logs set intervals = '{' where id = 2;
    update closed_lines set line = json_set(line, '$.amountMinor', 1) where line_id = 'c2-4'`);
  const detailOf = (name: string) => checks.find(({ check }) => check === name)?.detail;
  expect(detailOf('attendance')).toMatch(/^class 1: .*attendance_logs 2 \(class 1\).*\(in 1 of 2 classes\)$/);
  expect(detailOf('books')).toBe(
    '2026-01 version 1: the lines are not those that were issued: line c2-4 was edited (1 in all)',
  );
});

test.each([
  [
    'a line under the key of another',
    `update closed_lines set line_id = 'c9-9' where line_id = 'c1-2'`,
    'is stored as c9-9',
  ],
  ['a line in another place', `update closed_lines set position = 90 where line_id = 'c1-2'`, 'lines'],
  ['the last line in another place', 'update closed_lines set position = 90 where position = 3', 'has the position 90'],
])('%s is found', async (_, sql, said) => {
  const books = (await checksWith(sql)).find(({ check }) => check === 'books');
  expect([books?.ok, books?.detail]).toEqual([false, expect.stringContaining(said)]);
});
