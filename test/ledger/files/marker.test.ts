import { mkdtempDisposableSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openDatabase } from '../../../src/ledger/database.ts';

const clock = { now: () => 0 };

function temporaryLedger() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const path = join(folder.path, 'rollbook.db');
  const open = (options: { readonly newLedger?: boolean; readonly readonly?: boolean } = {}) =>
    openDatabase(path, { clock, ...options })[Symbol.dispose]();
  return { folder: folder.path, path, open, [Symbol.dispose]: () => folder.remove() };
}

test('a ledger that is in use gets a mark that only its owner may read', () => {
  using it = temporaryLedger();
  it.open();
  expect(statSync(join(it.folder, 'rollbook.marker')).mode & 0o777).toBe(0o600);
});

test('in the place of a ledger that is gone none is made, and the message says what may be done', () => {
  using it = temporaryLedger();
  it.open();
  rmSync(it.path);
  expect(() => it.open()).toThrow(
    `The ledger ${it.path} is gone or empty, and ${join(it.folder, 'rollbook.marker')} says that there was one: put it back, or restore ` +
      'a backup (rollbook restore FILE). Only to begin with a new, empty one in its place: rollbook serve --new-ledger.',
  );
  expect(() => it.open({ readonly: true })).toThrow('says that there was one');
  expect(readdirSync(it.folder)).not.toContain('rollbook.db');
});

test('in the place of one that was emptied neither', () => {
  using it = temporaryLedger();
  it.open();
  writeFileSync(it.path, '');
  expect(() => it.open()).toThrow('is gone or empty');
  expect(statSync(it.path).size).toBe(0);
});

test('told to, Rollbook makes a new one', () => {
  using it = temporaryLedger();
  it.open();
  rmSync(it.path);
  it.open({ newLedger: true });
  it.open();
  expect(statSync(it.path).size).toBeGreaterThan(0);
});
