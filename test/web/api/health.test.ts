import { expect, test } from 'vitest';

import { algebra, webWorld } from '../web-world.ts';

test('the process is alive, and ready while its loops succeed', async () => {
  await using world = webWorld({ now: '2026-01-16T12:00:00Z' });
  const ready = async () => {
    const { status, json } = await world.nobody('GET', '/readyz');
    return [status, json];
  };

  expect(await world.nobody('GET', '/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } });
  expect(await ready()).toEqual([200, { status: 'ready', reasons: [] }]);
  world.clock.advance(600_000);
  expect(await ready()).toEqual([200, { status: 'ready', reasons: [] }]);
  world.clock.advance(1);
  expect(await ready()).toEqual([
    503,
    { status: 'not_ready', reasons: ['loop fetch made no successful pass for 600 seconds'] },
  ]);

  world.passes.started('fetch', world.clock.now());
  world.passes.finished('fetch', world.clock.now(), { summary: { read: 1 } });
  expect(await ready()).toEqual([200, { status: 'ready', reasons: [] }]);
});

test('measurements count requests by the pattern of their route', async () => {
  await using world = webWorld({ now: '2026-01-16T16:00:00Z' });
  await world.admin('POST', '/api/schedule/class', algebra);
  await world.admin('GET', '/api/classes/1');
  await world.admin('GET', '/api/classes/2');
  await world.nobody('GET', '/somewhere/else');

  const { headers, text } = await world.operator('GET', '/metrics');

  expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
  expect(text).toContain('rollbook_http_requests_total{method="GET",route="/api/classes/{id}",status="200"} 1');
  expect(text).toContain('rollbook_http_requests_total{method="GET",route="/api/classes/{id}",status="404"} 1');
  expect(text).toContain('rollbook_http_requests_total{method="GET",route="unknown",status="401"} 1');
  expect(text).toContain('rollbook_sessions{coverage="pending"} 1');
  expect(text).not.toContain('/somewhere');
});

test('every answer is hardened and carries the id of its request', async () => {
  await using world = webWorld();
  for (const [path, ask] of [
    ['/healthz', world.nobody],
    ['/api/classes', world.nobody],
    ['/api/classes', world.admin],
  ] as const) {
    const { headers } = await ask('GET', path, undefined, { 'x-request-id': 'abc-123' });
    expect(headers.get('x-request-id')).toBe('abc-123');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
  expect((await world.nobody('GET', '/healthz')).headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
});

test('a failure of ours is answered without its insides', async () => {
  await using world = webWorld();
  world.database[Symbol.dispose]();

  const { status, json, text } = await world.admin('GET', '/api/classes');

  expect([status, json.code]).toEqual([500, 'internal_error']);
  expect(text).not.toMatch(/sqlite|database|\.ts/i);
});
