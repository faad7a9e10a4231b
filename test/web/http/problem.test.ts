import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { describe, expect, test } from 'vitest';

import { LedgerUnavailableError } from '../../../src/errors.ts';
import { invalid, refused, type RefusalCode } from '../../../src/refusal.ts';
import {
  badRequest,
  forbidden,
  found,
  problemOf,
  problemSchema,
  refusal,
  unlessRefused,
} from '../../../src/web/http/problem.ts';
import { logbook } from '../../google/support.ts';

/** What a client hears when a route throws this, and what the log has of it. */
async function heard(thrown: Error) {
  const { log, lines } = logbook();
  const app = new Hono();
  app.onError((err, c) => problemOf(err, c, log));
  app.get('/', () => {
    throw thrown;
  });
  const answer = await app.request('/');
  return { headers: answer.headers, problem: problemSchema.parse(await answer.json()), status: answer.status, lines };
}

test('a problem is a document of RFC 9457 that names the fields at fault', async () => {
  const { headers, problem, status, lines } = await heard(badRequest('student_emails.0', 'must be an e-mail address'));
  expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
  expect(problem).toEqual({
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    code: 'invalid_request',
    detail: invalid([]).message,
    errors: [{ path: 'student_emails.0', message: 'must be an e-mail address' }],
  });
  expect(lines).toEqual([]);
});

describe('a refusal', () => {
  test.each<[RefusalCode, number, string]>([
    ['invalid', 400, 'invalid_request'],
    ['not_found', 404, 'not_found'],
    ['room_busy', 409, 'room_busy'],
    ['period_in_future', 400, 'period_in_future'],
    ['period_closed', 409, 'period_closed'],
    // Google's "no" stays, Google's silence passes: the status tells which.
    ['google_refused', 502, 'google_unavailable'],
    ['google_unavailable', 503, 'google_unavailable'],
  ])('%s is status %i and code %s', (code, status, shown) => {
    expect(refusal(refused(code, 'why'))).toMatchObject({ status, code: shown, message: 'why' });
  });

  test('ends the request; what was done or found goes on', () => {
    const done = { kind: 'saved', id: 5 } as const;
    expect([unlessRefused(done), unlessRefused(null)]).toEqual([done, null]);
    expect(() => unlessRefused(refused('period_closed', 'January is closed'))).toThrow('January is closed');
  });
});

test('what is not there is told by its name', () => {
  expect(found({ id: 5 }, 'class 5')).toEqual({ id: 5 });
  expect(() => found(null, 'class 5')).toThrow('there is no class 5');
  expect(forbidden('not yours')).toMatchObject({ status: 403, code: 'forbidden' });
});

test.each([
  [400, 'malformed_body'],
  [413, 'body_too_large'],
  [415, 'unsupported_media_type'],
  [418, 'refused'],
] as const)('what the framework refuses with %i is a problem %s like any other', async (status, code) => {
  const { problem } = await heard(new HTTPException(status));
  expect(problem).toMatchObject({ status, code, errors: [] });
});

test('a fault of ours is logged, and none of it is told', async () => {
  const { problem, lines } = await heard(new Error('no such table: secrets'));
  expect(problem).toMatchObject({ status: 500, code: 'internal_error' });
  expect(problem.detail).not.toContain('secrets');
  expect(lines).toMatchObject([{ msg: 'request failed', method: 'GET', err: { message: 'no such table: secrets' } }]);
});

test('a ledger that cannot be used now is worth another try, and the path of its file is not told', async () => {
  const { headers, problem, lines } = await heard(
    new LedgerUnavailableError('full', 'The disk of /srv/ledger is full'),
  );
  expect(problem).toMatchObject({ status: 503, code: 'ledger_unavailable' });
  expect([headers.get('retry-after'), problem.detail.includes('(full)')]).toEqual(['5', true]);
  expect(problem.detail).not.toContain('/srv');
  expect(lines).toHaveLength(1);
});
