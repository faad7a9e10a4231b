import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { z } from 'zod';

import { january } from '../support/money-world.ts';
import { called, temporaryFolder } from './rollbook.ts';

const BY = { actor: 'office', reason: 'agreed' };
const answer = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ check: z.string(), ok: z.boolean(), detail: z.string() })),
});

/** A closed January, in which something was edited by hand. */
async function editedLedger(file: string, sql: string): Promise<void> {
  {
    await using world = await january();
    world.audit.appendRest(BY);
    await world.actions.closePeriod('2026-01', {}, BY);
    world.database.sqlite.prepare('vacuum into ?').run(file);
  }
  const edited = new SqliteDatabase(file);
  edited.pragma('foreign_keys = OFF');
  edited.exec(sql);
  edited.close();
}

test('restore takes a backup whose records were edited, and says so', async () => {
  using folder = temporaryFolder();
  const backup = join(folder.path, 'backup.db');
  await editedLedger(backup, 'update rates set amount_minor = 1 where id = 1');
  const env = { ROLLBOOK_DATA_DIR: join(folder.path, 'data') };
  mkdirSync(env.ROLLBOOK_DATA_DIR);
  const said = 'records: rates 1 was changed by hand: amount_minor is 1';
  const first = await called(['restore', backup], env);
  expect([first.code, first.stderr]).toEqual([
    0,
    expect.stringContaining(`Warning: verify finds something wrong in it: ${said}`),
  ]);
  const second = await called(['restore', '--force', '--json', backup], env);
  expect(second.code).toBe(0);
  expect(JSON.parse(second.stdout)).toMatchObject({
    problems: expect.arrayContaining([expect.stringContaining(said)]) as unknown,
  });
});

test.each([
  ['the zone of the school', `insert or replace into settings values ('zone', '{', 1)`, 'settings zone'],
  ['no zone at all', `insert or replace into settings values ('zone', '"Mars/X"', 1)`, 'settings zone'],
  [
    'a policy',
    `insert into policy_versions (id, valid_from, policy, actor, reason, created_at) values (9, '2026-01-01', '{', 'a', 'b', 1)`,
    'policy_versions 9: policy is no JSON',
  ],
  ['the zone of a close', `update period_closes set zone = 'Mars/X'`, 'period_closes 1: zone "Mars/X"'],
  ['flags', `update sessions set flags = '{' where id = 1`, 'sessions 1 (class 1): flags is no JSON'],
  ['the list of migrations', 'delete from __migrations where position > 1', '__migrations'],
  ['a rate', 'update rates set amount_minor = 9223372036854775807 where id = 1', 'rates 1'],
])('verify names what it cannot read, also as JSON: %s', async (_, sql, said) => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'rollbook.db');
  await editedLedger(file, sql);
  const { code, stdout, stderr } = await called(['verify', '--json'], { ROLLBOOK_DATA_DIR: folder.path });
  expect([code, stderr]).toEqual([1, '']);
  const { ok, checks } = answer.parse(JSON.parse(stdout));
  expect(ok).toBe(false);
  expect(
    checks
      .filter((check) => !check.ok)
      .map(({ detail }) => detail)
      .join('\n'),
  ).toContain(said);
});
