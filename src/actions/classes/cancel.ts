import type { Canceler } from '../../core/schedule/class.ts';
import type { ScheduledClass } from '../../ledger/attendance/class-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { showClassFacts } from '../../render/json/class.ts';
import { stop, type ByWithReason } from '../action.ts';
import {
  changeSchedule,
  ensureSession,
  noClass,
  savedClass,
  type SavedClass,
  type ScheduleDeps,
} from './class-verb.ts';

/** Calls a class off. What was given until then counts, and its call is read to the end all the same. */
export function cancelClass(deps: ScheduleDeps, id: number, who: Canceler, by: ByWithReason): SavedClass | Refused {
  const { classStore, attendance } = deps;
  return changeSchedule(deps, by, ({ note, touch }) => {
    const before = classStore.get(id) ?? stop(noClass(id));
    if (before.status === 'canceled') {
      const message = `class ${id} is canceled already, by the ${before.canceledBy ?? 'school'}: nothing is left to cancel`;
      stop(refused('class_canceled', message));
    }
    refuseOver(deps, before);
    const after = classStore.cancel(id, who, by.reason);
    ensureSession(deps, id);
    touch(before.room.id, before);
    attendance.rebuild(id);
    const facts = { before: showClassFacts(before), after: showClassFacts(after) };
    note({ action: 'class.cancel', subject: `class:${id}`, ...facts });
    return savedClass(deps, id);
  });
}

/** What happened cannot be called off: what it costs is settled by a decision. */
function refuseOver({ money }: ScheduleDeps, { id, start, status }: ScheduledClass): void {
  const settle =
    'settle it by the decision set_outcome, for example with the outcome canceled or not_held (POST /api/decisions';
  const closed = money.periods.standingAt(start);
  if (closed !== null) {
    const message = `class ${id} is in ${closed.period}, which is closed, so it cannot be canceled any more: ${settle} with "as": "adjustment")`;
    stop(refused('period_closed', message));
  }
  if (status === 'completed') {
    stop(refused('class_completed', `class ${id} is over, so it cannot be canceled any more: ${settle})`));
  }
}
