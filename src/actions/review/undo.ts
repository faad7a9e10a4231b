import { IDENTITY_SCOPES } from '../../core/attendance/identity/knowledge.ts';
import { refused, type Refused } from '../../refusal.ts';
import { stop } from '../action.ts';
import { answerItem, goneBecause, type Answered, type AnsweredBy, type ReviewDeps } from './answer.ts';

/** Takes back what was settled: the item waits again, and what was learned from it holds no more. */
export function undoReview(deps: ReviewDeps, id: number, by: AnsweredBy): Answered | Refused {
  const learned = deps.review.scopesOf(id);
  const scope = IDENTITY_SCOPES.findLast((wide) => learned.includes(wide));
  return answerItem(deps, 'undo', id, { by, scope }, (item) => {
    const forgotten = deps.review.forget(id);
    if (item.state === 'gone' && forgotten === 0) {
      stop(refused('review_conflict', `there is nothing to undo: ${goneBecause(deps, item)}`));
    }
    // Of an item that is open somebody may have been ruled out.
    if (item.state === 'open' && forgotten === 0) {
      stop(refused('review_conflict', 'the review item is open: there is nothing to undo'));
    }
    deps.review.setState(id, 'open', null);
  });
}
