import { refused, type Refused } from '../../refusal.ts';
import { refuse, type WithReason } from '../action.ts';
import { booked, changeSchedule, classFacts, noClass, type Booked, type ScheduleDeps } from './schedule-change.ts';

export function cancelClass(
  deps: ScheduleDeps,
  id: number,
  who: 'family' | 'teacher' | 'school',
  by: WithReason,
): Booked | Refused {
  const { classStore, attendance } = deps;
  return changeSchedule(deps, by, (record, touch) => {
    const before = classStore.get(id) ?? refuse(noClass(id));
    if (before.status === 'canceled') {
      const message = `class ${id} is canceled already, by the ${before.canceledBy ?? 'school'}: nothing is left to cancel`;
      refuse(refused('class_canceled', message));
    }
    const after = classStore.cancel(id, who, by.reason);
    touch(before.room.id, before);
    attendance.rebuild(id);
    const facts = { before: classFacts(before), after: classFacts(after) };
    record({ action: 'class.cancel', subject: `class:${id}`, ...facts });
    return booked(deps, id, [], []);
  });
}
