import { DAY_MS, SECOND_MS } from '../../../src/core/time/duration.ts';
import {
  errorInfo,
  failure,
  notFound,
  permissionDenied,
  quotaExceeded,
  scopeInsufficient,
  unauthenticated,
  type Reply,
} from '../../../src/emulator/api/google-error.ts';
import type { MethodName } from '../../../src/emulator/api/meet-routes.ts';
import { invalidGrant, unauthorizedClient } from '../../../src/emulator/api/tokens.ts';
import type { ListPosition } from '../../../src/emulator/faults.ts';
import { pageToken, readPageToken } from '../../../src/emulator/wire/paging.ts';
import type { ContentFault, ErrorFault } from './kinds.ts';

const RETRY_SECONDS = 30;
/** Above the 8 MiB at which a careful reader stops. */
const OVERSIZE = 9 * 1024 * 1024;

/** The error that stands in for the right answer. `path` is the one asked for. */
export function errorReply(kind: ErrorFault, method: MethodName, path: string, now: number): Reply {
  switch (kind) {
    case 'http-429-seconds':
      return { ...quotaExceeded('user', 600), headers: { 'retry-after': String(RETRY_SECONDS) } };
    case 'http-429-date':
      return {
        ...quotaExceeded('user', 600),
        headers: { 'retry-after': new Date(now + RETRY_SECONDS * SECOND_MS).toUTCString() },
      };
    case 'http-429-retry-info':
      return quotaExceeded('project', 6000, [retryInfo(RETRY_SECONDS)]);
    case 'http-429-bare':
      return quotaExceeded('user', 600);
    case 'http-500':
      return failure('INTERNAL', 'Internal error encountered.');
    case 'http-503':
      return failure('UNAVAILABLE', 'The service is currently unavailable.');
    case 'http-504':
      return failure('DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.');
    case 'http-409':
      return failure('ABORTED', 'The operation was aborted.');
    case 'http-401':
      return unauthenticated('ACCESS_TOKEN_EXPIRED');
    case 'http-403-permission':
      return permissionDenied('MeetingSpace');
    case 'http-403-scope':
      return scopeInsufficient(method);
    case 'http-403-api-disabled':
      return apiDisabled();
    case 'http-403-rate-limit':
      return rateLimitAsForbidden();
    case 'http-404':
      return notFound(path);
    case 'http-400-page-token':
      return failure('INVALID_ARGUMENT', 'The page token is invalid or has expired.');
    case 'invalid-grant':
      return invalidGrant('Token has been expired or revoked.');
    case 'unauthorized-client':
      return unauthorizedClient();
    default:
      return kind satisfies never;
  }
}

/** Some APIs put a quota into a 403; only the reason tells it from a refusal. */
function rateLimitAsForbidden(): Reply {
  const message = 'User Rate Limit Exceeded. Rate of requests for user exceed configured project quota.';
  return {
    status: 403,
    body: {
      error: {
        code: 403,
        message,
        status: 'PERMISSION_DENIED',
        errors: [{ message, domain: 'usageLimits', reason: 'userRateLimitExceeded' }],
        details: [errorInfo('RATE_LIMIT_EXCEEDED', { service: 'meet.googleapis.com' })],
      },
    },
  };
}

type Item = Record<string, unknown>;

/** Spoils a right answer inside its JSON. Errors are passed on as they are. */
export function spoilContent(kind: ContentFault, reply: Reply, position: ListPosition, now: number): Reply {
  if (reply.status !== 200) return reply;
  const spoilt = (body: object): Reply => ({ ...reply, body });
  switch (kind) {
    case 'repeated-page-token':
      return spoilt({ ...reply.body, nextPageToken: position.token ?? pageToken(position.list, 0, 0) });
    case 'duplicate-page': {
      const { offset, page } = readPageToken(position.list, position.token);
      return spoilt({ ...reply.body, nextPageToken: pageToken(position.list, offset, page + 1) });
    }
    case 'duplicate-items':
      return spoilt(mapItems(reply.body, (items) => [...items, ...items]));
    case 'reversed-items':
      return spoilt(mapItems(reply.body, (items) => items.toReversed()));
    case 'missing-required':
      return spoilt(mapFirst(reply.body, (item) => without(item, ['name', 'startTime', 'earliestStartTime'])));
    case 'null-required':
      return spoilt(mapFirst(reply.body, (item) => ({ ...item, name: null, startTime: null })));
    case 'reversed-times':
      return spoilt(mapFirst(reply.body, (item) => endAt(item, -DAY_MS, now)));
    case 'end-in-future':
      return spoilt(mapFirst(reply.body, (item) => endAt(item, DAY_MS, now)));
    case 'wrong-types':
      return spoilt(Object.fromEntries(Object.keys(reply.body).map((key) => [key, 'not what you expect'])));
    case 'wrong-object':
      return spoilt({ status: 'ok', uptime: 12345 });
    case 'wrong-array':
      return spoilt([reply.body]);
    case 'oversized-body':
      return spoilt({ ...reply.body, padding: ' '.repeat(OVERSIZE) });
    default:
      return kind satisfies never;
  }
}

/** Changes the one array of a list answer. */
function mapItems(body: object, change: (items: Item[]) => Item[]): object {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]: [string, unknown]) => [
      key,
      Array.isArray(value) ? change(value as Item[]) : value,
    ]),
  );
}

/** Changes the first item of a list, or the resource itself. */
function mapFirst(body: object, change: (item: Item) => Item): object {
  if ('name' in body) return change({ ...body });
  return mapItems(body, ([first, ...rest]) => (first === undefined ? [] : [change(first), ...rest]));
}

function without(item: Item, keys: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([key]) => !keys.includes(key)));
}

function endAt(item: Item, offsetMs: number, now: number): Item {
  const key = 'earliestStartTime' in item ? 'latestEndTime' : 'endTime';
  return { ...item, [key]: new Date(now + offsetMs).toISOString() };
}

/** `google.rpc.RetryInfo`. */
function retryInfo(seconds: number): object {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` };
}

function apiDisabled(): Reply {
  const url = 'https://console.developers.google.com/apis/api/meet.googleapis.com/overview?project=100000000001';
  const message = `Google Meet API has not been used in project 100000000001 before or it is disabled. Enable it by visiting ${url} then retry.`;
  return failure('PERMISSION_DENIED', message, [
    {
      '@type': 'type.googleapis.com/google.rpc.Help',
      links: [{ description: 'Google developers console API activation', url }],
    },
    errorInfo('SERVICE_DISABLED', { service: 'meet.googleapis.com', consumer: 'projects/100000000001' }),
  ]);
}
