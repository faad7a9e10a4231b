import { SECOND_MS } from '../../core/time/duration.ts';
import { failure, type Failure } from './failures.ts';
import { header } from './header.ts';

/** What an error of the Google client stands for. */
export interface Refusal {
  readonly failure: Failure;
  /** Whose quota is spent, for `rate_limited`. */
  readonly quota: 'user' | 'project';
}

type Fields = Readonly<Record<string, unknown>>;

const QUOTA_REASONS: ReadonlySet<unknown> = new Set([
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
]);

/** What is read of an error, picked by hand: the error itself carries the request with its tokens. */
interface ErrorReply {
  readonly status: number | null;
  /** The `error` object of the body; null where the body is not Google's. */
  readonly told: Fields | null;
  /** The `error` text of an OAuth body. */
  readonly oauth: string | null;
  readonly reasons: readonly unknown[];
  /** The body was longer than we read. */
  readonly oversized: boolean;
  /** The refusal for a reason, with the facts of the reply; `message` instead of that of the reason. */
  readonly as: (reason: Failure['reason'], message?: string) => Refusal;
  /** That there was no reply, and why as far as the system told. */
  readonly unreached: () => Refusal;
}

function read(err: unknown, now: number): ErrorReply {
  const fields = asFields(err);
  const response = asFields(fields['response']);
  const error = asFields(response['data'])['error'];
  const told = typeof error === 'object' && error !== null ? asFields(error) : null;
  const details = asList(told?.['details']);
  const cause = asFields(fields['cause']);
  const headers = response['headers'];
  const status = numberOf(response['status']) ?? numberOf(fields['status']);
  // A date is compared with Google's own clock where the reply has it: ours may be wrong.
  const sentAt = Date.parse(header(headers, 'date') ?? '') || now;
  const retryAfterMs = retryAfter(header(headers, 'retry-after'), details, sentAt);
  const refusal: ErrorReply['as'] = (reason, message) => ({
    failure: failure(reason, {
      ...(status === null ? {} : { status }),
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
      ...(message === undefined ? {} : { message }),
    }),
    quota: quotaOf(details),
  });
  return {
    status,
    told,
    oauth: typeof error === 'string' ? error : null,
    reasons: [...details, ...asList(told?.['errors'])].map(({ reason }) => reason),
    oversized: fields['type'] === 'max-size' || cause['type'] === 'max-size',
    as: refusal,
    unreached() {
      const why = unreachedBecause(err);
      const told = refusal('unavailable', `Google could not be reached (${why}); the read is tried again`);
      return { ...told, failure: { ...told.failure, unreached: why } };
    },
  };
}

/**
 * The failure of an API call.
 *
 * A refusal counts only in Google's own form: a proxy's page with status 404 must not say that a record is gone.
 *
 * @param now epoch ms
 */
export function callRefusal(err: unknown, now: number): Refusal {
  const { status, reasons, told, oversized, as, unreached } = read(err, now);
  if (oversized) return as('not_an_api_reply');
  if (status === 429) return as('rate_limited');
  if (status === 401) return as('unauthorized');
  if (status === null) return unreached();
  if (status >= 500 || status === 408) return as('unavailable');
  if (told === null) return as('not_an_api_reply');
  switch (status) {
    case 400:
      return as('bad_request');
    case 403:
      if (reasons.some((reason) => QUOTA_REASONS.has(reason))) return as('rate_limited');
      if (reasons.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT')) return as('scope_missing');
      if (reasons.includes('SERVICE_DISABLED') || reasons.includes('accessNotConfigured')) return as('api_disabled');
      return as('forbidden');
    case 404:
      return as('not_found');
    default:
      return as(status < 400 ? 'not_an_api_reply' : 'unavailable');
  }
}

/** The failure of a token request. It is never taken for an answer about a room or a record. */
export function tokenRefusal(err: unknown, now: number): Refusal {
  const { status, oauth, oversized, as, unreached } = read(err, now);
  if (err instanceof NotATokenError || oversized) return as('not_an_api_reply');
  if (status === 429) return as('rate_limited');
  if (status === null) return unreached();
  if (status >= 500 || status === 408) return as('unavailable');
  if (oauth === 'invalid_grant') {
    return as(
      'unauthorized',
      'Google gives out no token for this account (invalid_grant): it is unknown or suspended, its grant was revoked or has run out (run "rollbook auth" again), or this machine’s clock is wrong',
    );
  }
  if (oauth === 'unauthorized_client' || oauth === 'access_denied' || oauth === 'invalid_scope') {
    return as(
      'unauthorized',
      `Google gives out no token for this account (${oauth}): check that domain-wide delegation lists the client id and every scope of docs/google.md`,
    );
  }
  if (oauth === 'invalid_client' || oauth === 'deleted_client') {
    return as(
      'unauthorized',
      `Google does not know the client of these credentials (${oauth}): make new ones in the Google Cloud console`,
    );
  }
  return as(oauth !== null || status === 401 ? 'unauthorized' : 'not_an_api_reply');
}

/** What the system tells of a connection, by its code. */
const UNREACHED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  ENOTFOUND: 'its name is not known here',
  EAI_AGAIN: 'names cannot be looked up now',
  EHOSTUNREACH: 'no way to it',
  ENETUNREACH: 'no network',
};

/** Codes of Node only: a message may hold what was sent. */
function unreachedBecause(err: unknown): string {
  const chain = [err, asFields(err)['cause'], asFields(asFields(err)['cause'])['cause']];
  if (chain.some((one) => asFields(one)['name'] === 'DeadlineError')) return 'no answer in time';
  const code = chain.map((one) => asFields(one)['code']).find((one) => typeof one === 'string');
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]{2,50}$/.test(code)) return 'no answer came';
  return UNREACHED[code] ?? code;
}

/** A success of the token endpoint that holds no token. */
export class NotATokenError extends Error {
  override readonly name = 'NotATokenError';
}

/** `…PerMinutePerUser`, `…PerMinutePerProject`. One that is not named is taken for the user's. */
function quotaOf(details: readonly Fields[]): Refusal['quota'] {
  const limits = details.map((detail) => asFields(detail['metadata'])['quota_limit']);
  return limits.some((limit) => typeof limit === 'string' && !/user/i.test(limit)) ? 'project' : 'user';
}

/** `RetryInfo` first, then `Retry-After` in seconds or as a date. */
function retryAfter(text: string | null, details: readonly Fields[], now: number): number | null {
  for (const { retryDelay } of details) {
    const seconds = typeof retryDelay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(retryDelay)?.[1] : undefined;
    if (seconds !== undefined) return Math.ceil(Number(seconds) * SECOND_MS);
  }
  const value = text?.trim() ?? '';
  if (value === '') return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * SECOND_MS);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function asList(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(asFields) : [];
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
