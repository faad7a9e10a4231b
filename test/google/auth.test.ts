import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { writeServiceAccountKey } from '../../src/emulator/credentials.ts';
import { ConfigError } from '../../src/errors.ts';
import { loadCredentials, noCredentials } from '../../src/google/auth.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollbook-auth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keyFile = join(folder, 'key.json');
writeServiceAccountKey(keyFile);
const key = JSON.parse(readFileSync(keyFile, 'utf8')) as Record<string, string>;
const grant = {
  type: 'authorized_user',
  client_id: 'id',
  client_secret: 'hush-client',
  refresh_token: '1//hush-refresh',
};

let files = 0;
function file(content: unknown, name = `file${(files += 1)}.json`): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return path;
}

function accounts(contents: Record<string, unknown>): string {
  const name = `folder${(files += 1)}`;
  mkdirSync(join(folder, name));
  for (const [each, content] of Object.entries(contents)) file(content, join(name, each));
  return join(folder, name);
}

function refusal(path: string): string {
  try {
    loadCredentials(path);
  } catch (err) {
    if (err instanceof ConfigError) return err.message;
    throw err;
  }
  throw new Error('was accepted');
}

describe('credentials', () => {
  test('of a service account act as any organiser', () => {
    const credentials = loadCredentials(keyFile);
    expect(credentials).toMatchObject({ kind: 'service_account', warnings: [] });
    expect(credentials.client('nora@school.test', ['scope'])).toMatchObject({
      subject: 'nora@school.test',
      scopes: ['scope'],
    });
  });

  test('whose key has its line ends spelt out, or a mark of Windows before it, are read', () => {
    const spelt = { ...key, type: 'service_account', private_key: key['private_key']?.replaceAll('\n', '\\n') };
    expect(loadCredentials(file(spelt)).client('nora@school.test', ['scope'])).toMatchObject({
      key: key['private_key'],
    });
    expect(loadCredentials(file(`\uFEFF${JSON.stringify(key)}`)).kind).toBe('service_account');
  });

  test('of one account are that account’s, or everybody’s where the file names none', () => {
    const hers = loadCredentials(file({ ...grant, account: 'Nora@School.test' }));
    expect(hers.kind).toBe('authorized_user');
    expect(hers.client('nora@school.TEST', [])).not.toBeNull();
    expect(hers.client('omar@school.test', [])).toBeNull();
    expect(loadCredentials(file(grant)).client('anybody@school.test', [])).not.toBeNull();
  });

  test('in a folder go by the account in each file, or by its name', () => {
    const credentials = loadCredentials(
      accounts({
        'first.json': { ...grant, account: 'nora@school.test', refresh_token: 'hers' },
        'Omar@School.test.json': { ...grant, refresh_token: 'his' },
        'notes.txt': 'not looked at',
      }),
    );
    const token = (organizer: string) => credentials.client(organizer, [])?.credentials.refresh_token;
    expect(['NORA@school.test', 'omar@school.test', 'ana@school.test'].map(token)).toEqual(['hers', 'his', undefined]);
  });

  test('that others may read are used, with a warning', () => {
    const path = file(grant);
    chmodSync(path, 0o644);
    expect(loadCredentials(path).warnings).toEqual([
      `${path} can be read by other users of this machine: chmod 600 ${path}`,
    ]);
  });

  test('that are not there are nobody’s', () => {
    expect(noCredentials().client('nora@school.test', [])).toBeNull();
  });

  test.each([
    ['a path of nothing', () => join(folder, 'missing.json'), 'does not exist'],
    ['a P12 file', () => file('0\u0082\u0001'), 'is not a JSON object'],
    ['an array', () => file([]), 'is not a JSON object'],
    [
      'the client of an application',
      () => file({ installed: { client_id: 'x' } }),
      'is the OAuth client of an application',
    ],
    ['another kind of credentials', () => file({ type: 'external_account' }), 'is of a type that cannot read Meet'],
    ['a grant without its token', () => file({ ...grant, refresh_token: '' }), 'lacks a good "refresh_token"'],
    ['a grant of a nickname', () => file({ ...grant, account: 'nora' }), 'lacks a good "account"'],
    ['an empty object', () => file({}), 'lacks a good "client_id" and a good "client_secret"'],
    ['a key without its key', () => file({ ...key, private_key: undefined }), 'lacks a good "private_key"'],
    [
      'a key that is cut off',
      () => file({ ...key, private_key: key['private_key']?.slice(0, 900) }),
      'lacks a good "private_key"',
    ],
    ['an empty folder', () => accounts({}), 'holds no .json file'],
    ['a folder with a key', () => accounts({ 'key.json': key }), 'is a service-account key in a folder of accounts'],
    ['a folder with a file of nobody', () => accounts({ 'a.json': grant }), 'does not say whose account it is'],
    [
      'a folder with an account twice',
      () => accounts({ 'a.json': { ...grant, account: 'NORA@school.test' }, 'nora@school.test.json': grant }),
      'is the second file of its account',
    ],
  ])('%s is refused with a remedy and without a secret', (_, path, why) => {
    const message = refusal(path());
    expect(message).toMatch(/^GOOGLE_CREDENTIALS_FILE: .+; .+/);
    expect(message).toContain(why);
    expect(message).not.toMatch(/hush|PRIVATE KEY-/);
  });
});
