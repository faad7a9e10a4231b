import { existsSync, mkdtempDisposableSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { LedgerUnavailableError } from '../../../src/errors.ts';
import { makeFolder, requireLedger } from '../../../src/ledger/files/folder.ts';

const temporaryFolder = () => mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));

test('missing folders are made for their owner alone, and one that is there is left as it is', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a', 'b');

  makeFolder(path);
  makeFolder(path);

  expect([path, join(folder.path, 'a')].map((made) => statSync(made).mode & 0o777)).toEqual([0o700, 0o700]);
});

test('what is no folder is refused by its name, with what to do', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'file');
  const link = join(folder.path, 'link');
  writeFileSync(file, '');
  symlinkSync(join(folder.path, 'nowhere'), link);

  for (const path of [file, join(file, 'below'), link]) {
    expect(() => makeFolder(path)).toThrow(
      new LedgerUnavailableError(
        'refused',
        `The folder ${path} cannot be used: there is something of that name that is no folder. Give a folder that this user may write to with ROLLBOOK_DATA_DIR.`,
      ),
    );
  }
  expect(() => makeFolder(file, '--keep')).toThrow('with --keep.');
});

test.runIf(existsSync('/proc/self'))('where the system allows no folders, the attempt ends', () => {
  expect(() => makeFolder('/proc/x/data')).toThrow(/^The folder \/proc\/x\/data cannot be used: /);
});

test('a ledger that is not there is told from one that nobody can look for', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'rollbook.db');
  const missing = new LedgerUnavailableError(
    'missing',
    `There is no ledger in ${folder.path}: name its folder in ROLLBOOK_DATA_DIR, or make one there with "rollbook serve", "rollbook import" or "rollbook token create".`,
  );
  expect(() => requireLedger(file)).toThrow(missing);
  writeFileSync(file, '');
  expect(() => requireLedger(file)).toThrow(missing);
  writeFileSync(file, 'a ledger');
  requireLedger(file);

  const circle = join(folder.path, 'circle');
  symlinkSync(circle, circle);
  expect(() => requireLedger(join(circle, 'rollbook.db'))).toThrow(
    `The folder ${circle} cannot be used: its links lead in a circle. Give a folder`,
  );
});
