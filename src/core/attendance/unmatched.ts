import type { RoomClass } from '../schedule/class.ts';
import { totalMs, union, type Interval } from '../time/interval.ts';
import type { ParticipantEvidence } from './evidence.ts';
import { isRefused, normaliseName, type IdentityIndex } from './identity.ts';

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

/**
 * The unmatched of a class, one row an identity: an account is the same one in every call, a typed name is not.
 *
 * @param missing students of the class who were not seen
 */
export function unmatchedOf(
  c: RoomClass,
  guests: readonly Guest[],
  missing: readonly number[],
  identities: IdentityIndex,
): Unmatched[] {
  const keyOf = (participant: ParticipantEvidence) =>
    participant.userId === null ? participant.name : `account:${participant.userId}`;
  const grouped = Map.groupBy(guests, ({ participants }) => keyOf([...participants][0]!));
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

interface Guess {
  readonly displayName: string;
  /** Students of the class who were not seen. */
  readonly missing: readonly number[];
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
  const [only, ...others] = missing;
  if (only === undefined || others.length > 0 || guests !== 1 || refused(only)) return null;
  return { personId: only, reason: 'the only student missing, and the only guest' };
}
