import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';

import { MOST_ROWS } from '../../src/actions/csv-table.ts';
import { rollbook, start, temporaryFolder } from './rollbook.ts';

const TOKEN = 'a-token-for-one-test-and-no-other';
const LONG = 300_000;
const headers = { authorization: `Bearer ${TOKEN}` };

async function daemon(folder: string) {
  const env = { ROLLBOOK_DATA_DIR: folder, ROLLBOOK_PORT: '0', ROLLBOOK_ADMIN_TOKEN: TOKEN };
  const running = start(['serve'], env);
  const [, url = ''] = await running.says(/"url":"(http:[^"]+)"/);
  const send = (path: string, type: string, body: string) =>
    fetch(`${url}${path}`, { method: 'POST', headers: { ...headers, 'content-type': type }, body });
  return {
    running,
    env,
    status: async (path: string) => (await fetch(`${url}${path}`, { headers })).status,
    enter: (csv: string) => send('/api/people/import', 'text/csv', csv),
    async addFamily(name: string) {
      const body = JSON.stringify({ name, currency: 'EUR', student_emails: [] });
      for (;;) {
        const answer = await send('/api/families', 'application/json', body);
        if (answer.status !== 503) return answer.status;
        expect(answer.headers.get('retry-after')).toBe('5');
      }
    },
    [Symbol.dispose]: () => void running.process.kill('SIGKILL'),
  };
}

/** As many students as one file of the API may have. */
const largest = [
  'email,role,name',
  ...Array.from({ length: MOST_ROWS }, (_, i) => `s${i}@home.example,student,Student ${i}`),
].join('\n');

/** Whether somebody writes the ledger at this moment. */
function isHeld(path: string): boolean {
  const ledger = new SqliteDatabase(path, { timeout: 0 });
  try {
    ledger.exec('begin immediate; rollback');
    return false;
  } catch {
    return true;
  } finally {
    ledger.close();
  }
}

/** How many people the ledger has. */
function people(path: string): unknown {
  const ledger = new SqliteDatabase(path, { readonly: true });
  try {
    return ledger.prepare('select count(*) from people').pluck().get();
  } finally {
    ledger.close();
  }
}

/** Asks the daemon until an import holds the ledger. */
async function untilHeld({ status }: { status: (path: string) => Promise<number> }, path: string): Promise<void> {
  do expect(await status('/healthz')).toBe(200);
  while (!isHeld(path));
}

test(
  'the largest file of the API keeps nobody waiting who reads, and those who write wait',
  { timeout: LONG },
  async () => {
    using folder = temporaryFolder();
    using it = await daemon(folder.path);
    const path = join(folder.path, 'rollbook.db');
    const order: string[] = [];
    const entered = it.enter(largest).then(async (answer) => {
      order.push('entered');
      return [answer.status, await answer.json()];
    });
    await untilHeld(it, path);
    const added = it.addFamily('Silva');
    for (const route of ['/healthz', '/readyz', '/api/people', '/monitoring/status'])
      order.push(`${route} ${await it.status(route)}`);

    expect(await entered).toMatchObject([200, { created: MOST_ROWS }]);
    expect(order).toEqual(['/healthz 200', '/readyz 200', '/api/people 200', '/monitoring/status 200', 'entered']);
    expect(await added).toBe(201);
    expect(people(path)).toBe(MOST_ROWS);

    it.running.process.kill('SIGTERM');
    const { stdout } = await it.running.ended;
    expect(stdout).not.toContain('pass failed');
    expect(stdout).not.toContain('not ready');
  },
);

test.for([
  ['SIGTERM', 0],
  ['SIGKILL', null],
] as const)(
  'a daemon that ends by %s while it enters a file has stored all of it or nothing',
  { timeout: LONG },
  async ([signal, code]) => {
    using folder = temporaryFolder();
    using it = await daemon(folder.path);
    const path = join(folder.path, 'rollbook.db');
    expect(await it.addFamily('Silva')).toBe(201);
    const lost = it.enter(largest).catch(() => null);
    await untilHeld(it, path);

    it.running.process.kill(signal);
    expect((await it.running.ended).code).toBe(code);
    await lost;

    expect([0, MOST_ROWS]).toContain(people(path));
    expect((await rollbook(['verify'], it.env)).code).toBe(0);
  },
);

test('a file with faults names them from its thread, and nothing is stored', { timeout: LONG }, async () => {
  using folder = temporaryFolder();
  using it = await daemon(folder.path);
  const rows = Array.from({ length: 1_500 }, (_, i) => `nobody ${i},student`).join('\n');
  const answer = await it.enter(`email,role\n${rows}`);
  const { detail, errors } = (await answer.json()) as { detail: string; errors: object[] };

  expect([answer.status, errors.length, errors[0]]).toEqual([
    400,
    1_000,
    { path: 'line 2, email', message: 'nobody 0 is not an e-mail address', line: 2 },
  ]);
  expect(detail).toContain('the file has 1500 faults, the first 1000 of which are listed');
});
