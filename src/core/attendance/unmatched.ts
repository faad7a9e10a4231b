import type { RoomClass } from '../schedule/class.ts';
import { MINUTE_MS } from '../time/duration.ts';
import { intersection, totalMs, union, type Interval } from '../time/interval.ts';
import type { ParticipantEvidence } from './evidence.ts';
import { isRefused, normaliseName, type IdentityIndex } from './identity.ts';
import type { DerivedLog } from './logs.ts';

/** An unmatched identity of a class, for the review queue. */
export interface Unmatched {
  readonly classId: number;
  /** `account:{id}`, or the participant's resource name. */
  readonly key: string;
  readonly kind: ParticipantEvidence['kind'];
  readonly userId: string | null;
  readonly displayName: string;
  readonly participants: readonly string[];
  readonly presentMs: number;
  readonly suggestion: { readonly personId: number; readonly reason: string } | null;
}

/** What an unmatched participant has in one class. */
interface Guest {
  readonly spans: readonly Interval[];
  readonly participants: ReadonlySet<ParticipantEvidence>;
}

/** The unmatched of a class, one row an identity: an account is the same one in every call, a typed name is not. */
export function unmatchedOf(
  c: RoomClass,
  guests: readonly Guest[],
  logs: readonly DerivedLog[],
  identities: IdentityIndex,
): Unmatched[] {
  const keyOf = (participant: ParticipantEvidence) =>
    participant.userId === null ? participant.name : `account:${participant.userId}`;
  const grouped = Map.groupBy(guests, ({ participants }) => keyOf([...participants][0]!));
  const missing = logs.filter(({ role, join }) => role === 'student' && join === null);
  return [...grouped].map(([key, same]) => {
    const participants = same.flatMap((entry) => [...entry.participants]).sort((a, b) => (a.name < b.name ? -1 : 1));
    const newest = participants.at(-1)!;
    const { kind, userId, displayName } = newest;
    const refused = (personId: number) => isRefused(newest, personId, c, identities);
    return {
      classId: c.id,
      key,
      kind,
      userId,
      displayName,
      participants: participants.map(({ name }) => name),
      presentMs: totalMs(union(same.flatMap(({ spans }) => spans))),
      suggestion: suggest({ displayName, missing, guests: grouped.size, refused }, c, identities),
    };
  });
}

/** The log of a stranger who was together with students for this long is flagged. */
const SAFEGUARDING_MS = 5 * MINUTE_MS;

/** Flags the logs of strangers who were together with students for a while. */
export function withSafeguarding(logs: readonly DerivedLog[], unmatched: readonly Unmatched[]): DerivedLog[] {
  const students = union(logs.filter(({ role }) => role === 'student').flatMap(({ intervals }) => intervals));
  const strangers = new Set(
    unmatched.filter(({ suggestion }) => suggestion === null).flatMap(({ participants }) => participants),
  );
  return logs.map((log) =>
    log.participant !== null &&
    strangers.has(log.participant) &&
    totalMs(intersection(log.intervals, students)) >= SAFEGUARDING_MS
      ? { ...log, flags: [...log.flags, 'safeguarding' as const].sort() }
      : log,
  );
}

interface Guess {
  readonly displayName: string;
  /** Students of the class who were not seen. */
  readonly missing: readonly DerivedLog[];
  /** How many guests the class has. */
  readonly guests: number;
  /** Whether a person said that the guest is not this one. */
  readonly refused: (personId: number) => boolean;
}

/** Who the guest may be, for a person to confirm: nothing is billed by it. Who was refused is not named again. */
function suggest(
  { displayName, missing, guests, refused }: Guess,
  c: RoomClass,
  identities: IdentityIndex,
): Unmatched['suggestion'] {
  const words = new Set(normaliseName(displayName).split(' '));
  const alike = c.roster.filter(({ personId }) => {
    const name = identities.knowledge.people.get(personId)?.name;
    return (
      name !== null &&
      name !== undefined &&
      normaliseName(name)
        .split(' ')
        .some((word) => words.has(word))
    );
  });
  if (alike.length === 1 && !refused(alike[0]!.personId))
    return { personId: alike[0]!.personId, reason: 'the only name on the roster that is alike' };
  const only = missing[0];
  if (missing.length !== 1 || guests !== 1 || typeof only?.personId !== 'number' || refused(only.personId)) return null;
  return { personId: only.personId, reason: 'the only student missing, and the only guest' };
}
