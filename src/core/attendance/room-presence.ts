import { evidenceWindow, type RoomClass, type WindowMargins } from '../schedule/class.ts';
import { clip, difference, overlaps, totalMs, union } from '../time/interval.ts';
import type { ParticipantEvidence } from './evidence.ts';
import { identify, type Identification } from './identity/identity.ts';
import type { IdentityIndex, Match } from './identity/knowledge.ts';
import { isIgnored } from './identity/rules.ts';
import { sharedLabels } from './identity/shared-labels.ts';
import { createPlaces, cutSpans, type Attributed, type RoomEvidence, type Who } from './places.ts';
import { participantPresence, type ParticipantPresence, type PresenceFlag, type Span } from './presence.ts';

/** What one person, or one unmatched participant, has in one class. */
export interface Entry {
  readonly spans: Span[];
  readonly participants: Set<ParticipantEvidence>;
  readonly matches: Match[];
  readonly flags: Set<PresenceFlag>;
}

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
