import type { RoomClass, WindowMargins } from '../schedule/class.ts';
import { evidenceWindow } from '../schedule/class.ts';
import { clip, difference, overlaps, totalMs, union } from '../time/interval.ts';
import type { Interval } from '../time/interval.ts';
import { assignments } from './attribution.ts';
import type { Assignment } from './attribution.ts';
import type { PresenceDecision } from './decision.ts';
import type { ParticipantEvidence, RecordEvidence } from './evidence.ts';
import { identify, normaliseName } from './identity.ts';
import type { Identification, IdentityIndex, Match } from './identity.ts';
import { devicesAtOnce, mergeSpans, participantPresence } from './presence.ts';
import type { FlaggedSession, MergedInterval, ParticipantPresence, Span } from './presence.ts';
import { expectedStatus, isFinal } from './status.ts';
import type { AttendanceStatus, Coverage, Thresholds } from './status.ts';
import { unmatchedOf, withSafeguarding } from './unmatched.ts';
import type { Unmatched } from './unmatched.ts';

export interface RoomEvidence {
  /** Every class of the room whose window the evidence touches, canceled ones too. */
  readonly classes: readonly RoomClass[];
  readonly records: readonly RecordEvidence[];
  readonly participants: readonly ParticipantEvidence[];
}

export interface Target {
  readonly classId: number;
  readonly coverage: Coverage;
}

export interface Rules {
  readonly margins: WindowMargins;
  readonly thresholds: Thresholds;
}

export interface DerivedLog {
  readonly classId: number;
  readonly personId: number | null;
  /** The unmatched participant when there is no person. */
  readonly participant: string | null;
  readonly role: 'teacher' | 'student' | 'guest' | 'observer';
  readonly displayName: string | null;
  readonly status: AttendanceStatus;
  readonly provisional: boolean;
  readonly join: number | null;
  readonly leave: number | null;
  readonly durationMs: number;
  readonly intervals: readonly MergedInterval[];
  readonly identity: { readonly method: Match['method']; readonly confidence: Match['confidence'] } | null;
  readonly devices: number;
  readonly evidence: readonly string[];
  readonly flags: readonly string[];
}

export interface DerivedRoom {
  readonly logs: readonly DerivedLog[];
  readonly unmatched: readonly Unmatched[];
  /** Classes that evidence contradicting itself touches: not final until Google corrects it or a person decides. */
  readonly contradicted: ReadonlySet<number>;
  /** Classes with sessions that do not agree with their call or participant: final only when a re-read says the same. */
  readonly doubted: ReadonlySet<number>;
}

/** What one person, or one unmatched participant, has in one class. */
interface Entry {
  readonly spans: Span[];
  readonly participants: Set<ParticipantEvidence>;
  readonly matches: Match[];
  readonly flags: Set<string>;
}

/**
 * The attendance logs of classes in one room. Pure: the same evidence in any order gives the same logs.
 *
 * @param targets the classes whose logs are wanted; attribution looks at all classes of the room
 */
export function deriveRoom(
  evidence: RoomEvidence,
  targets: readonly Target[],
  identities: IdentityIndex,
  decisions: readonly PresenceDecision[],
  rules: Rules,
): DerivedRoom {
  const classes = evidence.classes.filter(({ canceled }) => !canceled);
  const ofRoom = { classes, attribution: createAttribution(classes, rules.margins) };
  const linked = new Map<number, typeof ofRoom>();
  /** Where presence in a call may count: in the classes of the room, or in the one that a person linked it to. */
  const placeOf = (record: RecordEvidence | undefined): typeof ofRoom => {
    const classId = record?.classId;
    if (classId === undefined) return ofRoom;
    const known = linked.get(classId);
    if (known !== undefined) return known;
    const own = classes.filter(({ id }) => id === classId);
    const place = { classes: own, attribution: createAttribution(own, rules.margins) };
    linked.set(classId, place);
    return place;
  };
  const records = new Map(evidence.records.map((record) => [record.name, record]));
  const entries = new Map<string, Entry>();
  const contradicted = new Set<number>();
  const doubted = new Set<number>();

  const present = evidence.participants
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((participant) => {
      const record = records.get(participant.record);
      return record === undefined ? [] : [{ participant, presence: participantPresence(participant, record) }];
    });
  const shared = sharedLabels(present);

  for (const { participant, presence } of present) {
    const place = placeOf(records.get(participant.record));
    const touched = place.classes.filter((c) =>
      presence.touches.some((at) => overlaps(at, evidenceWindow(c, rules.margins))),
    );
    const identification = identify(participant, touched, identities, shared.has(participant.name));
    if (identification.ignored) continue;
    for (const c of place.classes) {
      const window = evidenceWindow(c, rules.margins);
      if (presence.contradictions.some((at) => overlaps(at, window))) contradicted.add(c.id);
      if (presence.doubts.some((at) => overlaps(at, window))) doubted.add(c.id);
    }
    for (const { classId, key, match, spans, flags } of place.attribution.attribute(
      participant,
      presence,
      identification,
    )) {
      const entry = entryOf(entries, classId, key);
      entry.spans.push(...spans);
      entry.participants.add(participant);
      if (match !== null && spans.length > 0) entry.matches.push(match);
      for (const flag of flags) entry.flags.add(flag);
    }
  }

  const logs: DerivedLog[] = [];
  const unmatched: Unmatched[] = [];
  for (const target of targets) {
    const c = evidence.classes.find(({ id }) => id === target.classId);
    if (c === undefined) continue;
    const derived = logsOf(c, target.coverage, entries, identities, decisions, rules);
    const prefix = `${c.id}${SEPARATOR}participant:`;
    const guests = [...entries].filter(([id]) => id.startsWith(prefix)).map(([, entry]) => entry);
    const strangers = unmatchedOf(c, guests, derived, identities);
    logs.push(...withSafeguarding(derived, strangers));
    unmatched.push(...strangers);
  }
  return { logs, unmatched, contradicted, doubted };
}

const SEPARATOR = '\n';

function entryOf(entries: Map<string, Entry>, classId: number, key: string): Entry {
  const id = `${classId}${SEPARATOR}${key}`;
  const existing = entries.get(id);
  if (existing !== undefined) return existing;
  const entry: Entry = { spans: [], participants: new Set(), matches: [], flags: new Set() };
  entries.set(id, entry);
  return entry;
}

interface Attributed {
  readonly classId: number;
  readonly key: string;
  readonly match: Match | null;
  readonly spans: readonly Span[];
  readonly flags: readonly string[];
}

function createAttribution(classes: readonly RoomClass[], margins: WindowMargins) {
  const everyone = assignments(classes, margins);
  const ofPerson = new Map<number, Assignment[]>();
  const forPerson = (personId: number): Assignment[] => {
    const known = ofPerson.get(personId);
    if (known !== undefined) return known;
    const own = classes.filter(({ roster }) => roster.some((entry) => entry.personId === personId));
    const assigned = assignments(own, margins);
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
      const personIds = new Set([...byClass.values()].flatMap((match) => match.personIds));
      for (const personId of personIds) {
        for (const assignment of forPerson(personId)) {
          const match = byClass.get(assignment.classId);
          if (match === undefined || !match.personIds.includes(personId)) continue;
          taken.push(assignment);
          const cut = cutSpans(spans, [assignment]);
          const odd = flagsIn(flags, [assignment]);
          // A session without length leaves no presence, but its flag must be seen by somebody: the person it names.
          if (cut.length === 0 && odd.length === 0) continue;
          found.push({ classId: assignment.classId, key: `person:${personId}`, match, spans: cut, flags: odd });
        }
      }
      const expected = union(taken);
      for (const assignment of everyone) {
        const rest = difference([assignment], expected);
        const cut = cutSpans(spans, rest);
        if (cut.length === 0) continue;
        const guest = guests.get(assignment.classId) ?? null;
        const key = guest === null ? `participant:${participant.name}` : `person:${guest.personIds[0]!}`;
        found.push({ classId: assignment.classId, key, match: guest, spans: cut, flags: flagsIn(flags, rest) });
      }
      return found;
    },
  };
}

/** The parts of spans inside `within`; an end that was cut says so. */
function cutSpans(spans: readonly Span[], within: readonly Interval[]): Span[] {
  return spans.flatMap((span) =>
    clip(within, span).map(({ start, end }) =>
      end < span.end ? { ...span, start, end, closedBy: 'cut' as const, open: false } : { ...span, start, end },
    ),
  );
}

function flagsIn(flags: readonly FlaggedSession[], within: readonly Interval[]): string[] {
  return flags.filter(({ at }) => within.some((one) => overlaps(one, at))).map(({ flag }) => flag);
}

/** Guests without an account whose name another guest carries at the same time. */
function sharedLabels(
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

function logsOf(
  c: RoomClass,
  coverage: Coverage,
  entries: ReadonlyMap<string, Entry>,
  identities: IdentityIndex,
  decisions: readonly PresenceDecision[],
  rules: Rules,
): DerivedLog[] {
  const prefix = `${c.id}${SEPARATOR}`;
  const logs = c.roster.map(({ personId, role }) => {
    const entry = entries.get(`${prefix}person:${personId}`);
    return logOf(c, coverage, { personId, participant: null, role }, entry, identities, decisions, rules);
  });
  const expected = new Set(c.roster.map(({ personId }) => personId));
  for (const [id, entry] of entries) {
    if (!id.startsWith(prefix)) continue;
    const [kind, value] = split(id.slice(prefix.length));
    const personId = kind === 'person' ? Number(value) : null;
    if (personId !== null && expected.has(personId)) continue;
    const who = { personId, participant: personId === null ? value : null, role: roleOffRoster(personId, identities) };
    logs.push(logOf(c, coverage, who, entry, identities, decisions, rules));
  }
  for (const { personId } of decisions.filter((d) => d.classId === c.id && d.kind === 'add_interval')) {
    if (logs.some((log) => log.personId === personId)) continue;
    const who = { personId, participant: null, role: roleOffRoster(personId, identities) };
    logs.push(logOf(c, coverage, who, undefined, identities, decisions, rules));
  }
  return logs;
}

function roleOffRoster(personId: number | null, { knowledge }: IdentityIndex): 'guest' | 'observer' {
  return personId !== null && knowledge.people.get(personId)?.role === 'admin' ? 'observer' : 'guest';
}

function split(key: string): [string, string] {
  const at = key.indexOf(':');
  return [key.slice(0, at), key.slice(at + 1)];
}

interface Who {
  readonly personId: number | null;
  readonly participant: string | null;
  readonly role: DerivedLog['role'];
}

function logOf(
  c: RoomClass,
  coverage: Coverage,
  { personId, participant, role }: Who,
  entry: Entry | undefined,
  identities: IdentityIndex,
  decisions: readonly PresenceDecision[],
  rules: Rules,
): DerivedLog {
  const settled = decisions.filter((d) => d.classId === c.id && d.personId === personId && personId !== null);
  const spans = entry?.spans ?? [];
  const intervals = decide(mergeSpans(spans), settled);
  const person = personId === null ? undefined : identities.knowledge.people.get(personId);
  const match = strongest(entry?.matches ?? []);
  const last = intervals.at(-1);
  const stillThere = last?.open === true && !isFinal(coverage) && coverage !== 'expired';
  const observed = [...(entry?.participants ?? [])].sort((a, b) => b.earliest - a.earliest)[0]?.displayName;
  const flags = new Set(entry?.flags ?? []);
  if (match?.confidence === 'weak') flags.add('weak_identity');
  if (role === 'guest' && person?.role === 'student') flags.add('unenrolled');
  if (role === 'guest' && person?.role === 'teacher') flags.add('possible_substitute');
  return {
    classId: c.id,
    personId,
    participant,
    role,
    displayName: person?.name ?? observed ?? null,
    status: statusOf(c, coverage, role, intervals, settled, rules.thresholds),
    provisional: !isFinal(coverage),
    join: intervals[0]?.start ?? null,
    leave: stillThere ? null : (last?.end ?? null),
    durationMs: totalMs(intervals),
    intervals: stillThere ? intervals : intervals.map((interval) => ({ ...interval, open: false })),
    identity:
      match ?? (intervals.length > 0 && personId !== null ? { method: 'decision', confidence: 'strong' } : null),
    devices: devicesAtOnce(spans),
    evidence: [...new Set(spans.map((span) => span.evidence))].sort(),
    flags: [...flags].sort(),
  };
}

function statusOf(
  c: RoomClass,
  coverage: Coverage,
  role: DerivedLog['role'],
  intervals: readonly MergedInterval[],
  settled: readonly PresenceDecision[],
  thresholds: Thresholds,
): AttendanceStatus {
  const decided = settled.findLast((d) => d.kind === 'set_status' || d.kind === 'excuse');
  if (decided !== undefined) return decided.kind === 'excuse' ? 'excused' : decided.status;
  if (role === 'guest' || role === 'observer') return 'guest';
  return expectedStatus(intervals, c, coverage, thresholds);
}

/** Lays intervals that a person added or removed over what Google said. Later decisions win. */
function decide(observed: readonly MergedInterval[], settled: readonly PresenceDecision[]): MergedInterval[] {
  let intervals = [...observed];
  for (const decision of settled) {
    switch (decision.kind) {
      case 'add_interval':
        intervals = mergeSpans([...intervals, { ...decision.interval, closedBy: 'decision', open: false }]);
        break;
      case 'remove_interval':
        intervals = intervals.flatMap((one) =>
          difference([one], [decision.interval]).map(({ start, end }) =>
            end < one.end ? { start, end, closedBy: 'decision' as const, open: false } : { ...one, start, end },
          ),
        );
        break;
      case 'set_status':
      case 'excuse':
        break;
      default:
        decision satisfies never;
    }
  }
  return intervals;
}

const CONFIDENCE: readonly Match['confidence'][] = ['strong', 'medium', 'weak'];
const METHOD: readonly Match['method'][] = ['account', 'directory', 'alias', 'name', 'decision'];

function strongest(matches: readonly Match[]): { method: Match['method']; confidence: Match['confidence'] } | null {
  const best = matches.toSorted(
    (a, b) =>
      CONFIDENCE.indexOf(a.confidence) - CONFIDENCE.indexOf(b.confidence) ||
      METHOD.indexOf(a.method) - METHOD.indexOf(b.method),
  )[0];
  return best === undefined ? null : { method: best.method, confidence: best.confidence };
}
