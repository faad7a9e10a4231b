import { expect, test } from 'vitest';

import { moneyWorld } from '../../support/money-world.ts';
import { algebra, webWorld, type Answered } from '../web-world.ts';

test('a class is scheduled over HTTP as the contract says', async () => {
  await using world = webWorld();
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });

  const { status, headers, json } = await world.admin('POST', '/api/schedule/class', algebra);

  expect(status).toBe(201);
  expect(headers.get('location')).toBe('/api/classes/1');
  expect(json).toEqual({
    class_id: 1,
    session_id: null,
    status: 'scheduled',
    meet_code: 'abc-defg-hij',
    meet_link: 'https://meet.google.com/abc-defg-hij',
    created_people: ['ben@home.example'],
    warnings: [],
  });
  expect((await world.admin('GET', '/api/classes/1')).json).toMatchObject({
    class_id: 1,
    session_id: null,
    coverage: null,
    start_time: '2026-01-16T15:00:00Z',
    end_time: '2026-01-16T15:30:00Z',
    organizer_email: 'ana@school.example',
    last_error: null,
    next_attempt_time: null,
    flags: [],
  });
});

test('a second class in the room at that time is a conflict that names the first', async () => {
  await using world = webWorld();
  await world.admin('POST', '/api/schedule/class', algebra);

  const { status, headers, json } = await world.admin('POST', '/api/schedule/class', algebra);

  expect([status, headers.get('content-type')]).toEqual([409, 'application/problem+json']);
  expect(json).toEqual({
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    code: 'room_busy',
    detail:
      'class 1 from 2026-01-16T15:00:00Z to 2026-01-16T15:30:00Z is in this room at that time: choose another time or room, or cancel that class first',
    errors: [],
  });
});

test('everything that is wrong with a body is named at once, fields that are not known too', async () => {
  await using world = webWorld();

  const { status, json } = await world.admin('POST', '/api/schedule/class', {
    teacher_email: 'nobody',
    student_emails: ['ben@home.example', 7],
    subject: '  ',
    start_time: '2026-01-16T15:00:00',
    duration_minutes: 30.5,
    meet_cod: 'abc-defg-hij',
  });

  expect([status, json.code]).toEqual([400, 'invalid_request']);
  expect(json.errors!.map(({ path }) => path).toSorted()).toEqual([
    'duration_minutes',
    'meet_cod',
    'start_time',
    'student_emails.1',
    'subject',
    'teacher_email',
  ]);
});

test('bodies that are no JSON, of another type, or too large are problems of their own', async () => {
  await using world = webWorld();
  const send = async (body: string, type: string) => {
    const headers = { authorization: `Bearer ${world.tokenOf.admin}`, 'content-type': type };
    const answer = await world.app.request('/api/schedule/class', { method: 'POST', headers, body });
    const problem = (await answer.json()) as { code: string };
    return [answer.status, problem.code, answer.headers.get('content-type')];
  };

  expect(await send('{"subject":', 'application/json')).toEqual([400, 'malformed_body', 'application/problem+json']);
  expect(await send('subject=Algebra', 'application/x-www-form-urlencoded')).toEqual([
    415,
    'unsupported_media_type',
    'application/problem+json',
  ]);
  expect(await send(JSON.stringify({ subject: 'x'.repeat(1_100_000) }), 'application/json')).toEqual([
    413,
    'body_too_large',
    'application/problem+json',
  ]);
});

test('no Meet space from Google: 503 and nothing is stored', async () => {
  await using world = webWorld();
  world.google.fail();
  const { meet_code: _, ...withoutRoom } = algebra;

  expect(await world.admin('POST', '/api/schedule/class', withoutRoom)).toMatchObject({
    status: 503,
    json: { code: 'google_unavailable' },
  });
  expect((await world.admin('GET', '/api/classes')).json).toEqual({ items: [], next_cursor: null });
});

test('classes are listed in pages, by day of the organisation, status and teacher', async () => {
  await using world = webWorld({ timezone: 'Pacific/Auckland' });
  for (const day of [16, 17, 18, 19, 20]) {
    await world.admin('POST', '/api/schedule/class', { ...algebra, start_time: `2026-01-${day}T15:00:00Z` });
  }
  await world.admin('POST', '/api/classes/5/cancel', { by: 'family', reason: 'ill' });
  const list = async (query: string) => (await world.admin('GET', `/api/classes${query}`)).json;
  const ids = ({ items }: Answered) => items!.map(({ class_id: id }) => id);

  const first = await list('?limit=2');
  const second = await list(`?limit=2&cursor=${first.next_cursor}`);
  const third = await list(`?limit=2&cursor=${second.next_cursor}`);
  expect([ids(first), ids(second), ids(third), third.next_cursor]).toEqual([[1, 2], [3, 4], [5], null]);
  // 15:00 UTC is the next morning in Auckland.
  expect(ids(await list('?from=2026-01-18&to=2026-01-18'))).toEqual([2]);
  expect(ids(await list('?from=2026-01-18T15:00:00+00:00&to=2026-01-19T16:00:00Z'))).toEqual([3, 4]);
  expect(ids(await list('?status=canceled'))).toEqual([5]);
  expect(ids(await list('?teacher_email=Ana@School.example&limit=1'))).toEqual([1]);
  expect(ids(await list('?teacher_email=ben@home.example'))).toEqual([]);
});

test.each([
  ['limit=0', 'limit'],
  ['limit=501', 'limit'],
  ['limit=ten', 'limit'],
  ['cursor=abc', 'cursor'],
  ['cursor=WzFd', 'cursor'],
  ['from=yesterday', 'from'],
  ['from=2026-02-30', 'from'],
  ['to=2026-01-16T15:00:00', 'to'],
  ['from=2026-01-17&to=2026-01-15', 'to'],
  ['status=late', 'status'],
  ['teacher=ana@school.example', 'teacher'],
])('the query %s is refused and names %s', async (query, path) => {
  await using world = webWorld();

  const { status, json } = await world.admin('GET', `/api/classes?${query}`);

  expect([status, json.errors!.map((error) => error.path)]).toEqual([400, [path]]);
});

test('E162: a class is not canceled without who and why', async () => {
  await using world = webWorld();
  await world.admin('POST', '/api/schedule/class', algebra);
  const cancel = (body: object) => world.admin('POST', '/api/classes/1/cancel', body);

  expect((await cancel({ by: 'family' })).json.errors).toMatchObject([{ path: 'reason' }]);
  expect((await cancel({ by: 'family', reason: '   ' })).status).toBe(400);
  expect((await cancel({ reason: 'ill' })).status).toBe(400);
  expect(await cancel({ by: 'family', reason: 'ill' })).toMatchObject({
    status: 200,
    json: { status: 'canceled', canceled_by: 'family', cancel_reason: 'ill' },
  });
  expect(await cancel({ by: 'family', reason: 'ill' })).toMatchObject({
    status: 409,
    json: { code: 'class_canceled' },
  });
});

test('a class of a closed period is not canceled, as an adjustment neither', async () => {
  await using world = moneyWorld();
  const classId = world.lesson();
  await world.admin('POST', '/api/periods/2026-01/close', { exceptions: true, reason: 'the month is over' });

  const cancellation = { by: 'family', reason: 'ill', as: 'adjustment' };
  const { status, json } = await world.admin('POST', `/api/classes/${classId}/cancel`, cancellation);
  expect([status, json['code']]).toEqual([409, 'period_closed']);
  expect(json.detail).toContain('decision set_outcome');
});

test('E162: a cancellation is taken back over HTTP, and not without a reason', async () => {
  await using world = webWorld();
  await world.admin('POST', '/api/schedule/class', algebra);
  await world.admin('POST', '/api/classes/1/cancel', { by: 'family', reason: 'ill' });
  const reinstate = (body: object) => world.admin('POST', '/api/classes/1/reinstate', body);

  expect((await reinstate({})).json.errors).toMatchObject([{ path: 'reason' }]);
  expect((await reinstate({ reason: ' ' })).status).toBe(400);
  expect(await reinstate({ reason: 'well again' })).toMatchObject({
    status: 200,
    json: { status: 'scheduled', canceled_time: null, canceled_by: null, cancel_reason: null },
  });
  expect(await reinstate({ reason: 'well again' })).toMatchObject({
    status: 409,
    json: { code: 'class_not_canceled' },
  });
  world.clock.set('2026-03-01T00:00:00Z');
  expect(await world.admin('POST', '/api/classes/1/cancel', { by: 'family', reason: 'ill' })).toMatchObject({
    status: 409,
    json: { code: 'class_completed', detail: expect.stringContaining('set_outcome') as string },
  });
});

test('a class is changed over HTTP, and the start of one that is on is not', async () => {
  await using world = webWorld();
  await world.admin('POST', '/api/schedule/class', algebra);

  const changed = await world.admin('PATCH', '/api/classes/1', {
    subject: 'Geometry',
    start_time: '2026-01-16T17:00:00+01:00',
    series_id: 'mondays',
  });
  expect(changed).toMatchObject({
    status: 200,
    json: {
      subject: 'Geometry',
      start_time: '2026-01-16T16:00:00Z',
      end_time: '2026-01-16T16:30:00Z',
      series_id: 'mondays',
    },
  });

  world.clock.set('2026-01-16T16:10:00Z');
  const live = await world.admin('PATCH', '/api/classes/1', { start_time: '2026-01-16T18:00:00Z' });
  expect(live).toMatchObject({ status: 409, json: { code: 'class_is_live' } });
  expect((await world.admin('PATCH', '/api/classes/9', { subject: 'x' })).status).toBe(404);
});
