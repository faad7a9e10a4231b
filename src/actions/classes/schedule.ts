import type { Room } from '../../ledger/attendance/room-store.ts';
import type { Refused } from '../../refusal.ts';
import { showClassFacts } from '../../render/json/class.ts';
import type { By, Note } from '../action.ts';
import { proposedInstead } from '../closed-period.ts';
import { checkClass, type CheckedClass, type ClassInput } from './class-input.ts';
import {
  changeSchedule,
  ensureSession,
  refuseClash,
  savedClass,
  type SavedClass,
  type ScheduleDeps,
  type Touch,
} from './class-verb.ts';
import { findSpace, roomFor } from './room-finder.ts';
import { rosterOf } from './roster.ts';

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
  return changeSchedule(deps, by, (note, touch) => {
    const room = roomFor(deps, space);
    const { classId, createdPeople } = enterClass(deps, { checked, room, note, touch });
    // A lesson that was forgotten is entered late: nothing that was issued changes by it.
    const closed = deps.money.periods.standingAt(checked.start);
    const late = closed === null ? [] : [proposedInstead(closed.period)];
    return savedClass(deps, classId, createdPeople, [...checked.warnings, ...space.warnings, ...late]);
  });
}

/** Stores a new class in a room; refused when the room is busy. */
export function enterClass(
  deps: ScheduleDeps,
  { checked, room, note, touch }: { checked: CheckedClass; room: Room; note: Note; touch: Touch },
): { readonly classId: number; readonly createdPeople: readonly string[] } {
  const { subject, organizerEmail, seriesId, start, end } = checked;
  refuseClash(deps, room.id, checked);
  const { createdPeople, ...roster } = rosterOf(deps, checked, note);
  const made = deps.classStore.create({ subject, roomId: room.id, organizerEmail, seriesId, start, end, ...roster });
  ensureSession(deps, made.id);
  touch(room.id, checked);
  note({ action: 'class.schedule', subject: `class:${made.id}`, after: showClassFacts(made) });
  return { classId: made.id, createdPeople };
}
