import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { rollbook, start, temporaryFolder } from './rollbook.ts';

const read = 'https://www.googleapis.com/auth/meetings.space.readonly';
const create = 'https://www.googleapis.com/auth/meetings.space.created';

/** Google's token endpoint, for one consent. */
async function tokenEndpoint() {
  const claims = Buffer.from(JSON.stringify({ email: 'Nora@School.example' })).toString('base64url');
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          access_token: 'ya29.test',
          refresh_token: '1//test-refresh-token',
          expires_in: 3599,
          scope: `openid email ${read} ${create}`,
          token_type: 'Bearer',
          id_token: `e30.${claims}.sig`,
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

test('an account is connected by way of a browser that may be anywhere', async () => {
  await using google = await tokenEndpoint();
  using folder = temporaryFolder();
  const client = join(folder.path, 'client.json');
  const out = join(folder.path, 'google.json');
  writeFileSync(client, JSON.stringify({ installed: { client_id: 'the-id', client_secret: 'the-secret' } }));

  const auth = start(['auth', '--client', client, '--out', out], { GOOGLE_API_ROOT: google.url });
  const [, address = ''] = await auth.says(/^(http\S+)$/m);
  const asked = new URL(address).searchParams;
  expect(asked.get('scope')?.split(' ')).toEqual(['openid', 'email', read, create]);
  const back = new URL(asked.get('redirect_uri') ?? '');
  back.search = new URLSearchParams({ state: asked.get('state') ?? '', code: 'the-code' }).toString();
  expect((await fetch(back)).status).toBe(200);

  const { code, stdout } = await auth.ended;
  expect(code).toBe(0);
  expect(stdout).toContain('nora@school.example is connected.');
  expect(stdout).not.toContain('the-secret');
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
    type: 'authorized_user',
    refresh_token: '1//test-refresh-token',
    account: 'nora@school.example',
  });
  const again = await rollbook(['auth', '--client', client, '--out', out]);
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toContain('exists');
});

test('a client of another type is refused before anybody is sent to Google', async () => {
  using folder = temporaryFolder();
  const client = join(folder.path, 'client.json');
  writeFileSync(client, JSON.stringify({ web: { client_id: 'the-id', client_secret: 'the-secret' } }));
  const { code, stdout, stderr } = await rollbook(['auth', '--client', client, '--out', join(folder.path, 'x.json')]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('Desktop app');
});

test('Ctrl-C while the person thinks ends it, and writes nothing', async () => {
  using folder = temporaryFolder();
  const secret = join(folder.path, 'secret');
  writeFileSync(secret, 'the-secret\n');
  const out = join(folder.path, 'google.json');
  const auth = start(['auth', '--client-id', 'the-id', '--client-secret-file', secret, '--out', out], {});
  await auth.says(/^https:\/\/accounts\.google\.com\S+$/m);
  auth.process.kill('SIGINT');
  expect(await auth.ended).toMatchObject({ code: 1 });
  expect(() => statSync(out)).toThrow('ENOENT');
});
