import { refused, type Refused } from '../../refusal.ts';
import { audited, stop, type ByWithReason } from '../action.ts';
import { closedPeriodsOf, type ByAs } from '../closed-period.ts';
import { rebuildAfter, type DecisionDeps, type SavedDecision } from './decided-class.ts';

/** Takes a decision back: the logs are again what they would be without it. */
export function undoDecision(deps: DecisionDeps, id: number, by: ByAs<ByWithReason>): SavedDecision | Refused {
  const { money, classStore } = deps;
  return audited(deps, by, (note) => {
    const before = money.decisions.get(id) ?? stop(refused('not_found', `there is no decision ${id}`));
    if (before.undoneAt !== null) stop(refused('already_settled', `decision ${id} was undone before`));
    const c = before.classId === null ? null : classStore.get(before.classId);
    const [corrects = null] = c === null ? [] : closedPeriodsOf(deps, c.id, [c.start], by);
    const decision = money.decisions.undo(id, by.actor, by.reason);
    const subject = c === null ? `decision:${id}` : `class:${c.id}`;
    note({ action: 'decision.undo', subject, before, after: decision });
    return { kind: 'saved', decision, rebuiltClassIds: c === null ? [] : rebuildAfter(deps, c, decision), corrects };
  });
}
