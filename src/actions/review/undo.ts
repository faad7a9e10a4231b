import { refused, type Refused } from '../../refusal.ts';
import { stop } from '../action.ts';
import { settleItem, type ReviewDeps, type Reviewer, type Settled } from './settle.ts';

/** Takes back what was settled: the item waits again, and what was learned from it holds no more. */
export function undoReview(deps: ReviewDeps, id: number, by: Reviewer): Settled | Refused {
  return settleItem(deps, 'undo', id, by, ({ state }) => {
    if (state === 'open' || state === 'gone') {
      stop(refused('review_conflict', `the review item is ${state}: there is nothing to undo`));
    }
    deps.review.forget(id);
    deps.review.setState(id, 'open', null);
  });
}
