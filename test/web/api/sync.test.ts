import { expect, test } from 'vitest';

import { gate } from '../gate.ts';
import { algebra, webWorld } from '../web-world.ts';

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
    undone_time: null,
  });
});

test('what cannot be read is not: no such class, not begun; a canceled class can', async () => {
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
  expect(await sync(1)).toEqual([202, undefined]);
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

test.each([
  ['wait=5', 'wait=5'],
  ['respond-async; wait = "7"', 'wait=7'],
  ['WAIT=0', 'wait=0'],
  ['wait=3600', 'wait=60'],
  ['wait=-1', null],
  ['await=5', null],
  ['wait=5s', null],
  ['respond-async', null],
])('the wish %j is %s', async (prefer, applied) => {
  await using world = webWorld({ handlers: { sync_active: { run: () => Promise.resolve({ classes: 0 }) } } });
  world.queue.start();
  const { headers } = await world.operator('POST', '/monitoring/sync-all-active', undefined, { prefer });
  expect(headers.get('preference-applied')).toBe(applied);
});

test('who waits until the wait is over gets the address of the job, which goes on', async () => {
  const { handler, open } = gate();
  await using world = webWorld({ handlers: { sync_active: handler } });
  world.queue.start();
  const waiting = world.operator('POST', '/monitoring/sync-all-active', undefined, { prefer: 'wait=5' });
  // The one that waits is there once a later request is answered.
  await world.nobody('GET', '/healthz');
  world.clock.advance(5000);

  expect(await waiting).toMatchObject({ status: 202, json: { job_id: 1, status_url: '/api/jobs/1' } });
  expect((await world.operator('GET', '/api/jobs/1')).json['state']).toBe('running');
  open();
});

test('an operator sees the result of a read without addresses, an admin with them', async () => {
  const result = { failures: [{ class_id: 1, message: 'no token for ana@school.example' }] };
  await using world = webWorld({ handlers: { sync_active: { run: () => Promise.resolve(result) } } });
  world.queue.start();
  const messageFor = async (ask: typeof world.admin) =>
    (await ask('POST', '/monitoring/sync-all-active', undefined, { prefer: 'wait=30' })).json['failures'];

  expect(await messageFor(world.operator)).toEqual([{ class_id: 1, message: 'no token for a•••' }]);
  expect(await messageFor(world.admin)).toEqual(result.failures);
});
