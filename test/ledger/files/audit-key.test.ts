import { chmodSync, mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readAuditKey } from '../../../src/ledger/files/audit-key.ts';

const SECRET = 'k'.repeat(44);

function inFolder() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const data = join(folder.path, 'data');
  mkdirSync(data);
  const write = (name: string, text: string, mode = 0o600) => {
    const file = join(folder.path, name);
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  return { data, write, [Symbol.dispose]: () => folder.remove() };
}

test('a key is told from another one by a name that says nothing about it', () => {
  using at = inFolder();
  const key = readAuditKey(at.write('key', `${SECRET}\n`), at.data);
  expect(key).toEqual({ id: expect.stringMatching(/^[0-9a-f]{12}$/) as string, secret: SECRET });
  expect(readAuditKey(at.write('key', 'l'.repeat(44)), at.data).id).not.toBe(key.id);
});

test('a file that is no safe key is refused, with what to do', () => {
  using at = inFolder();
  const refused = (file: string, why: string) =>
    expect(() => readAuditKey(file, at.data)).toThrow(`ROLLBOOK_AUDIT_KEY_FILE: ${why}`);
  refused(at.write('open', SECRET, 0o640), 'can be read by others; chmod 600 ');
  refused(at.write('short', 'k'.repeat(31)), 'holds fewer than 32 characters; make one with: openssl rand -base64 32');
  refused(at.write('data/key', SECRET), 'lies in the data folder');
  refused(at.data, 'is no file');
  refused(join(at.data, 'nowhere'), 'cannot be read (ENOENT');
});
