import type { Room } from '../../ledger/attendance/room-store.ts';
import type { Refused } from '../../refusal.ts';
import { showClassFacts } from '../../render/json/class.ts';
import type { By } from '../action.ts';
import { proposedInstead } from '../closed-period.ts';
import { checkClass, type CheckedClass, type ClassInput } from './class-input.ts';
import {
  changeSchedule,
  doubleBookings,
  refuseClash,
  savedClass,
  type SavedClass,
  type ScheduleDeps,
  type Telling,
} from './class-verb.ts';
import { findSpace, roomFor } from './room-finder.ts';
import { rosterOf } from './roster.ts';

const NO_EVIDENCE =
  'the class is over and its Meet room was made now, so no call of it will be found: give the meet_code of the room where it was held, or link the call by a decision (link_call)';

/** Enters a class, and the people on it who are unknown. Without a code a Meet space is made first. */
export async function scheduleClass(
  deps: ScheduleDeps,
  input: ClassInput,
  by: By,
  signal: AbortSignal,
): Promise<SavedClass | Refused> {
  const checked = checkClass(input, { now: deps.clock.now(), organizer: deps.defaultOrganizer });
  if (checked.kind === 'refused') return checked;
  const space = await findSpace(deps, checked, signal);
  if (space.kind === 'refused') return space;
  return changeSchedule(deps, by, (telling) => {
    const room = roomFor(deps, space, telling.touch);
    const { classId, createdPeople, warnings } = enterClass(deps, { checked, room, telling });
    // A lesson that was forgotten is entered late: nothing that was issued changes by it.
    const closed = deps.money.periods.standingAt(checked.start);
    const late = closed === null ? [] : [proposedInstead(closed.period)];
    if (checked.room === 'new_space' && checked.end <= deps.clock.now()) late.push(NO_EVIDENCE);
    return savedClass(deps, classId, createdPeople, [...checked.warnings, ...warnings, ...space.warnings, ...late]);
  });
}

/** Stores a new class in a room; refused when the room is busy. */
export function enterClass(
  deps: ScheduleDeps,
  { checked, room, telling }: { checked: CheckedClass; room: Room; telling: Telling },
): { readonly classId: number; readonly createdPeople: readonly string[]; readonly warnings: readonly string[] } {
  const { subject, organizerEmail, seriesId, start, end } = checked;
  refuseClash(deps, room.id, checked);
  const { createdPeople, warnings, ...roster } = rosterOf(deps, checked, telling);
  const made = deps.classStore.create({ subject, roomId: room.id, organizerEmail, seriesId, start, end, ...roster });
  if (made.begun) deps.sessionStore.ensure(made.id);
  telling.touch(room.id, checked);
  telling.note({ action: 'class.schedule', subject: `class:${made.id}`, after: showClassFacts(made) });
  return { classId: made.id, createdPeople, warnings: [...warnings, ...doubleBookings(deps, made.id)] };
}
