import type { RoomClass, WindowMargins } from '../schedule/class.ts';
import { clip, difference, overlaps, union, type Interval } from '../time/interval.ts';
import { assignments, type Assignment } from './attribution.ts';
import type { ParticipantEvidence, RecordEvidence } from './evidence.ts';
import type { Identification } from './identity/identity.ts';
import type { Match } from './identity/knowledge.ts';
import type { FlaggedSession, ParticipantPresence, PresenceFlag, Span } from './presence.ts';

export interface RoomEvidence {
  /** Every class of the room whose window the evidence touches, canceled ones too. */
  readonly classes: readonly RoomClass[];
  /** Classes of other rooms that calls here were linked to as well, and of the rooms of calls that were linked to classes here. */
  readonly elsewhere?: readonly RoomClass[];
  readonly records: readonly RecordEvidence[];
  readonly participants: readonly ParticipantEvidence[];
}

/** Who a log is of: a person by number, or an unmatched participant by Google's resource name. */
export type Who = number | string;

/** The classes that the presence in a call may count for. */
export interface Place {
  readonly classes: readonly RoomClass[];
  readonly attribution: ReturnType<typeof createAttribution>;
}

/**
 * Where presence in a call may count: in the classes of its room, and before them in those of other rooms that a person
 * linked it to. Who belongs to a class of the room alone stays in that one.
 */
export function createPlaces(
  { classes, elsewhere = [] }: Pick<RoomEvidence, 'classes' | 'elsewhere'>,
  margins: WindowMargins,
): (record: RecordEvidence) => Place {
  const inRoom: Place = { classes, attribution: createAttribution(classes, margins) };
  const all = [...classes, ...elsewhere];
  const linked = new Map<string, Place>();
  return ({ classIds, ofRoom = [] }) => {
    if (classIds === undefined) return inRoom;
    const key = `${classIds.join(' ')}, ${ofRoom.join(' ')}`;
    const known = linked.get(key);
    if (known !== undefined) return known;
    const found = all.filter(({ id }) => classIds.includes(id) || ofRoom.includes(id));
    const place = { classes: found, attribution: createAttribution(found, margins, new Set(classIds)) };
    linked.set(key, place);
    return place;
  };
}

export interface Attributed {
  readonly classId: number;
  readonly who: Who;
  readonly match: Match | null;
  readonly spans: readonly Span[];
  readonly flags: readonly PresenceFlag[];
}

/** @param linked those of the classes that a person linked the call to */
function createAttribution(classes: readonly RoomClass[], margins: WindowMargins, linked?: ReadonlySet<number>) {
  const everyone = assignments(classes, margins, linked);
  const ofPerson = new Map<number, Assignment[]>();
  const forPerson = (personId: number): Assignment[] => {
    const known = ofPerson.get(personId);
    if (known !== undefined) return known;
    const own = classes.filter(({ roster }) => roster.some((entry) => entry.personId === personId));
    const assigned = assignments(own, margins, linked);
    ofPerson.set(personId, assigned);
    return assigned;
  };

  return {
    /** Splits a participant's presence into classes: as the people they are on a roster, the rest as a guest. */
    attribute(
      participant: ParticipantEvidence,
      { spans, flags }: ParticipantPresence,
      { byClass, guests }: Identification,
    ): Attributed[] {
      const found: Attributed[] = [];
      const taken: Interval[] = [];
      const matches = [...byClass.values()];
      const personIds = new Set(matches.flatMap((match) => match.personIds));
      // Who is one child in one class and another in the next is each of them in turn.
      const inTurn = matches.some((match) => match.personIds.length < personIds.size);
      const together = inTurn
        ? assignments(
            classes.filter(({ id }) => byClass.has(id)),
            margins,
            linked,
          )
        : null;
      for (const personId of personIds) {
        for (const assignment of together ?? forPerson(personId)) {
          const match = byClass.get(assignment.classId);
          if (match === undefined || !match.personIds.includes(personId)) continue;
          taken.push(assignment);
          const cut = cutSpans(spans, [assignment]);
          const odd = flagsIn(flags, [assignment]);
          // A session without length gives no presence, but its flag is kept on the log of the person.
          if (cut.length === 0 && odd.length === 0) continue;
          found.push({ classId: assignment.classId, who: personId, match, spans: cut, flags: odd });
        }
      }
      const expected = union(taken);
      for (const assignment of everyone) {
        const rest = difference([assignment], expected);
        const cut = cutSpans(spans, rest);
        if (cut.length === 0) continue;
        const guest = guests.get(assignment.classId) ?? null;
        const who = guest === null ? participant.name : guest.personIds[0]!;
        found.push({ classId: assignment.classId, who, match: guest, spans: cut, flags: flagsIn(flags, rest) });
      }
      return found;
    },
  };
}

/** The parts of spans inside `within`; an end that was cut off is closed by `cut`. */
export function cutSpans(spans: readonly Span[], within: readonly Interval[]): Span[] {
  return spans.flatMap((span) =>
    clip(within, span).map(({ start, end }) =>
      end < span.end ? { ...span, start, end, closedBy: 'cut' as const, open: false } : { ...span, start, end },
    ),
  );
}

function flagsIn(flags: readonly FlaggedSession[], within: readonly Interval[]): PresenceFlag[] {
  return flags.filter(({ at }) => within.some((interval) => overlaps(interval, at))).map(({ flag }) => flag);
}
