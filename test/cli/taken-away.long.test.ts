import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { rollbook, start, temporaryFolder } from './rollbook.ts';

const TOKEN = 'a-token-for-one-test-and-no-other';
/** What the daemon does every few seconds does not notice it before the request of the test does. */
const SELDOM =
  '--import=data:text/javascript,const{setInterval:every}=globalThis;globalThis.setInterval=(run,ms)=>every(run,ms<1000&&ms||1e9)';

async function daemon(folder: string) {
  const env = { ROLLBOOK_DATA_DIR: folder, ROLLBOOK_PORT: '0', ROLLBOOK_ADMIN_TOKEN: TOKEN };
  const running = start(['serve'], { ...env, NODE_OPTIONS: SELDOM });
  const [, url] = await running.says(/"url":"(http:[^"]+)"/);
  const addFamily = async (name: string) => {
    // A connection that is kept could be closed by the daemon just when the next request is sent.
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      connection: 'close',
    };
    const body = JSON.stringify({ name, currency: 'EUR', student_emails: [] });
    const answer = await fetch(`${url}/api/families`, { method: 'POST', headers, body });
    return { status: answer.status, body: (await answer.json()) as { code?: string; detail?: string } };
  };
  return { running, env, addFamily, [Symbol.dispose]: () => void running.process.kill('SIGKILL') };
}

test('a daemon whose ledger is deleted stores nothing more, saves what it held, and does not start without it', async () => {
  using folder = temporaryFolder();
  using it = await daemon(folder.path);
  expect((await it.addFamily('Silva')).status).toBe(201);

  rmSync(join(folder.path, 'rollbook.db'));

  expect(await it.addFamily('Costa')).toMatchObject({
    status: 503,
    body: { code: 'ledger_unavailable', detail: expect.stringContaining('were taken away') as string },
  });
  const { code, stdout, stderr } = await it.running.ended;
  expect([code, stderr]).toEqual([
    1,
    `${join(folder.path, 'rollbook.db')} was deleted or moved away while it was in use: nothing is written any more, and Rollbook ends.\n`,
  ]);
  expect(stdout.match(/ledger taken away/g)).toHaveLength(1);
  const saved = readdirSync(folder.path).find((name) => /^rollbook\.db\.saved-\w+$/.test(name)) ?? 'none';
  expect(stdout).toContain(`rollbook restore --force ${join(folder.path, saved)}`);

  const again = await rollbook(['serve'], it.env);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('rollbook serve --new-ledger');

  expect((await rollbook(['restore', '--force', join(folder.path, saved)], it.env)).code).toBe(0);
  expect((await rollbook(['verify'], it.env)).code).toBe(0);
});

test.for<[what: string, replace: (ledger: string, copy: string) => void, said: (ledger: string) => string]>([
  [
    'replaced',
    (ledger, copy) => {
      copyFileSync(copy, `${copy}-2`);
      renameSync(`${copy}-2`, ledger);
    },
    () => 'another file was put',
  ],
  [
    'overwritten in place',
    (ledger, copy) => writeFileSync(ledger, readFileSync(copy)),
    (ledger) => `something else was written into ${ledger}`,
  ],
])('a daemon whose ledger is %s ends, and the next one works with what is there', async ([, replace, said]) => {
  using folder = temporaryFolder();
  using it = await daemon(folder.path);
  const ledger = join(folder.path, 'rollbook.db');
  const copy = join(folder.path, 'copy.db');
  expect((await rollbook(['backup', copy], it.env)).code).toBe(0);
  expect((await it.addFamily('Silva')).status).toBe(201);

  replace(ledger, copy);

  expect((await it.addFamily('Costa')).status).toBe(503);
  expect(await it.running.ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(said(ledger)) as string,
  });
  using next = await daemon(folder.path);
  expect((await next.addFamily('Silva')).status).toBe(201);
  expect((await rollbook(['verify'], it.env)).code).toBe(0);
});
