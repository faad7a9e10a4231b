import type { ClassToBill } from '../charge/assess.ts';
import type { ClassCharges } from '../charge/charge.ts';
import { paysAsIfAttended, waitServed } from '../lesson/no-show.ts';
import { classifyEmptyRoster, type Outcome } from '../lesson/outcome.ts';

/**
 * The outcome of a class for its teachers: held if any student attended, otherwise that of the student whose outcome is
 * best for the teacher. One who waited for an excused student is paid as for a student who stayed away, see
 * `waitedForExcused`.
 */
export function outcomeForPay(toBill: ClassToBill, { outcomes }: ClassCharges): Outcome {
  const { billed, sliced, policy } = toBill;
  const all = outcomes.map(({ outcome }) => outcome);
  if (all.length === 0) return classifyEmptyRoster(billed, sliced, policy.settings);
  const attended = all.find(({ kind }) => kind === 'attended');
  if (attended !== undefined) return { ...attended, reason: 'The class was held.' };
  const blocked = all.find((outcome) => outcome.blocked !== null);
  if (blocked !== undefined) return byPresenceAnyway(toBill, blocked) ?? blocked;
  return all.find(({ kind }) => kind === 'student_no_show') ?? all.find(({ kind }) => kind !== 'excused') ?? all[0]!;
}

/** Whether an excused student was waited for as one who stays away is: a teacher need not know of an excuse. */
export function waitedForExcused({ sliced, policy }: Pick<ClassToBill, 'sliced' | 'policy'>): boolean {
  return sliced.taughtInSlot.length > 0 && waitServed(sliced.taughtInSlot, sliced, policy.settings);
}

/** Where a no-show pays as a lesson does, the pay need not wait until it is known who the guest was. */
function byPresenceAnyway({ sliced, policy }: ClassToBill, blocked: Outcome): Outcome | null {
  if (blocked.blocked !== 'review_open' || sliced.taughtInSlot.length === 0) return null;
  if (!paysAsIfAttended(policy.settings)) return null;
  return { ...blocked, kind: 'wait_not_served', blocked: null, flags: ['review_open'] };
}
