import { existsSync, mkdtempDisposableSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { LedgerUnavailableError } from '../../src/errors.ts';
import { makeFolder } from '../../src/ledger/folder.ts';

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
