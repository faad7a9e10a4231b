import type { Canceler } from '../../core/schedule/class.ts';
import { refused, type Refused } from '../../refusal.ts';
import { showClassFacts } from '../../render/json/class.ts';
import { stop, type ByWithReason } from '../action.ts';
import { changeSchedule, noClass, savedClass, type SavedClass, type ScheduleDeps } from './class-verb.ts';

export function cancelClass(deps: ScheduleDeps, id: number, who: Canceler, by: ByWithReason): SavedClass | Refused {
  const { classStore, attendance } = deps;
  return changeSchedule(deps, by, (note, touch) => {
    const before = classStore.get(id) ?? stop(noClass(id));
    if (before.status === 'canceled') {
      const message = `class ${id} is canceled already, by the ${before.canceledBy ?? 'school'}: nothing is left to cancel`;
      stop(refused('class_canceled', message));
    }
    const after = classStore.cancel(id, who, by.reason);
    touch(before.room.id, before);
    attendance.rebuild(id);
    const facts = { before: showClassFacts(before), after: showClassFacts(after) };
    note({ action: 'class.cancel', subject: `class:${id}`, ...facts });
    return savedClass(deps, id);
  });
}
