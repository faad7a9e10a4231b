import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { expect, test } from 'vitest';

import { listen } from '../../src/web/server.ts';
import { handClock, withRealWaits } from '../support/clock.ts';

const here = { host: '127.0.0.1', port: 0 };

/** An app whose answers come when they are let go. */
function holding() {
  const asked = Promise.withResolvers<void>();
  const { promise, resolve } = Promise.withResolvers<Response>();
  const ended: string[] = [];
  return {
    asked: asked.promise,
    ended,
    answer: (text: string) => resolve(new Response(text)),
    app: {
      fetch: () => {
        asked.resolve();
        return promise;
      },
      endStreams: () => void ended.push('streams'),
    },
  };
}

test('a server tells its address, and answers there', async () => {
  const { app, answer } = holding();
  answer('hello');
  await using server = await listen(app, here, withRealWaits(handClock(0)));
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(server.url)).text()).toBe('hello');
});

test('a port that is taken is told', async () => {
  const { app } = holding();
  await using server = await listen(app, here, withRealWaits(handClock(0)));
  const taken = { host: '127.0.0.1', port: Number(new URL(server.url).port) };
  await expect(listen(app, taken, handClock(0))).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a server that closes ends its streams and lets a request finish', async () => {
  const { app, asked, answer, ended } = holding();
  const server = await listen(app, here, withRealWaits(handClock(0)));
  const request = fetch(server.url);
  await asked;
  const closed = server[Symbol.asyncDispose]();
  expect(ended).toEqual(['streams']);
  answer('in time');
  expect(await (await request).text()).toBe('in time');
  await closed;
});

test('a request that does not finish is cut off a second after the server began to close', async () => {
  const { app, asked } = holding();
  const clock = handClock(0);
  const server = await listen(app, here, clock);
  const request = fetch(server.url).then(
    () => 'answered',
    () => 'cut off',
  );
  await asked;
  const closed = server[Symbol.asyncDispose]();
  await clock.run(1000);
  await closed;
  expect(await request).toBe('cut off');
});

test('neither a body that comes slowly nor an answer that is not read keeps the server', async () => {
  const clock = handClock(0);
  const reading = Promise.withResolvers<void>();
  const app = {
    endStreams: () => {},
    fetch: async (request: Request) => {
      if (request.method === 'POST') {
        reading.resolve();
        await request.text();
      }
      return new Response('x'.repeat(8 * 1024 * 1024));
    },
  };
  const server = await listen(app, here, clock);
  const port = Number(new URL(server.url).port);
  const connected = (text: string) =>
    new Promise<Socket>((resolve) => {
      const socket = connect(port, here.host, () => socket.write(text, () => resolve(socket)));
      socket.on('error', () => undefined);
    });
  await connected('POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\nslow');
  await connected('GET / HTTP/1.1\r\nHost: here\r\nX-Slow: ');
  const reader = await connected('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  await once(reader, 'readable');
  await reading.promise;
  const closed = server[Symbol.asyncDispose]();
  await clock.run(1000);
  await expect(closed).resolves.toBeUndefined();
});

test('who does not send the head of a request in time is cut off, and the number of connections has an end', async () => {
  const { app } = holding();
  const limits = { headersTimeout: 50, requestTimeout: 200, keepAliveTimeout: 50, connectionsCheckingInterval: 20 };
  await using server = await listen(app, here, withRealWaits(handClock(0)), limits);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});
