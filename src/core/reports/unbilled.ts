import type { PersonRole } from '../attendance/identity/knowledge.ts';
import { evidenceWindow, type WindowMargins } from '../schedule/class.ts';
import { clip, difference, overlaps, totalMs, union, type Interval } from '../time/interval.ts';
import {
  anyTwo,
  meetings,
  metIn,
  only,
  presenceOf,
  roomOf,
  rosterTogether,
  together,
  withAnyTeacher,
  without,
  type PlannedClass,
  type Room,
  type SchoolPerson,
  type SeenCall,
  type Occupant,
} from './meetings.ts';

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

/**
 * Meetings that no class accounts for: in a room whose class was canceled, in another room than planned, or without any
 * class. Time within the window of a class of the same room belongs to that class and is left out.
 *
 * @returns ordered by start, then room
 */
export function findUnbilled(search: UnbilledSearch): UnbilledCandidate[] {
  const rooms = [...Map.groupBy(search.calls, ({ space }) => space).values()].map((calls) =>
    roomOf(calls, search.people),
  );
  return rooms
    .flatMap((room) => unbilledIn(room, rooms, search))
    .sort((a, b) => a.start - b.start || (a.space < b.space ? -1 : 1));
}

function unbilledIn(room: Room, rooms: readonly Room[], search: UnbilledSearch): UnbilledCandidate[] {
  const { classes, people, margins, minTogetherMs, knownSpaces } = search;
  const isLong = (met: readonly Interval[]): boolean => totalMs(met) >= minTogetherMs;
  const windowOf = (c: PlannedClass): Interval => evidenceWindow(c, margins);
  const planned = classes.filter(({ space }) => space === room.space);
  const uncovered = without(room.occupants, union(planned.flatMap((c) => coveredBy(c, margins))));

  const found: UnbilledCandidate[] = [];
  const settled: Interval[] = [];
  for (const c of planned.filter(({ canceled }) => canceled)) {
    const within = without(uncovered, settled).map((occupant) => only(occupant, windowOf(c)));
    const met = rosterTogether(within, c);
    if (!isLong(met)) continue;
    settled.push(windowOf(c));
    found.push(candidate({ kind: 'held_although_canceled', class: c, room, occupants: within, met }, people));
  }

  const others = classes.filter((c) => !c.canceled && c.space !== room.space);
  const held = heldHere(room, others, rooms, search);
  for (const meeting of meetings(without(uncovered, union(settled)))) {
    const span = { start: presenceOf(meeting)[0]!.start, end: presenceOf(meeting).at(-1)!.end };
    const own = held
      .filter(({ met }) => isLong(clip(met, span)))
      .sort((one, other) => totalMs(other.met) - totalMs(one.met));
    // Of one meeting several classes were held if their people were there in the slot of each.
    const inSlot = own.filter(({ class: c, met }) => isLong(clip(met, c)));
    for (const { class: c, met, part } of inSlot.length > 0 ? inSlot : own.slice(0, 1)) {
      held.splice(
        held.findIndex((one) => one.class === c),
        1,
      );
      found.push(candidate({ kind: 'other_room', room, occupants: meeting, class: c, met, part }, people));
    }
    if (own.length > 0) continue;
    const stoodIn = others
      .filter((c) => overlaps(span, windowOf(c)) && !isLong(metIn(rooms, c, windowOf(c))))
      .map((c) => ({ class: c, met: clip(withAnyTeacher(meeting, c), windowOf(c)) }))
      .filter(({ met }) => isLong(met))
      .sort((one, other) => totalMs(other.met) - totalMs(one.met))[0];
    if (stoodIn !== undefined) {
      found.push(candidate({ kind: 'other_room', room, occupants: meeting, ...stoodIn }, people));
      continue;
    }
    const lesson = together(
      meeting.filter(({ role }) => role === 'teacher'),
      meeting.filter(({ role }) => role === 'student'),
    );
    const met = isLong(lesson) || !knownSpaces.has(room.space) ? lesson : anyTwo(meeting);
    if (isLong(met)) found.push(candidate({ kind: 'no_class', class: null, room, occupants: meeting, met }, people));
  }
  // In the time of another class of this room, with people who do not belong to that one.
  for (const { class: c, met, part } of held.filter((one) => isLong(clip(one.met, one.class)))) {
    const occupants = room.occupants
      .filter(({ personId }) => c.roster.some((entry) => entry.personId === personId))
      .map((occupant) => only(occupant, windowOf(c)));
    found.push(candidate({ kind: 'other_room', room, occupants, class: c, met, part }, people));
  }
  return found;
}

/** The window of a class; of a canceled one as far as it is on a bill. */
function coveredBy(c: PlannedClass, margins: WindowMargins): Interval[] {
  const window = evidenceWindow(c, margins);
  const end = c.canceled ? Math.min(window.end, c.settledUntil ?? window.start) : window.end;
  return end <= window.start ? [] : [{ start: window.start, end }];
}

/** A class whose own people met in a room that is not theirs. */
interface Held {
  readonly class: PlannedClass;
  readonly met: readonly Interval[];
  /** They were in their own room for some of it, too. */
  readonly part: boolean;
}

/** Classes of other rooms that were held in this one, in part at least. What is of a class of this room is not of another one. */
function heldHere(
  room: Room,
  others: readonly PlannedClass[],
  rooms: readonly Room[],
  { classes, margins, minTogetherMs }: UnbilledSearch,
): Held[] {
  const planned = classes.filter(({ space }) => space === room.space);
  const theirs = room.occupants.flatMap((occupant) => {
    const own = planned.filter(
      ({ roster }) => occupant.personId === null || roster.some(({ personId }) => personId === occupant.personId),
    );
    return without([occupant], union(own.flatMap((c) => coveredBy(c, margins))));
  });
  const here = new Set(theirs.map(({ personId }) => personId));
  return others.flatMap((c): Held[] => {
    // Most classes have nobody in this room, which is known without looking at any time.
    if (!c.roster.some(({ personId }) => here.has(personId))) return [];
    const window = evidenceWindow(c, margins);
    const met = clip(rosterTogether(theirs, c), window);
    const inOwnRoom = metIn(rooms, c, window);
    const part = totalMs(inOwnRoom) >= minTogetherMs;
    const missed = part ? difference(clip(met, c), inOwnRoom) : met;
    return totalMs(missed) >= minTogetherMs ? [{ class: c, met, part }] : [];
  });
}

interface Meeting {
  readonly kind: UnbilledCandidate['kind'];
  /** The class that it looks like. */
  readonly class: PlannedClass | null;
  readonly room: Room;
  readonly occupants: readonly Occupant[];
  /** When they were together. */
  readonly met: readonly Interval[];
  /** They held it in its own room, too. */
  readonly part?: boolean;
}

function candidate(
  { kind, class: c, room, occupants, met, part = false }: Meeting,
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
    suggestion: suggestionFor({ kind, class: c, part }, present, people),
  };
}

/** What a person may do about a meeting, and why. */
function suggestionFor(
  { kind, class: c, part = false }: Pick<Meeting, 'kind' | 'class' | 'part'>,
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
        ? `The people of ${named} met in this room ${part ? 'as well as in' : 'instead of'} their own. Link the call to the class.`
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
