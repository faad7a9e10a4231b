import type { PersonRole } from '../attendance/identity/knowledge.ts';
import type { RosterEntry } from '../schedule/class.ts';
import { MINUTE_MS } from '../time/duration.ts';
import { clip, difference, intersection, union, type Interval } from '../time/interval.ts';

/** A call as the evidence shows it. Instants in epoch ms. */
export interface SeenCall {
  /** The conference record. */
  readonly record: string;
  /** `spaces/…` */
  readonly space: string;
  readonly meetCode: string | null;
  /** The account that reads the call. */
  readonly organizerEmail: string | null;
  readonly participants: readonly {
    /** Null: nobody knows who it was. */
    readonly personId: number | null;
    readonly displayName: string;
    readonly intervals: readonly Interval[];
  }[];
}

export interface PlannedClass {
  readonly classId: number;
  readonly subject: string;
  /** Null: the room is not resolved yet. */
  readonly space: string | null;
  readonly start: number;
  readonly end: number;
  readonly canceled: boolean;
  /** Of a canceled class: until then its time is on a bill. The cancellation, or for ever once a person confirmed it. */
  readonly settledUntil: number | null;
  readonly roster: readonly RosterEntry[];
}

export interface SchoolPerson {
  readonly email: string;
  readonly name: string | null;
  readonly role: PersonRole;
}

/** One person, or one unknown participant, in a room. */
export interface Occupant {
  readonly personId: number | null;
  readonly displayName: string;
  readonly role: PersonRole | 'unknown';
  readonly intervals: readonly Interval[];
}

export interface Room {
  readonly space: string;
  readonly meetCode: string | null;
  readonly organizerEmail: string | null;
  readonly calls: readonly SeenCall[];
  readonly occupants: readonly Occupant[];
}

/** When a room was empty for so long, whoever comes next begins another meeting. */
const MEETING_GAP_MS = 30 * MINUTE_MS;

export function roomOf(calls: readonly SeenCall[], people: ReadonlyMap<number, SchoolPerson>): Room {
  const seen = calls.flatMap(({ participants }) => participants);
  const occupants = [
    ...Map.groupBy(seen, ({ personId, displayName }) =>
      personId === null ? `name ${displayName}` : `person ${personId}`,
    ).values(),
  ].map((same): Occupant => {
    const { personId, displayName } = same[0]!;
    const role = personId === null ? 'unknown' : (people.get(personId)?.role ?? 'unknown');
    return { personId, displayName, role, intervals: union(same.flatMap(({ intervals }) => intervals)) };
  });
  const { space } = calls[0]!;
  const meetCode = calls.find((call) => call.meetCode !== null)?.meetCode ?? null;
  const organizerEmail = calls.find((call) => call.organizerEmail !== null)?.organizerEmail ?? null;
  return { space, meetCode, organizerEmail, calls, occupants };
}

/** When the people of a class were together in its own room. */
export function metIn(rooms: readonly Room[], c: PlannedClass, window: Interval): Interval[] {
  return clip(rosterTogether(rooms.find(({ space }) => space === c.space)?.occupants ?? [], c), window);
}

/** When students of a class were with a teacher, whoever that is. */
export function withAnyTeacher(occupants: readonly Occupant[], c: PlannedClass): Interval[] {
  const students = occupants.filter(({ personId }) =>
    c.roster.some((entry) => entry.role === 'student' && entry.personId === personId),
  );
  return together(
    students,
    occupants.filter(({ role }) => role === 'teacher'),
  );
}

export function rosterTogether(occupants: readonly Occupant[], { roster }: PlannedClass): Interval[] {
  const ofRole = (wanted: RosterEntry['role']): Occupant[] =>
    occupants.filter((occupant) =>
      roster.some(({ personId, role }) => role === wanted && personId === occupant.personId),
    );
  return together(ofRole('teacher'), ofRole('student'));
}

/** When somebody of each side was there at the same time. */
export function together(first: readonly Occupant[], second: readonly Occupant[]): Interval[] {
  return intersection(presenceOf(first), presenceOf(second));
}

export function anyTwo(occupants: readonly Occupant[]): Interval[] {
  return union(occupants.flatMap((occupant, i) => together([occupant], occupants.slice(i + 1))));
}

export function presenceOf(occupants: readonly Occupant[]): Interval[] {
  return union(occupants.flatMap(({ intervals }) => intervals));
}

export function only(occupant: Occupant, within: Interval): Occupant {
  return { ...occupant, intervals: clip(occupant.intervals, within) };
}

/** The occupants without the time that is taken out; those who have no time left are dropped. */
export function without(occupants: readonly Occupant[], taken: readonly Interval[]): Occupant[] {
  return occupants
    .map((occupant) => ({ ...occupant, intervals: difference(occupant.intervals, taken) }))
    .filter(({ intervals }) => intervals.length > 0);
}

/** Presence in a room, split where the room was empty. */
export function meetings(occupants: readonly Occupant[]): Occupant[][] {
  const spans: { start: number; end: number }[] = [];
  for (const { start, end } of presenceOf(occupants)) {
    const last = spans.at(-1);
    if (last !== undefined && start - last.end < MEETING_GAP_MS) last.end = end;
    else spans.push({ start, end });
  }
  return spans.map((span) =>
    occupants.map((occupant) => only(occupant, span)).filter(({ intervals }) => intervals.length > 0),
  );
}
