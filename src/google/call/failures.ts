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
  /** Asking again sooner than this is of no use. */
  readonly retryAfterMs?: number;
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
  scope_missing:
    'the credentials lack a scope that this call needs: grant the scopes of docs/google.md, then run "rollbook doctor"',
  api_disabled: 'the API is not enabled in the Cloud project of the credentials: enable it in the Google Cloud console',
  forbidden: 'Google does not let this account read the room: set organizer_email to the account that owns it',
  not_found: 'Google does not know this room or record (any more)',
  bad_request: 'Google would refuse the request as malformed: correct the name or code of the room',
  circuit_open: 'this organiser failed several times in a row; it is tried again shortly',
  no_credentials:
    'there are no Google credentials for this organiser: set GOOGLE_CREDENTIALS_FILE or run "rollbook auth"',
};

export function failure(reason: FailureReason, details: Omit<Partial<Failure>, 'kind' | 'reason'> = {}): Failure {
  return { kind: 'failure', reason, message: MESSAGES[reason], ...details };
}

/** Worth another attempt within the same call. */
export function isPassing({ reason }: Failure): boolean {
  return reason === 'rate_limited' || reason === 'unavailable' || reason === 'not_an_api_reply';
}
