import type { ContentfulStatusCode } from 'hono/utils/http-status';

import type { RefusalCode, Refused } from '../../refusal.ts';
import { HttpProblem } from './problem.ts';

const STATUS: Readonly<Record<RefusalCode, ContentfulStatusCode>> = {
  invalid: 400,
  not_found: 404,
  room_busy: 409,
  class_is_live: 409,
  class_canceled: 409,
  class_not_started: 409,
  email_taken: 409,
  name_taken: 409,
  rate_overlap: 409,
  period_in_future: 400,
  period_closed: 409,
  period_open: 409,
  period_not_clean: 409,
  period_not_over: 409,
  already_settled: 409,
  review_conflict: 409,
  google_refused: 502,
  google_unavailable: 503,
};

/** Why something was not stored, as a problem. */
export function refusal({ code, message, complaints }: Refused): HttpProblem {
  // To a client Google's "no" and Google's silence are one code; the status tells whether trying again helps.
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

function isRefused(outcome: { readonly kind: string } | null): outcome is Refused {
  return outcome?.kind === 'refused';
}
