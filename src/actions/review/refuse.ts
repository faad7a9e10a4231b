import type { Unmatched } from '../../core/attendance/identity/unmatched.ts';
import type { AliasScope, ReviewItem } from '../../ledger/attendance/review-store.ts';
import type { Refused } from '../../refusal.ts';
import { personByEmail } from './accept.ts';
import {
  answerItem,
  keysOf,
  refuseUnlessOpen,
  scopeOf,
  type Answered,
  type AnsweredBy,
  type ReviewDeps,
} from './answer.ts';

export interface RefuseInput {
  /** Who it is not; by default who was suggested. */
  readonly userEmail?: string | undefined;
  readonly scope?: AliasScope | undefined;
}

/**
 * Remembers that a participant is not that person, so that the guess does not come back. The item stays open while it
 * may be somebody else who was expected and not seen. With nobody suggested and nobody named it is none of those.
 */
export function refuseReview(deps: ReviewDeps, id: number, input: RefuseInput, by: AnsweredBy): Answered | Refused {
  return answerItem(
    deps,
    'refuse',
    id,
    { by, scope: input.scope },
    (item) => {
      refuseUnlessOpen(deps, item);
      const named = input.userEmail === undefined ? null : personByEmail(deps, input.userEmail);
      const scope = scopeOf(item, input.scope, 'refuse');
      const one = named ?? item.suggestedPersonId;
      const personIds = one === null ? (waitingFor(deps, item)?.mayBe ?? []) : [one];
      const keys = keysOf(deps, item, scope);
      const { actor, reason } = by;
      for (const personId of personIds) {
        for (const key of keys) deps.review.learn(item, key, { actor, reason, personId, verdict: 'is_not' });
      }
    },
    (item) => {
      const left = waitingFor(deps, item)?.mayBe ?? [];
      deps.review.setState(id, left.length > 0 ? 'open' : 'refused', by);
    },
  );
}

/** The participant of the item as the evidence and the answers have it now. */
function waitingFor({ attendance }: ReviewDeps, { classId, userId, participants }: ReviewItem): Unmatched | undefined {
  const key = userId === null ? participants[0] : `account:${userId}`;
  return attendance.waiting(classId).find((unmatched) => unmatched.key === key);
}
