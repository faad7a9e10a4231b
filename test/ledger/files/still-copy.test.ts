import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempDisposableSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { openDatabase } from '../../../src/ledger/database.ts';
import { connect } from '../../../src/ledger/durable.ts';
import { copyStill } from '../../../src/ledger/files/still-copy.ts';
import { literal } from '../another-process.ts';

const clock = { now: () => 0 };

/** A closed ledger with one family in the file and one that waits in its write-ahead log. */
function stillLedger() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const path = join(folder.path, 'rollbook.db');
  using made = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const live = join(made.path, 'rollbook.db');
  using database = openDatabase(live, { clock });
  database.sqlite.pragma('wal_checkpoint(TRUNCATE)');
  database.sqlite.exec("insert into settings values ('later', 'waits in the log', 0)");
  copyFileSync(live, path);
  copyFileSync(`${live}-wal`, `${path}-wal`);
  return { path, folder: folder.path, [Symbol.dispose]: () => folder.remove() };
}

test('a ledger that nobody has open is copied with what waits in its log', () => {
  using ledger = stillLedger();
  using elsewhere = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const copy = join(elsewhere.path, 'rollbook.db');
  copyStill(ledger.path, copy);
  using sqlite = connect(copy);
  expect(sqlite.prepare("select value from settings where name = 'later'").pluck().get()).toBe('waits in the log');
});

test('one that somebody may have open is not copied: the copy might be no state that it was in', () => {
  using ledger = stillLedger();
  writeFileSync(`${ledger.path}-shm`, '');
  expect(() => copyStill(ledger.path, `${ledger.path}.copy`)).toThrow(/may have .* open .* as the user of the daemon/);
});

// Root may write everywhere, so the look is made by another user.
const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const loader = fileURLToPath(new URL('../../../src/loader.mjs', import.meta.url));
const run = (program: string) =>
  spawnSync(process.execPath, ['--import', loader, '--input-type=module', '--eval', program], {
    ...other,
    encoding: 'utf8',
    cwd: tmpdir(),
  });
const canRun = run('').status === 0;

test.skipIf(!canRun)('a ledger in a folder that this user may not write to is looked at, and stays as it is', () => {
  using ledger = stillLedger();
  for (const name of readdirSync(ledger.folder)) chmodSync(join(ledger.folder, name), 0o444);
  chmodSync(ledger.folder, 0o555);
  const { stdout, stderr } = run(`
    import { openToLook } from ${literal('ledger/files/look.ts')};
    const { database, copied } = await openToLook(${JSON.stringify(ledger.path)}, { clock: { now: () => 0 } });
    console.log(copied, database.sqlite.prepare("select value from settings where name = 'later'").pluck().get());
    database[Symbol.dispose]();`);
  chmodSync(ledger.folder, 0o755);
  expect([stdout, stderr]).toEqual(['unwritable waits in the log\n', '']);
  expect(readdirSync(ledger.folder).sort()).toEqual(['rollbook.db', 'rollbook.db-wal']);
});
