import { expect, test } from 'vitest';

import type { JobHandler } from '../../../src/jobs/queue.ts';
import { systemClock } from '../../../src/system.ts';
import { listen } from '../../../src/web/server.ts';
import { algebra, webWorld } from '../web-world.ts';

/** A job that ends when it is told to. */
function gate(): {
  handler: JobHandler;
  open: (result?: Record<string, unknown>) => void;
  fail: (message: string) => void;
} {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  promise.catch(() => undefined);
  return {
    handler: {
      run(_job, { progress }) {
        progress(0, 2);
        return promise.finally(() => progress(2, 2));
      },
    },
    open: (result = { coverage: 'complete' }) => resolve(result),
    fail: (message) => reject(new Error(message)),
  };
}

test('a class is read on request, and pressed twice it is one job', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  await world.admin('POST', '/api/schedule/class', algebra);

  const first = await world.operator('POST', '/monitoring/sync-participants/1');
  const second = await world.admin('POST', '/monitoring/sync-participants/1');

  expect([first.status, first.json]).toEqual([202, { job_id: 1, status_url: '/api/jobs/1' }]);
  expect(second.json).toEqual(first.json);
  expect((await world.operator('GET', '/api/jobs/1')).json).toEqual({
    job_id: 1,
    kind: 'sync_class',
    state: 'queued',
    progress: { done: 0, total: 0 },
    result: null,
    error: null,
    created_time: '2026-01-16T15:10:00Z',
    finished_time: null,
  });
});

test('what cannot be read is not: no such class, not begun, canceled', async () => {
  await using world = webWorld({ now: '2026-01-16T14:29:59Z' });
  await world.admin('POST', '/api/schedule/class', algebra);
  const sync = async (id: number) => {
    const { status, json } = await world.operator('POST', `/monitoring/sync-participants/${id}`);
    return [status, json.code];
  };

  expect(await sync(9)).toEqual([404, 'not_found']);
  expect(await sync(1)).toEqual([409, 'class_not_started']);
  world.clock.set('2026-01-16T14:30:00Z');
  expect(await sync(1)).toEqual([202, undefined]);
  await world.admin('POST', '/api/classes/1/cancel', { by: 'school', reason: 'holiday' });
  expect(await sync(1)).toEqual([409, 'class_canceled']);
});

test('who prefers to wait gets the result of the job', async () => {
  const { handler, open } = gate();
  await using world = webWorld({ handlers: { sync_active: handler } });
  world.queue.start();

  const waiting = world.operator('POST', '/monitoring/sync-all-active', undefined, {
    prefer: 'respond-async, wait=30',
  });
  open({ classes: 3, failed: 0 });
  const { status, json, headers } = await waiting;

  expect([status, json]).toEqual([200, { job_id: 1, status_url: '/api/jobs/1', classes: 3, failed: 0 }]);
  expect(headers.get('preference-applied')).toBe('wait=30');
});

test('who waits for too short a time gets the address of the job, and a job that fails is a problem', async () => {
  const { handler, fail } = gate();
  await using world = webWorld({ handlers: { sync_active: handler } });
  const enqueued = world.jobs.enqueue({
    kind: 'sync_active',
    key: 'active',
    payload: {},
    actor: 'ops',
    maxAttempts: 1,
  });

  expect((await world.operator('POST', '/monitoring/sync-all-active', undefined, { prefer: 'wait=0' })).status).toBe(
    202,
  );
  const waiting = world.operator('POST', '/monitoring/sync-all-active', undefined, { prefer: 'wait=30' });
  // The one that waits is there once a later request is answered.
  await world.nobody('GET', '/healthz');
  world.queue.start();
  fail('no answer for ana@school.example');

  expect(await waiting).toMatchObject({
    status: 502,
    json: { code: 'job_failed', detail: 'no answer for a•••; see /api/jobs/1' },
  });
  expect(enqueued.job.id).toBe(1);
});

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
  const server = await listen(world.app, { host: '127.0.0.1', port: 0 }, systemClock);
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

  const begun = performance.now();
  await server[Symbol.asyncDispose]();

  expect(performance.now() - begun).toBeLessThan(4_000);
  while (!(await reader.read()).done);
  expect((await waiting).status).toBe(202);
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
