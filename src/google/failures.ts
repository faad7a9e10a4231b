/** What kept a call from being answered, in the words that the loops branch on. */
export type FailureReason =
  /** Over a quota: wait. */
  | 'rate_limited'
  /** 5xx, 408, resets, timeouts, stalls. */
  | 'unavailable'
  /** A success that is not the expected object: HTML, text, an array, a page token that repeats. Never an empty list. */
  | 'not_an_api_reply'
  /** The token is refused, or none is given out. */
  | 'unauthorized'
  | 'scope_missing'
  | 'api_disabled'
  | 'forbidden'
  | 'not_found'
  | 'bad_request'
  /** The organiser failed too often just now; nothing was sent. */
  | 'circuit_open'
  | 'no_credentials';

export interface Failure {
  readonly kind: 'failure';
  readonly reason: FailureReason;
  /** One sentence: what and what to do. Never a secret, never a person. */
  readonly message: string;
  readonly status?: number;
  /** Google asked to wait so long. */
  readonly retryAfterMs?: number;
  /** The wait concerns the whole project, not one user. */
  readonly projectWide?: boolean;
}

export type Outcome<T> =
  | {
      readonly kind: 'ok';
      readonly value: T;
      /** Google's time of the answer, from its `Date` header; of the first page of a list. Epoch ms. */
      readonly readAt: number;
    }
  | Failure;

const MESSAGES: Record<FailureReason, string> = {
  rate_limited: 'Google asks to slow down; the read is tried again later',
  unavailable: 'Google could not be reached or failed; the read is tried again',
  not_an_api_reply: 'the answer was not one of Google’s API; nothing was concluded from it and the read is tried again',
  unauthorized: 'Google refuses this account’s credentials: run "rollbook doctor" for the remedy',
  scope_missing: 'the credentials lack the scope meetings.space.readonly: grant it, then run "rollbook doctor"',
  api_disabled: 'the Google Meet API is not enabled in the Cloud project: enable it in the Google Cloud console',
  forbidden: 'Google does not let this account read the room: set organizer_email to the account that owns it',
  not_found: 'Google does not know this room or record (any more)',
  bad_request: 'Google refused the request as malformed',
  circuit_open: 'this organiser failed several times in a row; it is tried again shortly',
  no_credentials: 'there are no Google credentials for this organiser: set GOOGLE_CREDENTIALS_FILE',
};

export function failure(reason: FailureReason, details: Omit<Partial<Failure>, 'kind' | 'reason'> = {}): Failure {
  return { kind: 'failure', reason, message: MESSAGES[reason], ...details };
}

/** Worth another attempt within the same call. */
export function isPassing({ reason }: Failure): boolean {
  return reason === 'rate_limited' || reason === 'unavailable' || reason === 'not_an_api_reply';
}

interface GoogleError {
  readonly status?: unknown;
  readonly details?: readonly Record<string, unknown>[];
  readonly errors?: readonly Record<string, unknown>[];
}

const QUOTA_REASONS = new Set([
  'RATE_LIMIT_EXCEEDED',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'RESOURCE_EXHAUSTED',
]);

/**
 * The failure that an error of the Google client stands for. Only hand-picked fields are read: the error itself carries
 * tokens.
 *
 * @param now epoch ms, against which a `Retry-After` date is measured
 */
export function failureOf(err: unknown, now: number): Failure {
  const error = asObject(err);
  const response = asObject(error['response']);
  const status = numberOf(error['status']) ?? numberOf(response['status']);
  const body = asObject(response['data']);
  if (typeof body['error'] === 'string') return tokenFailure(body['error'], status);
  if (error['message'] === 'invalid_grant') return tokenFailure('invalid_grant', status);
  const told = (typeof body['error'] === 'object' ? asObject(body['error']) : asObject(error['cause'])) as GoogleError;
  const details = Array.isArray(told.details) ? told.details.map(asObject) : [];
  const reasons = [...details, ...(Array.isArray(told.errors) ? told.errors.map(asObject) : [])].map(
    (d) => d['reason'],
  );
  const wait = retryAfter(header(response['headers'], 'retry-after'), details, now);
  const facts = { ...(status === undefined ? {} : { status }), ...(wait === null ? {} : { retryAfterMs: wait }) };
  const overQuota = reasons.some((reason) => QUOTA_REASONS.has(String(reason)));
  if (status === 429 || (status === 403 && overQuota)) {
    return failure('rate_limited', { ...facts, projectWide: isProjectWide(details) });
  }
  switch (status) {
    case 400:
      return failure('bad_request', facts);
    case 401:
      return failure('unauthorized', facts);
    case 403:
      if (reasons.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT')) return failure('scope_missing', facts);
      if (reasons.includes('SERVICE_DISABLED') || reasons.includes('accessNotConfigured'))
        return failure('api_disabled', facts);
      return failure('forbidden', facts);
    case 404:
      return failure('not_found', facts);
    default:
      // 2xx and 3xx come here only as a body that could not be read as an answer.
      return failure(status !== undefined && status < 400 ? 'not_an_api_reply' : 'unavailable', facts);
  }
}

function tokenFailure(error: string, status: number | undefined): Failure {
  const facts = status === undefined ? {} : { status };
  if (error === 'invalid_grant') {
    const message =
      'Google gives out no token for this account (invalid_grant): it is unknown or suspended, its grant was revoked, or this machine’s clock is wrong';
    return failure('unauthorized', { ...facts, message });
  }
  if (error === 'unauthorized_client' || error === 'access_denied' || error === 'invalid_client') {
    const message = `Google gives out no token for this account (${error}): check domain-wide delegation, its client id and its scopes`;
    return failure('unauthorized', { ...facts, message });
  }
  return failure(status !== undefined && status >= 500 ? 'unavailable' : 'unauthorized', facts);
}

function isProjectWide(details: readonly Record<string, unknown>[]): boolean {
  const limits = details.map((detail) => String(asObject(detail['metadata'])['quota_limit'] ?? ''));
  return limits.some((limit) => limit !== '' && !/user/i.test(limit));
}

/** `RetryInfo` first, then `Retry-After` in seconds or as a date. Milliseconds, or null. */
function retryAfter(text: string | null, details: readonly Record<string, unknown>[], now: number): number | null {
  for (const { retryDelay } of details) {
    const seconds = typeof retryDelay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(retryDelay)?.[1] : undefined;
    if (seconds !== undefined) return Math.round(Number(seconds) * 1000);
  }
  if (text === null || text.trim() === '') return null;
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Math.round(Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function header(headers: unknown, name: string): string | null {
  if (headers instanceof Headers) return headers.get(name);
  const get = asObject(headers)['get'];
  if (typeof get === 'function') return (get as (name: string) => string | null).call(headers, name);
  const value = asObject(headers)[name];
  return typeof value === 'string' ? value : null;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
