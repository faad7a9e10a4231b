import { refused, type Refused } from '../../refusal.ts';
import { stop, type ByWithReason } from '../action.ts';
import { answerItem, type Answered, type ReviewDeps } from './answer.ts';

/** Takes back what was settled: the item waits again, and what was learned from it holds no more. */
export function undoReview(deps: ReviewDeps, id: number, by: ByWithReason): Answered | Refused {
  return answerItem(deps, 'undo', id, by, ({ state }) => {
    if (state === 'open' || state === 'gone') {
      stop(refused('review_conflict', `the review item is ${state}: there is nothing to undo`));
    }
    deps.review.forget(id);
    deps.review.setState(id, 'open', null);
  });
}
