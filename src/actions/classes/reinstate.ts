import { refused, type Refused } from '../../refusal.ts';
import { showClassFacts } from '../../render/json/class.ts';
import { stop, type ByWithReason } from '../action.ts';
import { closedPeriodsOf, proposedInstead, type ByAs } from '../closed-period.ts';
import {
  changeSchedule,
  doubleBookings,
  ensureSession,
  noClass,
  refuseClash,
  savedClass,
  type SavedClass,
  type ScheduleDeps,
} from './class-verb.ts';

/**
 * Takes a cancellation back: the class stands as it stood before. Refused when another class has its room by now. A class
 * of a closed period is reinstated as an adjustment only.
 */
export function reinstateClass(deps: ScheduleDeps, id: number, by: ByAs<ByWithReason>): SavedClass | Refused {
  const { classStore, attendance } = deps;
  return changeSchedule(deps, by, ({ note, touch }) => {
    const before = classStore.get(id) ?? stop(noClass(id));
    if (before.status !== 'canceled') {
      stop(refused('class_not_canceled', `class ${id} is not canceled: there is nothing to take back`));
    }
    const closed = closedPeriodsOf(deps, id, [before.start], by);
    refuseClash(deps, before.room.id, before, id);
    const after = classStore.reinstate(id);
    ensureSession(deps, id);
    touch(before.room.id, before);
    attendance.rebuild(id);
    const facts = { before: showClassFacts(before), after: showClassFacts(after) };
    note({ action: 'class.reinstate', subject: `class:${id}`, ...facts });
    const decided = deps.money.decisions.list({ classId: id, kind: 'set_outcome', standing: true });
    const still = decided.flatMap((decision) =>
      decision.kind === 'set_outcome' && decision.payload.outcome === 'canceled'
        ? [`decision ${decision.id} still says that it counts as canceled: undo that too for the minutes to count`]
        : [],
    );
    return savedClass(deps, id, [], [...closed.map(proposedInstead), ...still, ...doubleBookings(deps, id)]);
  });
}
