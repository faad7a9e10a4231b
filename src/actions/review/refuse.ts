import type { AliasScope } from '../../ledger/attendance/review-store.ts';
import type { Refused } from '../../refusal.ts';
import type { ByWithReason } from '../action.ts';
import { personByEmail } from './accept.ts';
import { answerItem, keysOf, refuseUnlessOpen, scopeOf, type Answered, type ReviewDeps } from './answer.ts';

export interface RefuseInput {
  /** Who it is not; by default who was suggested. */
  readonly userEmail?: string | undefined;
  readonly scope?: AliasScope | undefined;
}

/** Remembers that a participant is not that person (or nobody known), so that the guess does not come back. */
export function refuseReview(deps: ReviewDeps, id: number, input: RefuseInput, by: ByWithReason): Answered | Refused {
  return answerItem(deps, 'refuse', id, by, (item) => {
    const named = input.userEmail === undefined ? null : personByEmail(deps, input.userEmail);
    refuseUnlessOpen(item);
    const personId = named ?? item.suggestedPersonId;
    const scope = scopeOf(item, input.scope, 'refuse');
    if (personId !== null) {
      for (const key of keysOf(deps, item, scope)) deps.review.learn(item, key, { ...by, personId, verdict: 'is_not' });
    }
    deps.review.setState(id, 'refused', by);
  });
}
