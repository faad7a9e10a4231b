import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';

import { ledgerFault, systemFault } from '../../src/cli/system-fault.ts';
import { unavailable } from '../../src/ledger/unavailable.ts';
import { called, start, temporaryFolder } from './rollbook.ts';

async function takenPort(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on TCP has a port');
  return { port: address.port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
}

test('a port in use is told in a sentence, and nothing starts the daemon again', async () => {
  using folder = temporaryFolder();
  await using taken = await takenPort();

  const { code, stderr } = await called(['serve'], {
    ROLLBOOK_DATA_DIR: folder.path,
    ROLLBOOK_PORT: String(taken.port),
  });

  expect(stderr).toContain(
    `Port ${taken.port} of 127.0.0.1 is in use by another program: stop it, or choose another port`,
  );
  expect(stderr).not.toContain(' at ');
  expect(code).toBe(2);
  expect(readdirSync(folder.path)).toEqual([]);
});

test.for([
  ['no host of this network', 'host.invalid', 'There is no host host.invalid: give an address of this machine'],
  [
    'an address of another machine',
    '192.0.2.1',
    'This machine has no address 192.0.2.1: give one of its own in ROLLBOOK_HOST',
  ],
])('a host that is %s is told in a sentence', async ([, host = '', sentence = '']) => {
  using folder = temporaryFolder();

  const { code, stderr } = await called(['serve'], {
    ROLLBOOK_DATA_DIR: folder.path,
    ROLLBOOK_HOST: host,
    ROLLBOOK_PORT: '0',
  });

  expect(stderr).toContain(sentence);
  expect(code).toBe(2);
  expect(readdirSync(folder.path)).toEqual([]);
});

test('the emulator says the same of its port', async () => {
  using folder = temporaryFolder();
  await using taken = await takenPort();

  const { code, stderr } = await called(['emulate', '--port', String(taken.port)], { ROLLBOOK_DATA_DIR: folder.path });

  expect(stderr).toMatch(/^Port \d+ of 127\.0\.0\.1 is in use by another program/);
  expect(code).toBe(2);
});

test('a port of the system is told from one in use', () => {
  // Who runs the tests may be root, to whom the system refuses no port.
  const refused = Object.assign(new Error('listen EACCES'), {
    code: 'EACCES',
    syscall: 'listen',
    address: '::',
    port: 80,
  });

  expect(systemFault(refused)).toEqual({
    ofSettings: true,
    message:
      'This user may not use port 80 of ::; ports below 1024 are for the system. Choose one from 1024 on (ROLLBOOK_PORT or --port), and let a proxy forward to it.',
  });
  expect(systemFault(new Error('of ours'))).toBeNull();
});

test('a data folder that is a file is told by every command, and the daemon is not started again', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'file');
  writeFileSync(file, '');
  const sentence = `The folder ${file} cannot be used: there is something of that name that is no folder.`;

  const looked = await called(['status'], { ROLLBOOK_DATA_DIR: file });
  const served = await called(['serve'], { ROLLBOOK_DATA_DIR: file, ROLLBOOK_PORT: '0' });

  expect([looked.stderr, served.stderr].map((text) => text.includes(sentence))).toEqual([true, true]);
  expect([looked.code, served.code]).toEqual([1, 2]);
});

test('a file that is no ledger is told, and the daemon is not started again', async () => {
  using folder = temporaryFolder();
  writeFileSync(
    join(folder.path, 'rollbook.db'),
    'not a ledger at all, but long enough to have a header of a hundred bytes, more or less.'.repeat(9),
  );

  const { code, stderr } = await called(['serve'], { ROLLBOOK_DATA_DIR: folder.path, ROLLBOOK_PORT: '0' });

  expect(stderr).toContain('is damaged or is no SQLite file');
  expect(code).toBe(2);
});

test('a command that writes beside another writer says that it waits, and does its work after it', async () => {
  using folder = temporaryFolder();
  const env = { ROLLBOOK_DATA_DIR: folder.path };
  await called(['token', 'create', '--role', 'admin'], env);
  const other = new SqliteDatabase(join(folder.path, 'rollbook.db'));
  other.exec('begin immediate');
  // Whoever only looks does not wait.
  expect(await called(['token', 'list', '--json'], env)).toMatchObject({ code: 0, stderr: '' });

  const waiting = start(['token', 'create', '--role', 'operator', '--json'], env);
  await new Promise<void>((resolve) => {
    waiting.process.stderr.on('data', (text: string) => {
      if (text.includes('Another program is writing the ledger: waiting for it, up to 10 s')) resolve();
    });
  });
  other.exec('commit');
  other.close();
  expect(await waiting.ended).toMatchObject({ code: 0 });
  const { items } = JSON.parse((await called(['token', 'list', '--json'], env)).stdout) as { items: unknown[] };
  expect(items).toMatchObject([{ role: 'admin' }, { role: 'operator' }]);
});

test('a command on a full or failing disk says what became of its work, and to run it again', () => {
  const full = unavailable('/srv/rollbook.db', new SqliteDatabase.SqliteError('full', 'SQLITE_FULL'))!;
  const busy = unavailable('/srv/rollbook.db', new SqliteDatabase.SqliteError('busy', 'SQLITE_BUSY'))!;

  expect(ledgerFault(full, ['import', 'people', 'big.csv'])).toBe(
    'The disk of /srv/rollbook.db is full: free some space. Nothing was stored: run the command again after that.',
  );
  expect(ledgerFault(full, ['sync'])).toContain('What was done before it is stored, the rest is not: run the command');
  expect(ledgerFault(busy, ['import'])).toBe(busy.message);
});
