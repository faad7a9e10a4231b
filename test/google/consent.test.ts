import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';

import { afterAll, describe, expect, test } from 'vitest';

import { loadCredentials } from '../../src/google/auth.ts';
import { createNetwork } from '../../src/google/call/network.ts';
import { authorize, ConsentError, saveAuthorizedUser } from '../../src/google/consent.ts';
import { systemClock, systemRandom } from '../../src/system.ts';
import { never, sendJson } from './support.ts';

const scopes = ['https://www.googleapis.com/auth/meetings.space.readonly'];
const jwt = (payload: object) => `x.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.x`;

const granted = {
  access_token: 'hush-access',
  expires_in: 3599,
  refresh_token: 'hush-refresh',
  scope: `openid https://www.googleapis.com/auth/userinfo.email ${scopes[0]}`,
  id_token: jwt({ email: 'Nora@School.test' }),
};

/** A token endpoint, and a browser that visits what Google would send it back to. */
async function consent(
  visit: (redirect: URL, asked: URL) => Promise<unknown>,
  tokens: { status?: number; body?: unknown } = {},
  signal = never,
): Promise<{ outcome: unknown; forms: URLSearchParams[]; asked: URL }> {
  const forms: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    void text(request).then((form) => {
      forms.push(new URLSearchParams(form));
      sendJson(response, tokens.body ?? granted, tokens.status ?? 200);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const apiRoot = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let asked = new URL(apiRoot);
  let visiting: Promise<unknown> = Promise.resolve();
  const openUrl = (url: string) => {
    asked = new URL(url);
    const redirect = new URL(asked.searchParams.get('redirect_uri') ?? '');
    redirect.searchParams.set('state', asked.searchParams.get('state') ?? '');
    visiting = visit(redirect, asked);
  };
  const network = createNetwork(apiRoot, {});
  const machine = { network, clock: systemClock, random: systemRandom };
  const request = { clientId: 'client', clientSecret: 'hush-client', apiRoot, openUrl, signal, scopes, ...machine };
  const outcome: unknown = await authorize(request).catch((err: unknown) => err);
  await visiting;
  server.close();
  server.closeAllConnections();
  return { outcome, forms, asked };
}

const agree = (redirect: URL) => {
  redirect.searchParams.set('code', 'the code');
  return fetch(redirect);
};

describe('a consent', () => {
  test('gives the account and its refresh token', async () => {
    const { outcome, forms, asked } = await consent(agree);
    expect(outcome).toEqual({ account: 'nora@school.test', refreshToken: 'hush-refresh' });
    const parameters = Object.fromEntries(asked.searchParams);
    expect(asked.pathname).toBe('/o/oauth2/v2/auth');
    expect(parameters).toMatchObject({
      access_type: 'offline',
      prompt: 'consent',
      response_type: 'code',
      client_id: 'client',
      scope: `openid email ${scopes[0]}`,
      code_challenge_method: 'S256',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    });
    const form = Object.fromEntries(forms[0] ?? []);
    expect(form).toMatchObject({ code: 'the code', grant_type: 'authorization_code', client_secret: 'hush-client' });
    const challenge = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url');
    expect(challenge).toBe(parameters['code_challenge']);
  });

  test('shows the person a page, and nothing to anybody else', async () => {
    const pages: [number, string][] = [];
    const look = async (url: URL, init?: RequestInit) => {
      const response = await fetch(url, init);
      pages.push([response.status, await response.text()]);
    };
    const { outcome } = await consent(async (redirect) => {
      const stranger = new URL(redirect);
      stranger.searchParams.set('state', 'guessed');
      stranger.searchParams.set('code', 'planted');
      await look(stranger);
      await look(new URL('/favicon.ico', redirect));
      await look(redirect, { method: 'POST' });
      redirect.searchParams.set('code', 'the code');
      await look(redirect);
    });
    expect(outcome).toMatchObject({ account: 'nora@school.test' });
    expect(pages.map(([status]) => status)).toEqual([400, 404, 404, 200]);
    expect(pages[3]?.[1]).toContain('You may close this page');
  });

  const declined = (redirect: URL) => {
    redirect.searchParams.set('error', 'access_denied');
    return fetch(redirect);
  };
  test.each([
    ['is declined', declined, {}, 'declined'],
    ['comes back empty', (redirect: URL) => fetch(redirect), {}, 'no consent'],
    ['leaves a box unticked', agree, { body: { ...granted, scope: 'openid email' } }, 'tick every box'],
    ['does not last', agree, { body: { ...granted, refresh_token: undefined } }, 'no refresh token'],
    ['is nobody’s', agree, { body: { ...granted, id_token: 'x.y.z' } }, 'whose consent'],
    ['was used before', agree, { status: 400, body: { error: 'invalid_grant' } }, 'invalid_grant'],
    ['is not answered by Google', agree, { body: '<html>' }, 'not one of Google’s API'],
  ])('that %s is an error that says so, without a secret', async (_, visit, tokens, why) => {
    const { outcome } = await consent(visit, tokens);
    expect(outcome).toBeInstanceOf(ConsentError);
    expect(String(outcome)).toContain(why);
    expect(inspect(outcome, { depth: Infinity, showHidden: true })).not.toMatch(/hush|the code/);
  });

  test('is no longer waited for when the person stops the program', async () => {
    const stop = new AbortController();
    const { outcome } = await consent(
      () => {
        stop.abort(new Error('stopped'));
        return Promise.resolve();
      },
      {},
      stop.signal,
    );
    expect(outcome).toEqual(new Error('stopped'));
  });
});

describe('the file of a consent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollbook-consent-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const user = { clientId: 'client', clientSecret: 'secret', refreshToken: 'first', account: 'nora@school.test' };

  test('is read by its owner alone, and by rollbook', () => {
    const path = join(folder, 'accounts', 'nora@school.test.json');
    saveAuthorizedUser(path, user);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadCredentials(path)).toMatchObject({ kind: 'authorized_user', warnings: [] });
    expect(loadCredentials(join(folder, 'accounts')).client('nora@school.test', [])).not.toBeNull();
  });

  test('is replaced only by force, and leaves nothing beside it', () => {
    const path = join(folder, 'google.json');
    saveAuthorizedUser(path, user);
    const again = { ...user, refreshToken: 'second' };
    expect(() => saveAuthorizedUser(path, again)).toThrow(ConsentError);
    expect(readFileSync(path, 'utf8')).toContain('first');
    saveAuthorizedUser(path, again, { force: true });
    expect(readFileSync(path, 'utf8')).toContain('second');
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });
});
