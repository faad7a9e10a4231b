import { expect, test } from 'vitest';

import { systemClock } from '../../../src/system.ts';
import { listen } from '../../../src/web/server.ts';
import { handClock } from '../../support/clock.ts';
import { gate } from '../gate.ts';
import { webWorld } from '../web-world.ts';

test('a job is followed by events to its end', async () => {
  const { handler, open } = gate();
  await using world = webWorld({ handlers: { sync_active: handler } });
  await world.operator('POST', '/monitoring/sync-all-active');

  const following = world.operator('GET', '/api/jobs/1/events');
  world.queue.start();
  open();
  const { headers, text } = await following;

  expect(headers.get('content-type')).toBe('text/event-stream');
  const events = text.split('\n\n').filter((event) => event.startsWith('event:'));
  const names = events.map((event) => /^event: (\w+)/.exec(event)?.[1]);
  expect(names.slice(0, -1).every((name) => name === 'progress')).toBe(true);
  expect(names.at(-1)).toBe('done');
  expect(text).toContain('"progress":{"done":2,"total":2}');
  expect(events.map((event) => /\nid: (\d+)$/.exec(event)?.[1])).toEqual(events.map((_, i) => String(i + 1)));
});

test('the events of a job that is over are its end', async () => {
  await using world = webWorld({ handlers: { sync_active: { run: () => Promise.resolve({ classes: 0 }) } } });
  world.queue.start();
  await world.operator('POST', '/monitoring/sync-all-active', undefined, { prefer: 'wait=30' });

  const { text } = await world.operator('GET', '/api/jobs/1/events');

  expect(text.match(/^event: .*$/gm)).toEqual(['event: done']);
  expect((await world.operator('GET', '/api/jobs/7/events')).status).toBe(404);
});

test('the server closes at once although somebody follows a job and somebody waits for one', async () => {
  const { handler, open } = gate();
  await using world = webWorld({ handlers: { sync_active: handler } });
  await world.operator('POST', '/monitoring/sync-all-active');
  world.queue.start();
  const clock = handClock(0);
  const server = await listen(world.app, { host: '127.0.0.1', port: 0 }, clock);
  const headers = { authorization: `Bearer ${world.tokenOf.operator}` };
  const stream = await fetch(`${server.url}/api/jobs/1/events`, { headers });
  const reader = stream.body!.getReader();
  await reader.read();
  const waiting = fetch(`${server.url}/monitoring/sync-all-active`, {
    method: 'POST',
    headers: { ...headers, prefer: 'wait=60' },
  });
  // The request has arrived once a second one that came later is answered.
  await fetch(`${server.url}/healthz`);

  const closed = server[Symbol.asyncDispose]();

  while (!(await reader.read()).done);
  expect((await waiting).status).toBe(202);
  await clock.run(1_000);
  await closed;
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed');
  open();
});

test('a port that is taken is an error of listen', async () => {
  await using world = webWorld();
  await using server = await listen(world.app, { host: '127.0.0.1', port: 0 }, systemClock);

  await expect(
    listen(world.app, { host: '127.0.0.1', port: Number(new URL(server.url).port) }, systemClock),
  ).rejects.toThrow('EADDRINUSE');
});

test('a caller follows ten jobs at once, whoever else follows some, and another one when a stream has ended', async () => {
  const { handler, open } = gate();
  await using world = webWorld({ handlers: { sync_active: handler } });
  await world.operator('POST', '/monitoring/sync-all-active');
  const follow = async (token: string) => {
    const ending = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const { status, body } = await world.app.request('/api/jobs/1/events', { headers, signal: ending.signal });
    return { status, end: () => body?.cancel() };
  };
  const streams = await Promise.all(Array.from({ length: 10 }, () => follow(world.tokenOf.operator)));
  expect(streams.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));

  expect(await world.operator('GET', '/api/jobs/1/events')).toMatchObject({
    status: 429,
    json: { code: 'too_many_streams' },
  });
  const other = await follow(world.tokenOf.admin);
  expect(other.status).toBe(200);
  await streams[0]!.end();
  const again = await follow(world.tokenOf.operator);
  expect(again.status).toBe(200);

  for (const { end } of [...streams.slice(1), other, again]) await end();
  open();
});
