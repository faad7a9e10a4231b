/** Why a call got no answer. */
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
  /** One sentence: what happened and what to do. It names no secret and no person. */
  readonly message: string;
  readonly status?: number;
  /** Why no answer came at all: `connection refused`. */
  readonly unreached?: string;
  /** Asking again sooner than this is of no use. */
  readonly retryAfterMs?: number;
  /** Of `circuit_open`: how the last call failed that opened it. */
  readonly cause?: FailureReason;
}

export type Outcome<T> =
  | {
      readonly kind: 'ok';
      readonly value: T;
      /** Google's time of the answer, from its `Date` header; of the first page of a list. Epoch ms. */
      readonly readAt: number;
    }
  | Failure;

/** Everything that is decided by the reason of a failure. */
interface FailureRule {
  /** What happened and what comes of it. */
  readonly message: string;
  /** What a person does about it. */
  readonly remedy: string;
  /** What it says something about: this moment, this room or record, or all that the account may read. */
  readonly of: 'moment' | 'room' | 'account';
  /** Worth another attempt within the same call. */
  readonly passing: boolean;
  /** Google or this program refused the call: only a person can change that. */
  readonly refused: boolean;
  /** For the circuit of the organiser: it counts against it, says nothing, or shows that Google answers. */
  readonly circuit: 'counts' | 'neutral' | 'answers';
}

export const FAILURES: Readonly<Record<FailureReason, FailureRule>> = {
  rate_limited: {
    message: 'Google asks to slow down; the read is tried again later',
    remedy: 'Google answered that it is too much: try again.',
    of: 'moment',
    passing: true,
    refused: false,
    circuit: 'neutral',
  },
  unavailable: {
    message: 'Google could not be reached or failed; the read is tried again',
    remedy: 'Google answered with an error: try again.',
    of: 'moment',
    passing: true,
    refused: false,
    circuit: 'counts',
  },
  not_an_api_reply: {
    message: 'the answer was not one of Google’s API; nothing was concluded from it and the read is tried again',
    remedy: 'Google answered with an error: try again.',
    of: 'moment',
    passing: true,
    refused: false,
    circuit: 'counts',
  },
  unauthorized: {
    message: 'Google refuses this account’s credentials: run "rollbook doctor" for the remedy',
    remedy: 'Check domain-wide delegation and that the account exists and is active; or run "rollbook auth" again.',
    of: 'account',
    passing: false,
    refused: true,
    circuit: 'counts',
  },
  scope_missing: {
    message:
      'the credentials lack a scope that this call needs: grant the scopes of docs/google.md, then run "rollbook doctor"',
    remedy: 'Add the scopes of docs/google.md to the delegation, or run "rollbook auth" again and tick all of them.',
    of: 'account',
    passing: false,
    refused: true,
    circuit: 'answers',
  },
  api_disabled: {
    message: 'the API is not enabled in the Cloud project of the credentials: enable it in the Google Cloud console',
    remedy: 'Enable "Google Meet API" in the Cloud project of the credentials.',
    of: 'account',
    passing: false,
    refused: true,
    circuit: 'answers',
  },
  forbidden: {
    message: 'Google does not let this account read the room: set organizer_email to the account that owns it',
    remedy: 'Correct its meet_code, or its organizer_email.',
    of: 'room',
    passing: false,
    refused: true,
    circuit: 'answers',
  },
  not_found: {
    message: 'Google does not know this room or record (any more)',
    remedy: 'Correct its meet_code, or its organizer_email.',
    of: 'room',
    passing: false,
    refused: false,
    circuit: 'answers',
  },
  bad_request: {
    message: 'Google would refuse the request as malformed: correct the name or code of the room',
    remedy: 'Correct the meeting code of the class, then read it again.',
    of: 'room',
    passing: false,
    refused: false,
    circuit: 'answers',
  },
  circuit_open: {
    message: 'this organiser is not asked again for a moment, because several calls in a row failed',
    remedy: 'Google refused this account repeatedly: try again in a few minutes.',
    of: 'account',
    passing: false,
    refused: false,
    circuit: 'neutral',
  },
  no_credentials: {
    message: 'there are no Google credentials for this organiser: set GOOGLE_CREDENTIALS_FILE or run "rollbook auth"',
    remedy: 'Add credentials for this account: a key with domain-wide delegation, or "rollbook auth" as this account.',
    of: 'account',
    passing: false,
    refused: true,
    circuit: 'neutral',
  },
};

export function failure(reason: FailureReason, details: Omit<Partial<Failure>, 'kind' | 'reason'> = {}): Failure {
  return { kind: 'failure', reason, message: FAILURES[reason].message, ...details };
}

/** A call that was not made, with the failure that the organiser is spared for. */
export function barred({ reason, message, cause, unreached }: Failure, retryAfterMs: number): Failure {
  const why = unreached === undefined ? {} : { unreached };
  return { ...failure('circuit_open', { retryAfterMs, cause: cause ?? reason, ...why }), message };
}

/** Google or this program refused the call, now or when the circuit of the organiser opened. */
export function isRefusal({ reason, cause = reason }: Pick<Failure, 'reason' | 'cause'>): boolean {
  return FAILURES[cause].refused;
}

/** Asking again later may help, without anybody doing anything. */
export function mayPass({ reason, cause = reason }: Pick<Failure, 'reason' | 'cause'>): boolean {
  return FAILURES[reason].of !== 'room' && !FAILURES[cause].refused;
}
