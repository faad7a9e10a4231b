import { expect, test } from 'vitest';

import { createNetwork, type NetworkRequest } from '../../../src/google/call/network.ts';
import { never, rawServer } from '../support.ts';

/** A request to a server, by the network of a machine that names no proxy. */
function ask(server: { readonly url: string }, changed: Partial<NetworkRequest> = {}) {
  const request = { url: new URL(`${server.url}/v2/x`), method: 'GET', headers: new Headers(), body: null };
  return createNetwork(server.url, {})({ ...request, signal: never, ...changed });
}

test('a request leaves as it is, and the whole answer comes back', async () => {
  await using server = await rawServer((response) => {
    response
      .writeHead(201, { 'content-type': 'application/json', date: 'Mon, 02 Mar 2026 12:00:00 GMT' })
      .end('{"a":1}');
  });
  const headers = new Headers({ authorization: 'Bearer token', 'content-type': 'application/json' });
  const answer = await ask(server, { method: 'POST', headers, body: '{}' });
  expect([answer.status, answer.headers.get('date'), await answer.json()]).toEqual([
    201,
    'Mon, 02 Mar 2026 12:00:00 GMT',
    { a: 1 },
  ]);
  expect(server.requests).toMatchObject([
    { method: 'POST', path: '/v2/x', headers: { authorization: 'Bearer token', 'content-length': '2' } },
  ]);
});

test('a refusal is an answer like any other', async () => {
  await using server = await rawServer((response) => response.writeHead(404).end('no'));
  const answer = await ask(server);
  expect([answer.status, await answer.text()]).toEqual([404, 'no']);
});

test.each([204, 304])('an answer %i has no body', async (status) => {
  await using server = await rawServer((response) => response.writeHead(status).end());
  const answer = await ask(server);
  expect([answer.status, answer.body]).toEqual([status, null]);
});

test('a redirect is not followed', async () => {
  await using server = await rawServer((response) => response.writeHead(302, { location: '/v2/y' }).end());
  expect((await ask(server)).status).toBe(302);
  expect(server.requests.map(({ path }) => path)).toEqual(['/v2/x']);
});

test('a body is read up to eight megabytes, and a larger one fails', async () => {
  const largest = 8 * 1024 * 1024;
  await using server = await rawServer((response, nth) => response.end('x'.repeat(nth === 1 ? largest : largest + 1)));
  expect((await (await ask(server)).arrayBuffer()).byteLength).toBe(largest);
  await expect(ask(server)).rejects.toMatchObject({ type: 'max-size' });
});

test('a caller who gives up waits for no answer, nor for the rest of one', async () => {
  await using server = await rawServer((response, nth) => {
    if (nth === 2) response.write('half of');
    giveUp.abort(new Error('closing'));
  });
  let giveUp = new AbortController();
  await expect(ask(server, { signal: giveUp.signal })).rejects.toMatchObject({ name: 'AbortError' });
  giveUp = new AbortController();
  await expect(ask(server, { signal: giveUp.signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('a stand-in for Google is reached directly, whatever proxy the environment names', async () => {
  await using server = await rawServer((response) => response.end('here'));
  const network = createNetwork(server.url, { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' });
  const request = { url: new URL(server.url), method: 'GET', headers: new Headers(), body: null, signal: never };
  expect(await (await network(request)).text()).toBe('here');
});
