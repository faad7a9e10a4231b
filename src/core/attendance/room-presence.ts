import { evidenceWindow, type RoomClass, type WindowMargins } from '../schedule/class.ts';
import { clip, difference, overlaps, totalMs, union, type Interval } from '../time/interval.ts';
import { assignments, type Assignment } from './attribution.ts';
import type { ParticipantEvidence, RecordEvidence } from './evidence.ts';
import { identify, type Identification } from './identity/identity.ts';
import type { IdentityIndex, Match } from './identity/knowledge.ts';
import { normaliseName } from './identity/names.ts';
import { isIgnored } from './identity/rules.ts';
import {
  participantPresence,
  type FlaggedSession,
  type ParticipantPresence,
  type PresenceFlag,
  type Span,
} from './presence.ts';

export interface RoomEvidence {
  /** Every class of the room whose window the evidence touches, canceled ones too. */
  readonly classes: readonly RoomClass[];
  /** Classes of other rooms that calls here were linked to as well, and of the rooms of calls that were linked to classes here. */
  readonly elsewhere?: readonly RoomClass[];
  readonly records: readonly RecordEvidence[];
  readonly participants: readonly ParticipantEvidence[];
}

/** What one person, or one unmatched participant, has in one class. */
export interface Entry {
  readonly spans: Span[];
  readonly participants: Set<ParticipantEvidence>;
  readonly matches: Match[];
  readonly flags: Set<PresenceFlag>;
}

/** Who a log is of: a person by number, or an unmatched participant by Google's resource name. */
export type Who = number | string;

/** The presence that belongs to one class, before anything is known of how complete the evidence is. */
export interface ClassPresence {
  readonly entries: ReadonlyMap<Who, Entry>;
  /** Evidence that contradicts itself touches the class: not final until Google corrects it or a person decides. */
  readonly contradicted: boolean;
  /** Sessions that do not agree with their call or participant: final only when a re-read says the same. */
  readonly doubted: boolean;
  /** Accounts in its window that neither the Directory nor a person has answered for. */
  readonly unanswered: ReadonlySet<string>;
  /** People who were there in its slot, while their minutes belong to another class of theirs, whose slot was over or had not begun. */
  readonly beside: ReadonlyMap<number, Pick<Entry, 'spans' | 'participants'>>;
}

interface Place {
  readonly classes: readonly RoomClass[];
  readonly attribution: ReturnType<typeof createAttribution>;
}

/**
 * Whose presence in a room belongs to which class. Pure: the same evidence in any order gives the same presence.
 *
 * @returns by class; a class without any presence is absent
 */
export function roomPresence(
  evidence: RoomEvidence,
  identities: IdentityIndex,
  margins: WindowMargins,
): ReadonlyMap<number, ClassPresence> {
  const placeOf = createPlaces(evidence, margins);
  const records = new Map(evidence.records.map((record) => [record.name, record]));
  const found = new Map<number, ReturnType<typeof emptyPresence>>();
  const of = (classId: number) => {
    const known = found.get(classId) ?? emptyPresence();
    found.set(classId, known);
    return known;
  };

  const present = evidence.participants
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((participant) => {
      const record = records.get(participant.record);
      return record === undefined ? [] : [{ participant, record, presence: participantPresence(participant, record) }];
    });
  const shared = sharedLabels(present);

  for (const { participant, record, presence } of present) {
    const place = placeOf(record);
    const touched = place.classes.filter((c) =>
      presence.touches.some((at) => overlaps(at, evidenceWindow(c, margins))),
    );
    const isShared = shared.has(participant.name);
    const identification = identify(participant, touched, identities, isShared, cameFor(presence, touched));
    const ignored = new Set<number>();
    for (const c of place.classes) {
      // Whoever is expected here and known by the account was ignored for being somewhere else.
      const isExpected = identification.byClass.get(c.id)?.confidence === 'strong';
      if (!isExpected && isIgnored(participant, c, identities, isShared)) {
        ignored.add(c.id);
        continue;
      }
      const window = evidenceWindow(c, margins);
      if (presence.contradictions.some((at) => overlaps(at, window))) of(c.id).contradicted = true;
      if (presence.doubts.some((at) => overlaps(at, window))) of(c.id).doubted = true;
      const { userId } = participant;
      if (userId !== null && touched.includes(c) && isUnanswered(userId, c, identification, identities))
        of(c.id).unanswered.add(userId);
    }
    for (const attributed of place.attribution.attribute(participant, presence, identification)) {
      const { classId, who, match, spans, flags } = attributed;
      if (ignored.has(classId)) continue;
      const entry = of(classId).entryOf(who);
      entry.spans.push(...spans);
      entry.participants.add(participant);
      if (match !== null && spans.length > 0) entry.matches.push(match);
      for (const flag of flags) entry.flags.add(flag);
      for (const [besideId, there] of besideOf(attributed, touched)) {
        if (!ignored.has(besideId)) of(besideId).addBeside(who, participant, there);
      }
    }
  }
  return found;
}

/** The classes in whose slot somebody was for longest; all of them where it was in none. */
function cameFor({ spans }: ParticipantPresence, touched: readonly RoomClass[]): Set<number> {
  const stays = union(spans.map(({ start, end }) => ({ start, end })));
  const inSlot = touched.map((c) => ({ id: c.id, ms: totalMs(clip(stays, c)) }));
  const longest = Math.max(0, ...inSlot.map(({ ms }) => ms));
  return new Set(inSlot.filter(({ ms }) => ms === longest).map(({ id }) => id));
}

/** Where somebody of the roster of one class was in the slot of another one, outside that of the own. */
function besideOf({ classId, who, spans }: Attributed, touched: readonly RoomClass[]): [number, Span[]][] {
  const own = touched.find(({ id }) => id === classId);
  if (typeof who === 'string' || own === undefined || !isOn(own, who)) return [];
  return touched.flatMap((c): [number, Span[]][] => {
    if (c.canceled || isOn(c, who)) return [];
    const there = cutSpans(spans, difference([c], [own]));
    return there.length === 0 ? [] : [[c.id, there]];
  });
}

function isOn({ roster }: RoomClass, personId: number): boolean {
  return roster.some((entry) => entry.personId === personId);
}

/** A name is no answer: the account may be somebody else's who has the same one. */
function isUnanswered(
  userId: string,
  { id }: RoomClass,
  { byClass, guests }: Identification,
  { knowledge }: IdentityIndex,
): boolean {
  const match = byClass.get(id) ?? guests.get(id);
  return !knowledge.directory.has(userId) && (match === undefined || match.method === 'name');
}

function emptyPresence() {
  const entries = new Map<Who, Entry>();
  const beside = new Map<number, Pick<Entry, 'spans' | 'participants'>>();
  return {
    entries,
    beside,
    addBeside(who: Who, participant: ParticipantEvidence, spans: readonly Span[]): void {
      if (typeof who === 'string') return;
      const known = beside.get(who) ?? { spans: [], participants: new Set<ParticipantEvidence>() };
      beside.set(who, known);
      known.spans.push(...spans);
      known.participants.add(participant);
    },
    contradicted: false,
    doubted: false,
    unanswered: new Set<string>(),
    entryOf(who: Who): Entry {
      const existing = entries.get(who);
      if (existing !== undefined) return existing;
      const entry: Entry = { spans: [], participants: new Set(), matches: [], flags: new Set() };
      entries.set(who, entry);
      return entry;
    },
  };
}

/**
 * Where presence in a call may count: in the classes of its room, and before them in those of other rooms that a person
 * linked it to. Who belongs to a class of the room alone stays in that one.
 */
function createPlaces(
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

interface Attributed {
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
function cutSpans(spans: readonly Span[], within: readonly Interval[]): Span[] {
  return spans.flatMap((span) =>
    clip(within, span).map(({ start, end }) =>
      end < span.end ? { ...span, start, end, closedBy: 'cut' as const, open: false } : { ...span, start, end },
    ),
  );
}

function flagsIn(flags: readonly FlaggedSession[], within: readonly Interval[]): PresenceFlag[] {
  return flags.filter(({ at }) => within.some((interval) => overlaps(interval, at))).map(({ flag }) => flag);
}

/** Guests without an account whose name another guest carries at the same time. */
export function sharedLabels(
  present: readonly { participant: ParticipantEvidence; presence: ParticipantPresence }[],
): Set<string> {
  const shared = new Set<string>();
  const guests = present.filter(({ participant }) => participant.userId === null);
  for (const same of Map.groupBy(
    guests,
    ({ participant }) => `${participant.kind}:${normaliseName(participant.displayName)}`,
  ).values()) {
    for (const [i, a] of same.entries()) {
      for (const b of same.slice(i + 1)) {
        if (!a.presence.spans.some((x) => b.presence.spans.some((y) => overlaps(x, y)))) continue;
        shared.add(a.participant.name);
        shared.add(b.participant.name);
      }
    }
  }
  return shared;
}
