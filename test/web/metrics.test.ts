import { Hono } from 'hono';
import { expect, test } from 'vitest';

import type { Status } from '../../src/queries/status.ts';
import { createRules } from '../../src/web/access.ts';
import type { AppEnv, WebDeps } from '../../src/web/deps.ts';
import { createMetrics } from '../../src/web/metrics.ts';
import { handClock } from '../support/clock.ts';

const NOW = Date.parse('2026-01-16T12:00:00Z');

/** A daemon that works. */
function working(changed: Partial<Status> = {}): Status {
  return {
    now: NOW,
    googleNow: NOW,
    fetchEveryMs: 180_000,

    credentials: true,
    on: [],
    unwatched: 0,
    unready: [],
    startedAt: NOW - 3_600_000,
    ledger: { writable: true, problem: null },
    loops: [],
    google: { organizers: [], callsLastMinute: 12, perMinuteLimit: 4800, clockSkewMs: null },
    callListings: [],
    classOrganizers: new Set(['ana@school.example']),
    coverage: { complete: 5, partial: 1 },
    jobs: { queued: 2, running: 1, done: 0, failed: 0 },
    debt: [],
    openReviews: 3,
    toDerive: 0,
    ...changed,
  };
}

/** Measurements of a small app, whose status is asked for with its limit of owed sessions. */
function measured(of: () => Status = working) {
  const clock = handClock(NOW);
  const limits: number[] = [];
  const status = (limit: number) => {
    limits.push(limit);
    return of();
  };
  const find = createRules({ 'GET /classes/{id}': 'public' });
  const metrics = createMetrics({ status, clock } as unknown as WebDeps, find);
  const app = new Hono<AppEnv>();
  app.use(metrics.watch);
  app.get('/classes/:id', (c) => {
    clock.advance(100);
    return c.text('a class', c.req.param('id') === '9' ? 404 : 200);
  });
  /** The value of a line, by its name and labels. */
  const read = async () => {
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('rollbook_'));
    return Object.fromEntries(lines.map((line) => line.split(/ (?=[^ ]+$)/)));
  };
  return { app, read, limits };
}

test('what the daemon owes and does is measured as it is now, without listing what is owed', async () => {
  const { read, limits } = measured();
  expect(await read()).toMatchObject({
    'rollbook_sessions{coverage="complete"}': '5',
    'rollbook_sessions{coverage="partial"}': '1',
    'rollbook_jobs{state="queued"}': '2',
    'rollbook_jobs{state="running"}': '1',
    rollbook_google_calls_last_minute: '12',
    rollbook_google_clock_skew_seconds: '0',
    rollbook_open_reviews: '3',
    rollbook_ledger_writable: '1',
  });
  expect(new Set(limits)).toEqual(new Set([0]));
});

test('a state that is gone is not measured any more', async () => {
  let status = working();
  const { read } = measured(() => status);
  expect(await read()).toHaveProperty('rollbook_sessions{coverage="partial"}', '1');
  status = working({ coverage: { complete: 6 }, ledger: { writable: false, problem: 'the disk is full' } });

  const now = await read();
  expect(now).not.toHaveProperty('rollbook_sessions{coverage="partial"}');
  expect(now).toMatchObject({ 'rollbook_sessions{coverage="complete"}': '6', rollbook_ledger_writable: '0' });
});

test('of each loop it is measured when it last succeeded, in seconds, and whether it fails', async () => {
  const pass = { startedAt: NOW, finishedAt: NOW, summary: {} };
  const loops = [
    { name: 'fetch', state: null, last: { ...pass, name: 'fetch', succeededAt: NOW - 500, error: null }, error: null },
    {
      name: 'retry',
      state: null,
      last: { ...pass, name: 'retry', succeededAt: null, error: 'Google is silent' },
      error: 'Google is silent',
    },
    { name: 'rebuild', state: null, last: null, error: null },
  ];
  const { read } = measured(() => working({ loops, google: { ...working().google, clockSkewMs: -1500 } }));

  const now = await read();
  expect(now).toMatchObject({
    'rollbook_loop_last_success_timestamp_seconds{loop="fetch"}': `${(NOW - 500) / 1000}`,
    'rollbook_loop_failing{loop="fetch"}': '0',
    'rollbook_loop_last_success_timestamp_seconds{loop="retry"}': '0',
    'rollbook_loop_failing{loop="retry"}': '1',
    rollbook_google_clock_skew_seconds: '-1.5',
  });
  expect(Object.keys(now).filter((name) => name.includes('rebuild'))).toEqual([]);
});

test('why evidence may be lost is measured, and the fetch loop fails when it read nothing', async () => {
  const pass = { name: 'fetch', startedAt: NOW, finishedAt: NOW, succeededAt: NOW, summary: {}, error: null };
  const loops = [{ name: 'fetch', state: null, last: pass, error: null }];
  const why = { message: 'none was read', classIds: [5], organizers: ['ana@school.example'] };
  let unready = [
    { ...why, reason: 'nothing_read' as const },
    { ...why, reason: 'refused' as const },
  ];
  const { read } = measured(() => working({ loops, unready }));
  expect(await read()).toMatchObject({
    'rollbook_loop_failing{loop="fetch"}': '1',
    rollbook_ready: '0',
    'rollbook_not_ready{reason="nothing_read"}': '1',
    'rollbook_organizer_refused{organizer="ana@school.example"}': '1',
  });
  unready = [];

  const now = await read();
  expect(now).toMatchObject({ 'rollbook_loop_failing{loop="fetch"}': '0', rollbook_ready: '1' });
  expect(Object.keys(now).join(' ')).not.toMatch(/not_ready|refused/);
});

test('when the calls of each organiser were last listed is measured, in seconds, and of other teachers together', async () => {
  const listing = { triedAt: NOW, nextAttemptAt: NOW, decidedTo: null, knowledge: null, attempts: 0, lastError: null };
  const callListings = [
    { ...listing, organizerEmail: 'ana@school.example', listedAt: NOW - 1500 },
    { ...listing, organizerEmail: 'ben@school.example', listedAt: null },
    { ...listing, organizerEmail: 'bea@school.example', listedAt: NOW },
  ];
  const { read } = measured(() => working({ callListings }));
  expect(await read()).toMatchObject({
    'rollbook_calls_listed_timestamp_seconds{organizer="ana@school.example"}': `${(NOW - 1500) / 1000}`,
    'rollbook_calls_listed_timestamp_seconds{organizer="others"}': '0',
  });
  expect(Object.keys(await read()).join(' ')).not.toMatch(/ben@|bea@/);
});

test('requests are counted and timed by the pattern of their route, never by what stands in it', async () => {
  const { app, read } = measured();
  for (const [method, path] of [
    ['GET', '/classes/5'],
    ['GET', '/classes/6'],
    ['GET', '/classes/9'],
    ['DELETE', '/classes/5'],
    ['GET', '/somebody@home.example'],
  ] as const) {
    await app.request(path, { method });
  }

  const now = await read();
  expect(now).toMatchObject({
    'rollbook_http_requests_total{method="GET",route="/classes/{id}",status="200"}': '2',
    'rollbook_http_requests_total{method="GET",route="/classes/{id}",status="404"}': '1',
    'rollbook_http_requests_total{method="DELETE",route="/classes/{id}",status="404"}': '1',
    'rollbook_http_requests_total{method="GET",route="unknown",status="404"}': '1',
    'rollbook_http_request_duration_seconds_count{method="GET",route="/classes/{id}"}': '3',
    'rollbook_http_request_duration_seconds_bucket{le="0.1",method="GET",route="/classes/{id}"}': '3',
    'rollbook_http_request_duration_seconds_bucket{le="0.025",method="GET",route="/classes/{id}"}': '0',
  });
  expect(Object.keys(now).join(' ')).not.toContain('somebody');
});

test('two apps of one process are measured apart', async () => {
  const [one, other] = [measured(), measured()];
  await one.app.request('/classes/5');
  const requests = 'rollbook_http_requests_total{method="GET",route="/classes/{id}",status="200"}';
  expect([(await one.read())[requests], (await other.read())[requests]]).toEqual(['1', undefined]);
});
