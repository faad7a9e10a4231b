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
    // What was said of the participant itself is narrower than what holds everywhere.
    const itself = scope === 'everywhere' && item.knownPersonId !== null ? keysOf(deps, item, 'call') : [];
    for (const { kind, ...key } of [...itself, ...keysOf(deps, item, scope)]) {
      deps.review.ignore(item, { ...key, kind: kind === 'phone' ? 'name' : kind }, by);
    }
    deps.review.setState(id, 'ignored', by);
  });
}
