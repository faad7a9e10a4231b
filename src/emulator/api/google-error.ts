/** Google's names for what went wrong (`google.rpc.Code`), with the HTTP status each travels under. */
const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type GoogleStatus = keyof typeof HTTP_STATUS;

/** What a route answers: an HTTP status and the JSON to send. */
export interface Reply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export function ok(body: object): Reply {
  return { status: 200, body };
}

/** A `google.rpc.Status` in JSON. */
export function failure(status: GoogleStatus, message: string, details?: readonly object[]): Reply {
  const code = HTTP_STATUS[status];
  return { status: code, body: { error: { code, message, status, ...(details && { details }) } } };
}

/** The form of the older APIs (Directory, Reports, Calendar): an `errors` list, no `status`. */
export function legacyFailure(code: number, message: string, reason: string): Reply {
  return { status: code, body: { error: { code, message, errors: [{ message, domain: 'global', reason }] } } };
}

/** The detail that tells one kind of refusal from another. */
export function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): object {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com', metadata };
}

const SERVICE = 'meet.googleapis.com';
const PROJECT = 'projects/100000000001';

export function unauthenticated(reason: string): Reply {
  const message =
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.';
  return failure('UNAUTHENTICATED', message, [errorInfo(reason, { service: SERVICE })]);
}

export function scopeInsufficient(method: string): Reply {
  return failure('PERMISSION_DENIED', 'Request had insufficient authentication scopes.', [
    errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', { service: SERVICE, method }),
  ]);
}

/** What a user gets who is neither owner nor participant. */
export function permissionDenied(resource: 'MeetingSpace' | 'ConferenceRecord'): Reply {
  return failure('PERMISSION_DENIED', `Permission denied on resource ${resource} (or it might not exist).`);
}

export function notFound(name: string): Reply {
  return failure('NOT_FOUND', `Resource ${name} was not found.`);
}

export function invalidArgument(message: string): Reply {
  return failure('INVALID_ARGUMENT', message);
}

export type QuotaScope = 'user' | 'project';

/** Over the quota of one minute. `limit` is the number of reads a minute allows. */
export function quotaExceeded(scope: QuotaScope, limit: number, details: readonly object[] = []): Reply {
  const name = scope === 'user' ? 'ReadRequestsPerMinutePerUser' : 'ReadRequestsPerMinutePerProject';
  const metric = `${SERVICE}/read_requests`;
  const message = `Quota exceeded for quota metric 'Read requests' and limit '${name}' of service '${SERVICE}' for consumer 'project_number:100000000001'.`;
  return failure('RESOURCE_EXHAUSTED', message, [
    errorInfo('RATE_LIMIT_EXCEEDED', {
      service: SERVICE,
      consumer: PROJECT,
      quota_metric: metric,
      quota_limit: name,
      quota_limit_value: String(limit),
      quota_location: 'global',
    }),
    ...details,
  ]);
}
