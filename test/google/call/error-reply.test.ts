import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { callRefusal, NotATokenError, tokenRefusal } from '../../../src/google/call/error-reply.ts';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const SECRET = 'ya29.secret';

/** An error as the Google client throws it: with the whole request, its token included. */
function thrown(status: number | null, data: unknown, headers: unknown = {}): unknown {
  const request = { config: { headers: { authorization: `Bearer ${SECRET}` } } };
  const response = status === null ? {} : { response: { status, data, headers } };
  return Object.assign(new Error(`refused ${SECRET}`), request, response);
}

const google = (status: number, details: readonly object[] = [], errors: readonly object[] = []) =>
  thrown(status, { error: { code: status, message: `no ${SECRET}`, details, errors } });

const reasonOf = (err: unknown) => callRefusal(err, NOW).failure.reason;
const tokenReasonOf = (err: unknown) => tokenRefusal(err, NOW).failure.reason;

test.each([
  [{ code: 'ECONNREFUSED' }, 'connection refused'],
  [{ cause: { code: 'ENOTFOUND' } }, 'its name is not known here'],
  [{ name: 'DeadlineError' }, 'no answer in time'],
  [{ code: 'CERT_HAS_EXPIRED' }, 'CERT_HAS_EXPIRED'],
  [{ code: `no ${SECRET}` }, 'no answer came'],
])('a call that nobody answered says why: %j', (details, unreached) => {
  const message = `Google could not be reached (${unreached}); the read is tried again`;
  for (const refusal of [callRefusal, tokenRefusal]) {
    const { failure } = refusal(Object.assign(thrown(null, null) as Error, details), NOW);
    expect(failure).toMatchObject({ reason: 'unavailable', unreached, message });
  }
});

describe('a call that Google refuses', () => {
  test.each([
    [400, 'bad_request'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [408, 'unavailable'],
    [409, 'unavailable'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [304, 'not_an_api_reply'],
  ])('with status %i is %s, and the status is told', (status, reason) => {
    expect(callRefusal(google(status), NOW)).toMatchObject({ failure: { kind: 'failure', reason, status } });
  });

  test.each([
    [{ reason: 'RATE_LIMIT_EXCEEDED' }, 'rate_limited'],
    [{ reason: 'RESOURCE_EXHAUSTED' }, 'rate_limited'],
    [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }, 'scope_missing'],
    [{ reason: 'SERVICE_DISABLED' }, 'api_disabled'],
    [{ reason: 'IAM_PERMISSION_DENIED' }, 'forbidden'],
  ])('with 403 and the detail %j is %s', (detail, reason) => {
    expect(reasonOf(google(403, [{}, detail]))).toBe(reason);
  });

  test.each([
    ['userRateLimitExceeded', 'rate_limited'],
    ['dailyLimitExceeded', 'rate_limited'],
    ['accessNotConfigured', 'api_disabled'],
    ['insufficientPermissions', 'forbidden'],
  ])('with 403 and %s in the list of the older APIs is %s', (name, reason) => {
    expect(reasonOf(google(403, [], [{ reason: name }]))).toBe(reason);
  });

  test.each([400, 403, 404, 409])('by a page of a proxy with status %i says nothing about a room', (status) => {
    expect(reasonOf(thrown(status, '<html>not found</html>'))).toBe('not_an_api_reply');
    expect(reasonOf(thrown(status, { error: 'not_found' }))).toBe('not_an_api_reply');
  });

  test('by nobody, because no answer came, is one that may pass', () => {
    expect(callRefusal(thrown(null, null), NOW).failure).toMatchObject({ reason: 'unavailable' });
    expect(callRefusal(thrown(null, null), NOW).failure).not.toHaveProperty('status');
  });

  test('by an answer that is larger than we read is not Google’s, wherever the library says so', () => {
    for (const err of [{ type: 'max-size' }, { cause: { type: 'max-size' } }]) {
      expect(reasonOf(err)).toBe('not_an_api_reply');
      expect(tokenReasonOf(err)).toBe('not_an_api_reply');
    }
  });
});

describe('whose quota is spent', () => {
  const over = (limit: string) =>
    callRefusal(google(429, [{ reason: 'RATE_LIMIT_EXCEEDED', metadata: { quota_limit: limit } }]), NOW).quota;

  test('is said by the name of the limit, and is the user’s where none is named', () => {
    expect(over('ReadsPerMinutePerUser')).toBe('user');
    expect(over('ReadsPerMinutePerProject')).toBe('project');
    expect(callRefusal(google(429), NOW).quota).toBe('user');
  });
});

describe('how long to wait', () => {
  const waitOf = (headers: unknown, details: readonly object[] = []) =>
    callRefusal(thrown(503, { error: { code: 503, details } }, headers), NOW).failure.retryAfterMs;

  test.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['parts of a second, rounded up to the millisecond', { 'retry-after': '0.2505' }, 251],
    ['a date', { 'retry-after': 'Mon, 02 Mar 2026 12:00:09 GMT' }, 9000],
    ['a date that is over', { 'retry-after': 'Mon, 02 Mar 2026 11:00:00 GMT' }, 0],
    ['nothing', {}, undefined],
    ['no text', { 'retry-after': ' ' }, undefined],
    ['a text that is neither', { 'retry-after': 'soon' }, undefined],
  ])('is read from the header as %s', (_, headers, ms) => {
    expect(waitOf(headers)).toBe(ms);
  });

  test('to a date is counted from Google’s own clock where the answer has it', () => {
    const headers = {
      'retry-after': 'Mon, 02 Mar 2026 13:00:07 GMT',
      date: 'Mon, 02 Mar 2026 13:00:00 GMT',
    };
    expect(waitOf(headers)).toBe(7000);
    expect(waitOf(new Headers(headers))).toBe(7000);
  });

  test('is what RetryInfo says, before any header', () => {
    expect(waitOf({ 'retry-after': '9' }, [{ retryDelay: '1.5s' }])).toBe(1500);
    expect(waitOf({ 'retry-after': '9' }, [{ retryDelay: 'later' }])).toBe(9000);
  });
});

describe('a token that is not given out', () => {
  const oauth = (error: string) => thrown(400, { error, error_description: `because ${SECRET}` });

  test.each([
    ['invalid_grant', 'unauthorized', 'run "rollbook auth" again'],
    ['unauthorized_client', 'unauthorized', 'domain-wide delegation'],
    ['access_denied', 'unauthorized', 'domain-wide delegation'],
    ['invalid_scope', 'unauthorized', 'every scope of docs/google.md'],
    ['invalid_client', 'unauthorized', 'make new ones in the Google Cloud console'],
    ['deleted_client', 'unauthorized', 'make new ones in the Google Cloud console'],
    ['something_new', 'unauthorized', 'rollbook doctor'],
  ])('because of %s is %s, and says what to do', (error, reason, remedy) => {
    const { failure } = tokenRefusal(oauth(error), NOW);
    expect(failure).toMatchObject({ reason, status: 400 });
    expect(failure.message).toContain(remedy);
  });

  test.each([403, 404, 400, 409])('by an answer in the form of the API with %i says nothing about a room', (status) => {
    expect(tokenReasonOf(google(status))).toBe('not_an_api_reply');
  });

  test.each([
    [401, 'unauthorized'],
    [408, 'unavailable'],
    [429, 'rate_limited'],
    [503, 'unavailable'],
  ])('with status %i is %s', (status, reason) => {
    expect(tokenReasonOf(thrown(status, null))).toBe(reason);
  });

  test('in a success without a token is not an answer of Google', () => {
    expect(tokenReasonOf(new NotATokenError('the token endpoint answered without a token'))).toBe('not_an_api_reply');
  });
});

test('whatever is thrown becomes a failure, and nothing of the request goes into it', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.anything().map((data) => thrown(403, data, data)),
  );
  fc.assert(
    fc.property(anything, (err) => {
      for (const refusal of [callRefusal, tokenRefusal]) expect(refusal(err, NOW).failure.kind).toBe('failure');
    }),
  );
  for (const err of [google(403), google(429), thrown(400, { error: 'invalid_grant', error_description: SECRET })]) {
    expect(JSON.stringify([callRefusal(err, NOW), tokenRefusal(err, NOW)])).not.toContain(SECRET);
  }
});
