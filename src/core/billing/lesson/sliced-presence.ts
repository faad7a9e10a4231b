import { MINUTE_MS, SECOND_MS } from '../../time/duration.ts';
import { bridge, clip, difference, intersection, totalMs, union, type Interval } from '../../time/interval.ts';
import type { Settings } from '../policy/policy.ts';
import type { BilledClass, PersonPresence } from './billed-class.ts';
import type { LineFlag } from './flags.ts';

/** Somebody's presence at each step before money. All sets ascending and disjoint. */
export interface SlicedPresence {
  readonly person: PersonPresence;
  /** As attributed to the class; empty while the identity is not confirmed. */
  readonly real: readonly Interval[];
  /** Short drops filled. */
  readonly bridged: readonly Interval[];
  /** Bridged, inside the slot. */
  readonly inSlot: readonly Interval[];
  /** Bridged, inside the window of the charge. */
  readonly inWindow: readonly Interval[];
  /** Time around the slot that another class charges this student; left out: none. */
  readonly elsewhere?: readonly Interval[];
  /** Seen, but not sure enough to bill on. */
  readonly doubtful: boolean;
}

/** A class sliced for money. */
export interface SlicedClass {
  readonly slot: Interval;
  readonly slotMs: number;
  /** The slot and its approved overrun: what the timetable caps at, and what a teacher's pay is clipped to. */
  readonly held: Interval;
  /** What charges count: the slot, widened by `charge.before` and `charge.after`. */
  readonly window: Interval;
  readonly teachers: readonly SlicedPresence[];
  readonly students: readonly SlicedPresence[];
  /** Any teacher, bridged each, in the window and in the slot. */
  readonly taught: readonly Interval[];
  readonly taughtInSlot: readonly Interval[];
  /** How long after the start the first teacher came; 0 on time, null never. */
  readonly teacherLateMs: number | null;
  readonly flags: readonly LineFlag[];
}

/** The first steps of the fixed order: union, slice, bridge, clip. */
export function sliceClass(c: BilledClass, { charge, bridge: bridgeSeconds }: Settings): SlicedClass {
  const slot = { start: c.start, end: c.end };
  const approvedMs = c.approvedOverrunMinutes * MINUTE_MS;
  const held = { start: c.start, end: c.end + approvedMs };
  const afterMs = charge.after === 'approve' ? approvedMs : Math.max(charge.after * MINUTE_MS, approvedMs);
  const window = { start: c.start - charge.before * MINUTE_MS, end: c.end + afterMs };
  const slice = (person: PersonPresence): SlicedPresence => {
    const real = person.confirmed ? union(person.intervals) : [];
    const bridged = bridge(real, bridgeSeconds * SECOND_MS);
    const doubtful = !person.confirmed && union(person.intervals).length > 0;
    return { person, real, bridged, inSlot: clip(bridged, slot), inWindow: clip(bridged, window), doubtful };
  };
  const teachers = once(c.teachers);
  const students = once(c.students);
  const flags: LineFlag[] = [...c.flags];
  if (teachers.length < c.teachers.length || students.length < c.students.length) flags.push('enrolled_twice');
  const slicedTeachers = teachers.map(slice);
  const taught = union(slicedTeachers.flatMap(({ bridged }) => bridged));
  const taughtInSlot = clip(taught, slot);
  return {
    slot,
    slotMs: c.end - c.start,
    held,
    window,
    teachers: slicedTeachers,
    students: students.map(slice),
    taught: clip(taught, window),
    taughtInSlot,
    teacherLateMs: taughtInSlot[0] === undefined ? null : taughtInSlot[0].start - c.start,
    flags,
  };
}

/** Somebody who is on the roster twice is one person with all the presence. */
function once(people: readonly PersonPresence[]): PersonPresence[] {
  return [...Map.groupBy(people, ({ personId }) => personId).values()].map((entries) => ({
    ...entries[0]!,
    intervals: entries.flatMap(({ intervals }) => intervals),
    evidence: [...new Set(entries.flatMap(({ evidence }) => evidence))],
  }));
}

/** Raw presence of a student in ms. */
export interface Seen {
  readonly presentMs: number;
  readonly togetherMs: number;
  readonly overrunMs: number;
}

/** The raw presence of a student in the window of the charge, what of it was with any teacher, and what came after. */
export function seen({ real }: SlicedPresence, { window, teachers, flags }: SlicedClass): Seen {
  const together = intersection(real, union(teachers.flatMap((teacher) => teacher.real)));
  const afterwards = { start: window.end, end: Number.MAX_SAFE_INTEGER };
  return {
    presentMs: totalMs(clip(real, window)),
    togetherMs: totalMs(clip(together, window)),
    // Nobody knows when people left a call that Google does not end.
    overrunMs: flags.includes('call_still_open') ? 0 : totalMs(clip(together, afterwards)),
  };
}

/** With all that was seen of the person in the room during the slot, also where it belongs to the class beside this one. */
export function inRoom(presence: SlicedPresence): SlicedPresence {
  const { beside = [] } = presence.person;
  return { ...presence, real: union([...presence.real, ...beside]) };
}

/** The short drops of a person inside a window that were filled, and whether there were so many that it matters. */
export function bridgedIn(
  { real, bridged }: Pick<SlicedPresence, 'real' | 'bridged'>,
  window: Interval,
): { readonly bridgedMs: number; readonly unstable: boolean } {
  const [before, after] = [clip(real, window), clip(bridged, window)];
  const bridgedMs = totalMs(after) - totalMs(before);
  return { bridgedMs, unstable: before.length - after.length >= 10 || bridgedMs >= 10 * MINUTE_MS };
}

/** Together for less than half of the slot. */
export function wasShort(togetherMs: number, { slotMs }: Pick<SlicedClass, 'slotMs'>): boolean {
  return 2 * togetherMs < slotMs;
}

/** The teacher began later than the policy calls late. */
export function teacherWasLate({ teacherLateMs }: SlicedClass, { teacherFault }: Settings): boolean {
  return teacherLateMs !== null && teacherLateMs > teacherFault.lateAfter * MINUTE_MS;
}

/**
 * A lesson was short because of the teacher: late, or not there for as long as that while the student was. Then no
 * minimum is due.
 */
export function teacherWasTheCause(
  sliced: SlicedClass,
  studentInSlot: readonly Interval[],
  settings: Settings,
): boolean {
  const waitedMs = totalMs(difference(studentInSlot, sliced.taughtInSlot));
  return teacherWasLate(sliced, settings) || waitedMs > settings.teacherFault.lateAfter * MINUTE_MS;
}
