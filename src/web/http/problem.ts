import { STATUS_CODES } from 'node:http';

import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';

import { isBusy, LedgerUnavailableError } from '../../errors.ts';
import { invalid, isRefused, type Complaint, type RefusalCode, type Refused } from '../../refusal.ts';

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: 'Stable: programs branch on it.', example: 'room_busy' }),
    detail: z.string().openapi({ description: 'What is wrong and what to do.' }),
    errors: z.array(
      z.object({
        path: z.string().openapi({ example: 'student_emails.0' }),
        message: z.string(),
        line: z.int().optional().openapi({ description: 'Of an imported file.' }),
      }),
    ),
  })
  .openapi('Problem');

interface ProblemError extends Complaint {
  /** Of an imported file. */
  readonly line?: number;
}

/** Ends a request with a problem document (RFC 9457). */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly errors: readonly ProblemError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    detail: string,
    { errors = [], headers = {} }: Partial<Pick<HttpProblem, 'errors' | 'headers'>> = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }
}

export function notFound(what: string): HttpProblem {
  return new HttpProblem(404, 'not_found', `there is no ${what}`);
}

/** @throws a problem when there is no such thing */
export function found<T>(thing: T | null, what: string): T {
  if (thing === null) throw notFound(what);
  return thing;
}

export function noSuchRoute(): HttpProblem {
  return new HttpProblem(404, 'no_such_route', 'there is nothing at this address; /docs lists all routes');
}

export function forbidden(detail: string): HttpProblem {
  return new HttpProblem(403, 'forbidden', detail);
}

export function badRequest(path: string, message: string): HttpProblem {
  return refusal(invalid([{ path, message }]));
}

const STATUS: Readonly<Record<RefusalCode, ContentfulStatusCode>> = {
  invalid: 400,
  not_found: 404,
  room_busy: 409,
  class_is_live: 409,
  class_canceled: 409,
  class_not_canceled: 409,
  class_completed: 409,
  class_not_started: 409,
  email_taken: 409,
  account_taken: 409,
  role_in_use: 409,
  name_taken: 409,
  rate_overlap: 409,
  period_in_future: 400,
  period_closed: 409,
  period_open: 409,
  period_not_clean: 409,
  period_not_over: 409,
  already_settled: 409,
  review_conflict: 409,
  job_not_over: 409,
  not_undoable: 409,
  google_refused: 502,
  google_unavailable: 503,
};

/** Why something was not stored, as a problem. */
export function refusal({ code, message, complaints }: Refused): HttpProblem {
  // One code, whether Google refuses or does not answer: the status tells whether trying again helps.
  const shown = code === 'invalid' ? 'invalid_request' : code === 'google_refused' ? 'google_unavailable' : code;
  return new HttpProblem(STATUS[code], shown, message, { errors: complaints });
}

/**
 * What an action did or a query found.
 *
 * @throws a problem when it was refused
 */
export function unlessRefused<Outcome extends { readonly kind: string } | null>(outcome: Outcome | Refused): Outcome {
  if (isRefused(outcome)) throw refusal(outcome);
  return outcome;
}

/** What to say when the HTTP framework refuses a request, by its status. */
const FRAMEWORK: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['malformed_body', 'the body is not what its content-type says; send valid JSON in UTF-8'],
  413: ['body_too_large', 'the body is too large; send less at once'],
  415: ['unsupported_media_type', 'this content-type is not read here; send application/json'],
};

/** Somebody else writes the ledger, and for longer than a request waits. */
export function ledgerBusy(): HttpProblem {
  const detail =
    'a large import or another program is writing the ledger; nothing of this request was stored, so send it again in some seconds';
  return new HttpProblem(503, 'ledger_unavailable', detail, { headers: { 'retry-after': '5' } });
}

/** The answer to any error. An error that is no problem document is logged, and the answer does not show its message. */
export function problemOf(err: unknown, c: Context, log: Logger): Response {
  if (err instanceof HttpProblem) return answer(c, err);
  if (err instanceof HTTPException) {
    const [code, detail] = FRAMEWORK[err.status] ?? ['refused', 'the request cannot be answered as it is'];
    return answer(c, new HttpProblem(err.status as ContentfulStatusCode, code, detail));
  }
  const request = { err, method: c.req.method, request_id: c.get('requestId') as unknown };
  if (isBusy(err)) {
    log.warn(request, 'request refused while somebody else writes the ledger');
    return answer(c, ledgerBusy());
  }
  log.error(request, 'request failed');
  if (err instanceof LedgerUnavailableError) {
    const detail =
      err.reason === 'gone'
        ? 'the files of the ledger were taken away while it was in use, so nothing can be stored; the daemon ends, and its log says what to do'
        : `the ledger cannot be used now (${err.reason}); nothing was changed, so try again, and look at /readyz`;
    return answer(c, new HttpProblem(503, 'ledger_unavailable', detail, { headers: { 'retry-after': '5' } }));
  }
  const detail = 'Rollbook failed to answer; the log has the reason under the x-request-id of this answer';
  return answer(c, new HttpProblem(500, 'internal_error', detail));
}

function answer(c: Context, { status, code, message, errors, headers }: HttpProblem): Response {
  const title = STATUS_CODES[status] ?? 'Problem';
  const body: z.infer<typeof problemSchema> = {
    type: 'about:blank',
    title,
    status,
    code,
    detail: message,
    errors: [...errors],
  };
  return c.body(JSON.stringify(body), status, { ...headers, 'content-type': 'application/problem+json' });
}
