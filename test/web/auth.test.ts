import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';

import { createRules } from '../../src/web/access.ts';
import { authorise, createFailureLimit } from '../../src/web/auth.ts';
import type { AppEnv, Caller } from '../../src/web/deps.ts';
import { HttpProblem } from '../../src/web/http/problem.ts';
import { handClock } from '../support/clock.ts';

const ana: Caller = { label: 'ana', role: 'teacher', personId: 1 };
const ADMIN_TOKEN = 'an-admin-token-of-32-characters!';

/** An app whose every answer is the label of who asked. */
function app(adminToken: string | null = ADMIN_TOKEN, trustedProxies: readonly string[] = []) {
  const clock = handClock('2026-01-16T12:00:00Z');
  const asked: string[] = [];
  const actions = {
    useToken(token: string): Caller | null {
      asked.push(token);
      return token === 'token-of-ana' ? ana : null;
    },
  };
  const find = createRules({
    'GET /open': 'public',
    'GET /classes': ['admin', 'teacher'],
    'POST /classes': ['admin'],
    'GET /docs': ['admin', 'teacher'],
  });
  const web = new Hono<AppEnv>();
  web.onError((err, c) => {
    if (!(err instanceof HttpProblem)) throw err;
    return c.json({ code: err.code, detail: err.message }, err.status, { ...err.headers });
  });
  const deps = { actions: actions as Parameters<typeof authorise>[0]['actions'], adminToken, trustedProxies, clock };
  web.use(authorise(deps, find));
  web.all('*', (c) => c.json(c.get('caller') ?? null));
  const ask = async (
    method: string,
    path: string,
    authorization?: string,
    { headers = {}, peer = '198.51.100.1' }: { headers?: Record<string, string>; peer?: string } = {},
  ) => {
    const sent = { ...headers, ...(authorization === undefined ? {} : { authorization }) };
    const connection = { incoming: { socket: { remoteAddress: peer } } };
    const answer = await web.request(path, { method, headers: sent }, connection);
    const json = (await answer.json()) as Record<string, unknown> | null;
    return { status: answer.status, headers: answer.headers, json };
  };
  return { clock, asked, ask };
}

describe('who asks', () => {
  test.each([
    ['Bearer token-of-ana', ana],
    ['bearer   token-of-ana  ', ana],
    [`Bearer ${ADMIN_TOKEN}`, { label: 'admin', role: 'admin', personId: null }],
  ])('is known by %j', async (authorization, caller) => {
    expect(await app().ask('GET', '/classes', authorization)).toMatchObject({ status: 200, json: caller });
  });

  test('is nobody on a public route, whose token is not even looked at', async () => {
    const { ask, asked } = app();
    expect(await ask('GET', '/open', 'Bearer token-of-ana')).toMatchObject({ status: 200, json: null });
    expect(asked).toEqual([]);
  });

  test('is never the admin where no token of the environment is set', async () => {
    expect((await app(null).ask('GET', '/classes', `Bearer ${ADMIN_TOKEN}`)).status).toBe(401);
  });

  test.each(['token-of-ana', 'Bearer', 'Bearer token of ana', 'Digest token-of-ana', 'Bearer tökén'.normalize('NFC')])(
    'is unknown by the header %j',
    async (authorization) => {
      const { ask, asked } = app();
      const answer = await ask('GET', '/classes', encodeHeader(authorization));
      expect(answer).toMatchObject({ status: 401, json: { code: 'unauthorized' } });
      expect(answer.json!['detail']).toContain('a token is needed');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="rollbook"');
      expect(asked).toEqual([]);
    },
  );

  test('is told that a token is wrong, and not whether it ever was one', async () => {
    const answer = await app().ask('GET', '/classes', 'Bearer guessed');
    expect(answer.json!['detail']).toBe(
      'this token is unknown, expired or revoked; make one with "rollbook token create"',
    );
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="rollbook", error="invalid_token"');
  });
});

describe('the token as a password', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  test('opens the reference in a browser, whatever the name before it', async () => {
    const { ask } = app();
    for (const text of ['anybody:token-of-ana', ':token-of-ana', 'token-of-ana']) {
      expect((await ask('GET', '/docs', basic(text))).json).toEqual(ana);
    }
    expect((await ask('GET', '/docs')).headers.get('www-authenticate')).toBe('Basic realm="rollbook", charset="UTF-8"');
  });

  test('opens nothing else: a browser sends it with forged requests too', async () => {
    const { ask, asked } = app();
    expect((await ask('GET', '/classes', basic('anybody:token-of-ana'))).status).toBe(401);
    expect((await ask('POST', '/docs', basic('anybody:token-of-ana'))).status).toBe(401);
    expect(asked).toEqual([]);
  });
});

describe('a known caller', () => {
  test('may not do what is another role’s, and hears whose it is', async () => {
    expect(await app().ask('POST', '/classes', 'Bearer token-of-ana')).toMatchObject({
      status: 403,
      json: { detail: 'a token of role teacher may not do this; use one of role admin' },
    });
  });

  test('hears of an address without a route, and of the methods of one that has others', async () => {
    const { ask } = app();
    expect(await ask('GET', '/nothing', 'Bearer token-of-ana')).toMatchObject({
      status: 404,
      json: { code: 'no_such_route' },
    });
    const wrong = await ask('DELETE', '/classes', 'Bearer token-of-ana');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });
});

describe('failed tokens', () => {
  type Asking = Pick<ReturnType<typeof app>, 'ask'>;
  const guess = ({ ask }: Asking, peer: string, forwarded?: string) =>
    ask('GET', '/classes', 'Bearer guess', {
      peer,
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    });
  const guesses = async (asking: Asking, times: number, peer: string, forwarded?: string) => {
    const statuses = new Set<number>();
    for (let nth = 0; nth < times; nth += 1) statuses.add((await guess(asking, peer, forwarded)).status);
    return [...statuses];
  };

  test('are limited by address; who has a good token is let in from there all the same', async () => {
    const { ask, clock } = app();
    expect(await guesses({ ask }, 20, '203.0.113.9')).toEqual([401]);

    const refused = await guess({ ask }, '203.0.113.9');
    expect(refused).toMatchObject({ status: 429, json: { code: 'too_many_failures' } });
    expect(refused.headers.get('retry-after')).toBe('60');
    for (const token of ['token-of-ana', ADMIN_TOKEN]) {
      expect((await ask('GET', '/classes', `Bearer ${token}`, { peer: '203.0.113.9' })).status).toBe(200);
    }
    expect((await guess({ ask }, '203.0.113.10')).status).toBe(401);

    clock.advance(60_000);
    expect((await guess({ ask }, '203.0.113.9')).status).toBe(401);
  });

  test.each(['203.0.113.9', '127.0.0.1', '::1', '::ffff:127.0.0.1'])(
    'are counted for the connection from %s, whatever X-Forwarded-For says, where no proxy is trusted',
    async (peer) => {
      const { ask } = app();
      for (let nth = 0; nth < 20; nth += 1) await guess({ ask }, peer, `192.0.2.${nth}`);
      expect((await guess({ ask }, peer, '192.0.2.99')).status).toBe(429);
    },
  );

  test.each([
    ['127.0.0.1', '203.0.113.9', '203.0.113.10'],
    ['::ffff:127.0.0.1', '203.0.113.9', '203.0.113.10'],
    ['10.1.2.3', '203.0.113.9', '203.0.113.10'],
    ['fd00::7', '2001:db8::1', '2001:db8::2'],
    // Two proxies in a row, and ports.
    ['127.0.0.1', '203.0.113.9:4711, 10.9.9.9', '203.0.113.10:4711, 10.9.9.9'],
    ['127.0.0.1', '[2001:db8::1]:4711', '[2001:db8::2]:4711'],
    // What a client writes itself stands before what the proxy saw.
    ['127.0.0.1', '192.0.2.1, 203.0.113.9', '192.0.2.1, 203.0.113.10'],
  ])('behind the trusted proxy %s are counted for %s, and not for %s', async (peer, one, other) => {
    const { ask } = app(ADMIN_TOKEN, ['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);
    await guesses({ ask }, 20, peer, one);
    expect((await guess({ ask }, peer, one)).status).toBe(429);
    expect((await guess({ ask }, peer, other)).status).toBe(401);
  });

  test('behind a trusted proxy that names nobody are counted for the proxy', async () => {
    const { ask } = app(ADMIN_TOKEN, ['127.0.0.1']);
    await guesses({ ask }, 10, '127.0.0.1');
    await guesses({ ask }, 10, '127.0.0.1', 'unknown');
    expect((await guess({ ask }, '127.0.0.1', '')).status).toBe(429);
  });
});

describe('the limit of failures', () => {
  test('is twenty within a minute, and the wait lasts until the first of them is a minute ago', () => {
    const clock = handClock('2026-01-16T12:00:00Z');
    const limit = createFailureLimit(clock);
    for (let nth = 0; nth < 19; nth += 1) {
      limit.failed('a');
      clock.advance(1000);
    }
    expect(limit.waitSeconds('a')).toBeNull();
    limit.failed('a');
    expect([limit.waitSeconds('a'), limit.waitSeconds('b')]).toEqual([41, null]);
    clock.advance(40_999);
    expect(limit.waitSeconds('a')).toBe(1);
    clock.advance(1);
    expect(limit.waitSeconds('a')).toBeNull();
    // Nineteen are left of the minute: one more, and the next is waited for.
    limit.failed('a');
    expect(limit.waitSeconds('a')).toBe(1);
  });

  test('tracks ten thousand addresses; one more drops the oldest', () => {
    const limit = createFailureLimit(handClock(0));
    for (let nth = 0; nth < 20; nth += 1) limit.failed('first');
    for (let nth = 0; nth < 9999; nth += 1) limit.failed(`address ${nth}`);
    expect(limit.waitSeconds('first')).toBe(60);
    limit.failed('one more');
    expect(limit.waitSeconds('first')).toBeNull();
  });
});

/** A header carries bytes: letters beyond them are sent as UTF-8. */
function encodeHeader(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
