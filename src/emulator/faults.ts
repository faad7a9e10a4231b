import type { ServerResponse } from 'node:http';

import type { Clock } from '../core/time/clock.ts';
import type { Reply } from './api/google-error.ts';
import type { MethodName } from './api/meet-routes.ts';

/** What is known of a request when it is decided whether it fails. */
export interface FaultRequest {
  readonly method: MethodName;
  /** Path and query, as sent. */
  readonly path: string;
  /** Whom the request acts for; null if it does not say. */
  readonly user: string | null;
  readonly at: number;
}

/** Where in which list a request stands; see `paginate`. */
export interface ListPosition {
  readonly list: string;
  readonly token: string | undefined;
}

/** The answer that would have been right. */
export interface RightAnswer {
  readonly status: number;
  readonly text: string;
}

/** A connection that can be broken. */
export interface Wire {
  readonly outgoing: ServerResponse;
  /** The value of the `Date` header. */
  readonly date: string;
  /** Computes the right answer. */
  readonly right: () => RightAnswer;
  readonly clock: Pick<Clock, 'every'>;
}

/** One wrong answer, by its name in the log of requests. */
export type Fault = { readonly name: string } & (
  | { readonly kind: 'reply'; reply(right: () => Reply, position: ListPosition): Reply }
  /** Writes to the connection itself. @returns the status that went out, null if none did */
  | { readonly kind: 'wire'; send(wire: Wire): number | null }
);

/** Decides for each request in turn; null: it is answered rightly. The wrong answers themselves are those of a test. */
export type Faults = (request: FaultRequest) => Fault | null;
