import type { AliasScope } from '../../ledger/attendance/review-store.ts';
import type { Refused } from '../../refusal.ts';
import { refuseField, type ByWithReason } from '../action.ts';
import { answerItem, keysOf, refuseUnlessOpen, scopeOf, type Answered, type ReviewDeps } from './answer.ts';

export interface AcceptInput {
  /** Who it is: one of the two. */
  readonly personId?: number | undefined;
  readonly userEmail?: string | undefined;
  readonly scope?: AliasScope | undefined;
}

/** Learns who a participant is, in the class, its series, or everywhere, and rebuilds the logs that it touches. */
export function acceptReview(deps: ReviewDeps, id: number, input: AcceptInput, by: ByWithReason): Answered | Refused {
  return answerItem(deps, 'accept', id, by, (item) => {
    const personId = personOf(deps, input);
    refuseUnlessOpen(item);
    const scope = scopeOf(item, input.scope, 'accept');
    for (const key of keysOf(deps, item, scope)) deps.review.learn(item, key, { ...by, personId, verdict: 'is' });
    deps.review.setState(id, 'accepted', by);
  });
}

function personOf({ people }: ReviewDeps, { personId, userEmail }: AcceptInput): number {
  if ((personId === undefined) === (userEmail === undefined)) {
    refuseField('person_id', 'give either person_id or user_email');
  }
  if (personId === undefined) return personByEmail({ people }, userEmail ?? '');
  if (people.get(personId) === null) refuseField('person_id', `there is no person ${personId}`);
  return personId;
}

/** Inside a transaction: somebody who is known by that address. */
export function personByEmail({ people }: Pick<ReviewDeps, 'people'>, email: string): number {
  const message = `${email} is not a person yet; enter them as a person first`;
  return people.byEmail(email)?.id ?? refuseField('user_email', message);
}
