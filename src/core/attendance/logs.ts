import type { RoomClass } from '../schedule/class.ts';
import { MINUTE_MS } from '../time/duration.ts';
import { difference, intersection, totalMs, union } from '../time/interval.ts';
import { isFinal, isOpen, type Coverage } from './coverage-state.ts';
import type { PresenceDecision } from './decision.ts';
import type { IdentityIndex, Match } from './identity/knowledge.ts';
import { mayBeOneOf, unmatchedOf, type Guest, type Missed, type Unmatched } from './identity/unmatched.ts';
import type { Who } from './places.ts';
import { devicesAtOnce, mergeSpans, type PresenceInterval, type PresenceFlag } from './presence.ts';
import type { ClassPresence, Entry } from './room-presence.ts';
import { expectedStatus, isAttended, isSeenForHalf, type AttendanceStatus, type Thresholds } from './status.ts';

/** What is odd about a log, for whoever reads it. */
export type LogFlag =
  | PresenceFlag
  | 'weak_identity'
  /** A student who is present without being on the roster. */
  | 'off_roster'
  | 'possible_substitute'
  /** Somebody known was not expected, and there while a student was missed who was seen for half of the slot or longer. */
  | 'possible_student'
  /** A name that Google showed holds U+FFFD: part of it was no text. */
  | 'unreadable_name'
  | 'safeguarding';

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
  readonly intervals: readonly PresenceInterval[];
  readonly identity: { readonly method: Match['method']; readonly confidence: Match['confidence'] } | null;
  readonly devices: number;
  readonly evidence: readonly string[];
  readonly flags: readonly LogFlag[];
}

/** What a class's logs are made of. */
export interface LogInput {
  readonly class: RoomClass;
  readonly coverage: Coverage;
  readonly presence: ClassPresence | undefined;
  readonly identities: IdentityIndex;
  /** Of the class, in the order they were made. */
  readonly decisions: readonly PresenceDecision[];
  /** People about whom was decided whether they stood in for a teacher of the class. */
  readonly explained: ReadonlySet<number>;
  readonly thresholds: Thresholds;
}

export interface ClassLogs {
  readonly logs: readonly DerivedLog[];
  readonly unmatched: readonly Unmatched[];
}

/** The attendance logs of a class from the presence in it: one for everybody on the roster, and for each guest. */
export function classLogs(input: LogInput): ClassLogs {
  const { class: c, presence, identities } = input;
  const logs = logsOf(input);
  const guests = guestsOf(input, presence);
  const missed = missedOf(input, logs);
  const slotMs = c.end - c.start;
  const isUnseen = ({ role, missing }: Missed): boolean =>
    missing === null || (role === 'student' && !isSeenForHalf(slotMs - totalMs(missing), slotMs));
  const unmatched = unmatchedOf(c, guests, missed.filter(isUnseen), identities);
  const rest = missed.filter((expected) => expected.role === 'student' && !isUnseen(expected));
  const possible = new Set(
    guests.filter((guest) => mayBeOneOf(c, guest, rest, identities)).map((guest) => guest.personId),
  );
  return { logs: withSafeguarding(logs, unmatched).map((log) => withPossibleStudent(log, possible)), unmatched };
}

/** Whether the guest was a student for a while depends on what a bill calls attended, which is not known here. */
function withPossibleStudent(log: DerivedLog, possible: ReadonlySet<number | null>): DerivedLog {
  return log.personId !== null && possible.has(log.personId)
    ? { ...log, flags: [...log.flags, 'possible_student' as const].sort() }
    : log;
}

/**
 * Who was in the class without being on its roster. Known people count once the class is over, since whoever is missing
 * until then may still come; those who stood in for a teacher, or were said not to, do not.
 */
function guestsOf(input: LogInput, presence: ClassPresence | undefined): Guest[] {
  const { class: c, coverage, explained } = input;
  const roster = new Set<Who>(c.roster.map(({ personId }) => personId));
  const beside = presence?.beside ?? new Map<Who, Pick<Entry, 'spans' | 'participants'>>();
  const there = [...(presence?.entries ?? [])].flatMap(([who, { spans, participants }]): Guest[] => {
    if (typeof who === 'string') return [{ personId: null, spans, participants }];
    if (roster.has(who) || isOpen(coverage) || explained.has(who)) return [];
    const more = beside.get(who);
    return [
      {
        personId: who,
        spans: [...spans, ...(more?.spans ?? [])],
        participants: new Set([...participants, ...(more?.participants ?? [])]),
        beside: more !== undefined,
      },
    ];
  });
  return isOpen(coverage) ? there : [...there, ...besides(there, input, presence)];
}

/** Who left later than this, or came earlier, was there for a lesson. */
const BESIDE_MS = 10 * MINUTE_MS;

/**
 * Children and parents who were in the slot for longer than somebody leaves late or comes early, though their minutes are
 * of another lesson. A teacher who stays on is nobody's child.
 */
function besides(
  there: readonly Guest[],
  { explained, identities }: LogInput,
  presence: ClassPresence | undefined,
): Guest[] {
  return [...(presence?.beside ?? [])].flatMap(([personId, { spans, participants }]): Guest[] => {
    const role = identities.knowledge.people.get(personId)?.role;
    if (role === 'teacher' || role === 'admin' || explained.has(personId)) return [];
    if (there.some((guest) => guest.personId === personId) || totalMs(union(spans)) < BESIDE_MS) return [];
    return [{ personId, spans, participants, beside: true }];
  });
}

/** Who was expected and was not there in the slot, or not in all of it; nobody about whom was decided. */
function missedOf({ class: c, decisions, thresholds }: LogInput, logs: readonly DerivedLog[]): Missed[] {
  const decided = new Set(
    decisions
      .filter(({ classId, kind }) => classId === c.id && (kind === 'set_status' || kind === 'excuse'))
      .map(({ personId }) => personId),
  );
  const slot = { start: c.start, end: c.end };
  return c.roster.flatMap(({ personId, role }): Missed[] => {
    if (decided.has(personId)) return [];
    const intervals = logs.find((log) => log.personId === personId)?.intervals ?? [];
    const missing = isAttended(intervals, c, thresholds) ? difference([slot], union(intervals)) : null;
    return [{ personId, role, missing }];
  });
}

/** The log of a stranger who was together with students for this long is flagged. */
const SAFEGUARDING_MS = 5 * MINUTE_MS;

/** Flags the logs of strangers who were together with students for a while. */
function withSafeguarding(logs: readonly DerivedLog[], unmatched: readonly Unmatched[]): DerivedLog[] {
  const students = union(logs.filter(({ role }) => role === 'student').flatMap(({ intervals }) => intervals));
  const strangers = new Set(
    unmatched
      .filter(({ suggestion, knownPersonId }) => suggestion === null && knownPersonId === null)
      .flatMap(({ participants }) => participants),
  );
  return logs.map((log) =>
    log.participant !== null &&
    strangers.has(log.participant) &&
    totalMs(intersection(log.intervals, students)) >= SAFEGUARDING_MS
      ? { ...log, flags: [...log.flags, 'safeguarding' as const].sort() }
      : log,
  );
}

function logsOf(input: LogInput): DerivedLog[] {
  const { class: c, presence, identities, decisions } = input;
  const entries = presence?.entries ?? new Map<Who, Entry>();
  const logs = c.roster.map(({ personId, role }) =>
    logOf(input, { personId, participant: null, role }, entries.get(personId)),
  );
  const expected = new Set<Who>(c.roster.map(({ personId }) => personId));
  for (const [who, entry] of entries) {
    if (expected.has(who)) continue;
    const owner = typeof who === 'number' ? { personId: who, participant: null } : { personId: null, participant: who };
    logs.push(logOf(input, { ...owner, role: roleOffRoster(owner.personId, identities) }, entry));
  }
  for (const { personId } of decisions.filter((d) => d.classId === c.id && d.kind === 'add_interval')) {
    if (logs.some((log) => log.personId === personId)) continue;
    logs.push(logOf(input, { personId, participant: null, role: roleOffRoster(personId, identities) }, undefined));
  }
  return logs;
}

function roleOffRoster(personId: number | null, { knowledge }: IdentityIndex): 'guest' | 'observer' {
  return personId !== null && knowledge.people.get(personId)?.role === 'admin' ? 'observer' : 'guest';
}

type Owner = Pick<DerivedLog, 'personId' | 'participant' | 'role'>;

function logOf(input: LogInput, owner: Owner, entry: Entry | undefined): DerivedLog {
  const { class: c, coverage, identities, decisions } = input;
  const { personId, role } = owner;
  const settled = decisions.filter((d) => d.classId === c.id && d.personId === personId && personId !== null);
  const spans = entry?.spans ?? [];
  const intervals = decide(mergeSpans(spans), settled);
  const person = personId === null ? undefined : identities.knowledge.people.get(personId);
  const match = strongest(entry?.matches ?? []);
  const last = intervals.at(-1);
  const stillThere = last?.open === true && isOpen(coverage);
  const observed = [...(entry?.participants ?? [])].sort((a, b) => b.earliest - a.earliest)[0]?.displayName;
  const flags = new Set<LogFlag>(entry?.flags ?? []);
  if (match?.confidence === 'weak') flags.add('weak_identity');
  if (role === 'guest' && person?.role === 'student') flags.add('off_roster');
  if (role === 'guest' && person?.role === 'teacher') flags.add('possible_substitute');
  if ([...(entry?.participants ?? [])].some(({ displayName }) => displayName.includes('\uFFFD')))
    flags.add('unreadable_name');
  return {
    classId: c.id,
    ...owner,
    displayName: person?.name ?? observed ?? null,
    status: statusOf(input, role, intervals, settled),
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
  { class: c, coverage, thresholds }: LogInput,
  role: DerivedLog['role'],
  intervals: readonly PresenceInterval[],
  settled: readonly PresenceDecision[],
): AttendanceStatus {
  const decided = settled.findLast((d) => d.kind === 'set_status' || d.kind === 'excuse');
  if (decided !== undefined) return decided.kind === 'excuse' ? 'excused' : decided.status;
  if (role === 'guest' || role === 'observer') return 'guest';
  return expectedStatus(intervals, c, coverage, thresholds);
}

/** Lays intervals that a person added or removed over what Google said. Later decisions win. */
function decide(observed: readonly PresenceInterval[], settled: readonly PresenceDecision[]): PresenceInterval[] {
  let intervals = [...observed];
  for (const decision of settled) {
    switch (decision.kind) {
      case 'add_interval':
        intervals = mergeSpans([...intervals, { ...decision.interval, closedBy: 'decision', open: false }]);
        break;
      case 'remove_interval':
        intervals = intervals.flatMap((stay) =>
          difference([stay], [decision.interval]).map(({ start, end }) =>
            end < stay.end ? { start, end, closedBy: 'decision' as const, open: false } : { ...stay, start, end },
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
