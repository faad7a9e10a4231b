import type { PersonRole } from '../attendance/identity/knowledge.ts';
import { evidenceWindow, type RosterEntry, type WindowMargins } from '../schedule/class.ts';
import { MINUTE_MS } from '../time/duration.ts';
import { clip, difference, intersection, overlaps, totalMs, union, type Interval } from '../time/interval.ts';

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

export interface UnbilledSearch {
  readonly calls: readonly SeenCall[];
  /** Every class whose window the calls could touch, in any room, canceled ones too. */
  readonly classes: readonly PlannedClass[];
  readonly people: ReadonlyMap<number, SchoolPerson>;
  /** Rooms that are the school's, whoever was in them. */
  readonly knownSpaces: ReadonlySet<string>;
  readonly margins: WindowMargins;
  /** Shorter meetings are not taken for lessons. */
  readonly minTogetherMs: number;
}

/** A meeting that looks like a lesson and is on no bill. Nothing is billed before a person follows the suggestion. */
export interface UnbilledCandidate {
  readonly kind: 'held_although_canceled' | 'other_room' | 'no_class';
  readonly space: string;
  readonly meetCode: string | null;
  readonly organizerEmail: string | null;
  readonly records: readonly string[];
  /** The first and last instant that they were together. */
  readonly start: number;
  readonly end: number;
  /** Two people there at once; a teacher and a student, where both are known. */
  readonly togetherMs: number;
  readonly people: readonly {
    readonly personId: number | null;
    readonly email: string | null;
    readonly name: string;
    readonly role: PersonRole | 'unknown';
    readonly presentMs: number;
  }[];
  /** `likely`: a teacher and a student of the school. `possible`: people in one of the school's rooms. */
  readonly confidence: 'likely' | 'possible';
  readonly suggestion: {
    readonly action: 'reinstate_class' | 'link_call' | 'create_class';
    readonly classId: number | null;
    /** Another teacher who taught the class, and for whom; null: the class has several teachers. */
    readonly substitute?: { readonly email: string; readonly for: string | null };
    /** A sentence for the person who decides. */
    readonly text: string;
  };
}

/** One person, or one unknown participant, in a room. */
interface Occupant {
  readonly personId: number | null;
  readonly displayName: string;
  readonly role: PersonRole | 'unknown';
  readonly intervals: readonly Interval[];
}

interface Room {
  readonly space: string;
  readonly meetCode: string | null;
  readonly organizerEmail: string | null;
  readonly calls: readonly SeenCall[];
  readonly occupants: readonly Occupant[];
}

/** When a room was empty for so long, whoever comes next begins another meeting. */
const MEETING_GAP_MS = 30 * MINUTE_MS;

/**
 * Meetings that no class accounts for: in a room whose class was canceled, in another room than planned, or without any
 * class. Time within the window of a class of the same room belongs to that class and is left out.
 *
 * @returns ordered by start, then room
 */
export function findUnbilled(search: UnbilledSearch): UnbilledCandidate[] {
  const rooms = [...Map.groupBy(search.calls, ({ space }) => space).values()].map((calls) => roomOf(calls, search));
  return rooms
    .flatMap((room) => unbilledIn(room, rooms, search))
    .sort((a, b) => a.start - b.start || (a.space < b.space ? -1 : 1));
}

function roomOf(calls: readonly SeenCall[], { people }: UnbilledSearch): Room {
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

function unbilledIn(room: Room, rooms: readonly Room[], search: UnbilledSearch): UnbilledCandidate[] {
  const { classes, people, margins, minTogetherMs, knownSpaces } = search;
  const isLong = (met: readonly Interval[]): boolean => totalMs(met) >= minTogetherMs;
  const windowOf = (c: PlannedClass): Interval => evidenceWindow(c, margins);
  /** The people of a class were together in its window. */
  const metFor = (c: PlannedClass, occupants: readonly Occupant[] = []): boolean =>
    isLong(clip(rosterTogether(occupants, c), windowOf(c)));
  const planned = classes.filter(({ space }) => space === room.space);
  const covered = planned.map((c) => {
    const window = windowOf(c);
    return c.canceled ? { start: window.start, end: Math.min(window.end, c.settledUntil ?? window.start) } : window;
  });
  const uncovered = without(room.occupants, union(covered.filter(({ start, end }) => start < end)));

  const found: UnbilledCandidate[] = [];
  const settled: Interval[] = [];
  for (const c of planned.filter(({ canceled }) => canceled)) {
    const within = without(uncovered, settled).map((occupant) => only(occupant, windowOf(c)));
    const met = rosterTogether(within, c);
    if (!isLong(met)) continue;
    settled.push(windowOf(c));
    found.push(candidate({ kind: 'held_although_canceled', class: c, room, occupants: within, met }, people));
  }

  for (const meeting of meetings(without(uncovered, union(settled)))) {
    const span = { start: presenceOf(meeting)[0]!.start, end: presenceOf(meeting).at(-1)!.end };
    const elsewhere = classes
      .filter((c) => !c.canceled && c.space !== room.space && overlaps(span, windowOf(c)))
      .map((c) => ({ class: c, ...heldFor(c, meeting, windowOf(c)) }))
      .filter(({ met }) => isLong(met))
      // A class that its people attended where it was planned is not also held elsewhere.
      .filter(({ class: c }) => !metFor(c, rooms.find(({ space }) => space === c.space)?.occupants))
      .sort((one, other) => other.rank - one.rank || totalMs(other.met) - totalMs(one.met))[0];
    if (elsewhere !== undefined) {
      found.push(candidate({ kind: 'other_room', room, occupants: meeting, ...elsewhere }, people));
      continue;
    }
    const lesson = together(
      meeting.filter(({ role }) => role === 'teacher'),
      meeting.filter(({ role }) => role === 'student'),
    );
    const met = isLong(lesson) || !knownSpaces.has(room.space) ? lesson : anyTwo(meeting);
    if (isLong(met)) found.push(candidate({ kind: 'no_class', class: null, room, occupants: meeting, met }, people));
  }
  return found;
}

interface Meeting {
  readonly kind: UnbilledCandidate['kind'];
  /** The class that it looks like. */
  readonly class: PlannedClass | null;
  readonly room: Room;
  readonly occupants: readonly Occupant[];
  /** When they were together. */
  readonly met: readonly Interval[];
}

function candidate(
  { kind, class: c, room, occupants, met }: Meeting,
  people: UnbilledSearch['people'],
): UnbilledCandidate {
  const span = { start: met[0]!.start, end: met.at(-1)!.end };
  const present = occupants.filter(({ intervals }) => intervals.some((interval) => overlaps(interval, span)));
  const likely = ['teacher', 'student'].every((wanted) => present.some(({ role }) => role === wanted));
  return {
    kind,
    space: room.space,
    meetCode: room.meetCode,
    organizerEmail: room.organizerEmail,
    records: room.calls
      .filter(({ participants }) =>
        participants.some(({ intervals }) => intervals.some((interval) => overlaps(interval, span))),
      )
      .map(({ record }) => record)
      .sort(),
    ...span,
    togetherMs: totalMs(met),
    people: present.map(({ personId, displayName, role, intervals }) => {
      const person = personId === null ? undefined : people.get(personId);
      return {
        personId,
        email: person?.email ?? null,
        name: person?.name ?? displayName,
        role,
        presentMs: totalMs(intervals),
      };
    }),
    confidence: likely ? 'likely' : 'possible',
    suggestion: suggestionFor(kind, c, present, people),
  };
}

/** What a person may do about a meeting, and why. */
function suggestionFor(
  kind: UnbilledCandidate['kind'],
  c: PlannedClass | null,
  present: readonly Occupant[],
  people: UnbilledSearch['people'],
): UnbilledCandidate['suggestion'] {
  const named = c === null ? '' : `${c.subject} (class ${c.classId})`;
  const suggestions = {
    held_although_canceled: {
      action: 'reinstate_class',
      text: `${named} was canceled, yet its teacher and student met in its room. If it was held, reinstate it: POST /api/classes/${c?.classId}/reinstate. If it was not, confirm the cancellation by the decision set_outcome.`,
    },
    other_room: {
      action: 'link_call',
      text: ownTeacherIn(present, c)
        ? `The people of ${named} met in this room instead of their own. Link the call to the class.`
        : `A student of ${named} met another teacher in this room. Link the call to the class, and say who taught instead.`,
    },
    no_class: {
      action: 'create_class',
      text: 'No class is planned for this meeting. Create one for this time and room if it was a lesson.',
    },
  } as const;
  const substitute =
    kind === 'other_room' && c !== null && !ownTeacherIn(present, c) ? substituteIn(present, c, people) : null;
  return { ...suggestions[kind], classId: c?.classId ?? null, ...(substitute === null ? {} : { substitute }) };
}

/** The teacher who was there the longest, and whom they stood in for. */
function substituteIn(
  present: readonly Occupant[],
  { roster }: PlannedClass,
  people: UnbilledSearch['people'],
): NonNullable<UnbilledCandidate['suggestion']['substitute']> | null {
  const [longest] = present
    .filter(({ role }) => role === 'teacher')
    .toSorted((a, b) => totalMs(b.intervals) - totalMs(a.intervals));
  const email = longest === undefined || longest.personId === null ? undefined : people.get(longest.personId)?.email;
  const [own, ...others] = roster.filter(({ role }) => role === 'teacher');
  const replaced = own === undefined || others.length > 0 ? null : (people.get(own.personId)?.email ?? null);
  return email === undefined ? null : { email, for: replaced };
}

function ownTeacherIn(present: readonly Occupant[], c: PlannedClass | null): boolean {
  return present.some(({ personId }) =>
    c?.roster.some((entry) => entry.role === 'teacher' && entry.personId === personId),
  );
}

/**
 * When people who met may have held a class: its teacher and its student, better than its student and another teacher.
 *
 * @returns within the window of the class
 */
function heldFor(c: PlannedClass, occupants: readonly Occupant[], window: Interval): { rank: number; met: Interval[] } {
  const own = clip(rosterTogether(occupants, c), window);
  if (own.length > 0) return { rank: 1, met: own };
  const students = occupants.filter(({ personId }) =>
    c.roster.some((entry) => entry.role === 'student' && entry.personId === personId),
  );
  const teachers = occupants.filter(({ role }) => role === 'teacher');
  return { rank: 0, met: clip(together(students, teachers), window) };
}

function rosterTogether(occupants: readonly Occupant[], { roster }: PlannedClass): Interval[] {
  const ofRole = (wanted: RosterEntry['role']): Occupant[] =>
    occupants.filter((occupant) =>
      roster.some(({ personId, role }) => role === wanted && personId === occupant.personId),
    );
  return together(ofRole('teacher'), ofRole('student'));
}

/** When somebody of each side was there at the same time. */
function together(first: readonly Occupant[], second: readonly Occupant[]): Interval[] {
  return intersection(presenceOf(first), presenceOf(second));
}

function anyTwo(occupants: readonly Occupant[]): Interval[] {
  return union(occupants.flatMap((occupant, i) => together([occupant], occupants.slice(i + 1))));
}

function presenceOf(occupants: readonly Occupant[]): Interval[] {
  return union(occupants.flatMap(({ intervals }) => intervals));
}

function only(occupant: Occupant, within: Interval): Occupant {
  return { ...occupant, intervals: clip(occupant.intervals, within) };
}

/** The occupants without the time that is taken out; those who have no time left are dropped. */
function without(occupants: readonly Occupant[], taken: readonly Interval[]): Occupant[] {
  return occupants
    .map((occupant) => ({ ...occupant, intervals: difference(occupant.intervals, taken) }))
    .filter(({ intervals }) => intervals.length > 0);
}

/** Presence in a room, split where the room was empty. */
function meetings(occupants: readonly Occupant[]): Occupant[][] {
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
