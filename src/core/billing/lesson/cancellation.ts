/**
 * What counts of a class that was canceled: the time until then, as of any class. What comes after it is no lesson until a
 * person says so. What a cancellation costs by its notice stands in `outcome.ts`.
 */
import { attendedFromMs } from '../../schedule/attended-if.ts';
import { clip, intersection, totalMs, type Interval } from '../../time/interval.ts';
import type { Settings } from '../policy/policy.ts';
import type { BilledClass, PersonPresence } from './billed-class.ts';
import { sliceClass, type SlicedClass, type SlicedPresence } from './sliced-presence.ts';

/** A class that was canceled after its start, as it was until then; null where it was canceled before, or was not. */
export function givenUntilCanceled(c: BilledClass, sliced: SlicedClass, settings: Settings): SlicedClass | null {
  const { canceledAt, start, end } = c;
  if (c.status !== 'canceled' || canceledAt === null || canceledAt <= start) return null;
  const until = { start: Number.MIN_SAFE_INTEGER, end: canceledAt };
  const cut = (person: PersonPresence): PersonPresence => ({
    ...person,
    intervals: wasMissing(person) ? [] : clip(person.intervals, until),
  });
  const given = sliceClass(
    { ...c, end: Math.min(canceledAt, end), teachers: c.teachers.map(cut), students: c.students.map(cut) },
    settings,
  );
  // Thresholds and caps are those of the whole timetable.
  const students = given.students.map((student, i) => {
    const elsewhere = sliced.students[i]?.elsewhere;
    return elsewhere === undefined ? student : { ...student, elsewhere };
  });
  return { ...given, students, slotMs: sliced.slotMs, held: sliced.held };
}

/** The same people in the class as it was until it was canceled. */
export function sameIn(given: readonly SlicedPresence[], people: readonly SlicedPresence[]): SlicedPresence[] {
  const wanted = new Set(people.map(({ person }) => person.personId));
  return given.filter(({ person }) => wanted.has(person.personId));
}

/**
 * Whether a student and a teacher were there together for a lesson after it was canceled: then it was held all the same.
 * It does not matter to which class their minutes belong: a class that stands beside this one gets them while it is canceled.
 */
export function metAfterwards(c: BilledClass, settings: Settings): boolean {
  const { slot, slotMs, students, taughtInSlot } = sliceClass(
    { ...c, teachers: c.teachers.map(inRoom), students: c.students.map(inRoom) },
    settings,
  );
  const afterwards: Interval = { start: Math.max(c.canceledAt ?? slot.start, slot.start), end: slot.end };
  if (afterwards.start >= afterwards.end) return false;
  const taught = clip(taughtInSlot, afterwards);
  const least = attendedFromMs(settings.attendedIf, slotMs);
  return students.some(({ person, inSlot }) => !wasMissing(person) && totalMs(intersection(inSlot, taught)) >= least);
}

/** The person with all that was seen of them in the room during the slot. */
function inRoom(person: PersonPresence): PersonPresence {
  return { ...person, intervals: [...person.intervals, ...(person.beside ?? [])] };
}

/** A person decided that somebody was not there, whatever was seen. */
function wasMissing({ status }: PersonPresence): boolean {
  return status === 'absent' || status === 'excused';
}
