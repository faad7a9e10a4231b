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

test('a request that does not finish is cut off five seconds after the server began to close', async () => {
  const { app, asked } = holding();
  const clock = handClock(0);
  const server = await listen(app, here, clock);
  const request = fetch(server.url).then(
    () => 'answered',
    () => 'cut off',
  );
  await asked;
  const closed = server[Symbol.asyncDispose]();
  await clock.run(5000);
  await closed;
  expect(await request).toBe('cut off');
});
