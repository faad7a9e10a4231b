import type { AliasScope } from '../../ledger/attendance/review-store.ts';
import type { Refused } from '../../refusal.ts';
import {
  answerItem,
  keysOf,
  refuseUnlessOpen,
  scopeOf,
  type Answered,
  type AnsweredBy,
  type ReviewDeps,
} from './answer.ts';

export interface IgnoreInput {
  readonly scope?: AliasScope | undefined;
}

/** Says that a participant is a bot or a room device: nobody, in the call, the class, its series or everywhere. */
export function ignoreReview(deps: ReviewDeps, id: number, input: IgnoreInput, by: AnsweredBy): Answered | Refused {
  return answerItem(deps, 'ignore', id, { by, scope: input.scope }, (item) => {
    refuseUnlessOpen(deps, item);
    const scope = scopeOf(item, input.scope, 'ignore');
    for (const { kind, value, scope: keyScope } of keysOf(deps, item, scope)) {
      // Somebody known who is nobody in this class may be expected in another class of the same call.
      const where = kind === 'participant' && item.knownPersonId !== null ? 'class' : keyScope;
      deps.review.ignore(item, { kind: kind === 'phone' ? 'name' : kind, value, scope: where }, by);
    }
    deps.review.setState(id, 'ignored', by);
  });
}
