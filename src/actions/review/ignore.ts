import { normaliseName } from '../../core/attendance/identity.ts';
import type { Refused } from '../../refusal.ts';
import type { ByWithReason } from '../action.ts';
import { answerItem, refuseUnlessOpen, type Answered, type ReviewDeps } from './answer.ts';

/** Says that a participant is a bot or a room device: nobody, now and in all classes. */
export function ignoreReview(deps: ReviewDeps, id: number, by: ByWithReason): Answered | Refused {
  return answerItem(deps, 'ignore', id, by, (item) => {
    refuseUnlessOpen(item);
    const key =
      item.userId === null
        ? { kind: 'name' as const, value: normaliseName(item.displayName) }
        : { kind: 'account' as const, value: item.userId };
    deps.review.ignore(item, key, by);
    deps.review.setState(id, 'ignored', by);
  });
}
