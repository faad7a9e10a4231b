import type { RoomClass, RosterRole } from '../../schedule/class.ts';
import { MINUTE_MS } from '../../time/duration.ts';
import { intersection, totalMs, union, type Interval } from '../../time/interval.ts';
import type { ParticipantEvidence } from '../evidence.ts';
import type { IdentityIndex } from './knowledge.ts';
import { normaliseName } from './names.ts';
import { isNamed, isRefused } from './rules.ts';

/** Somebody in a class whom a person has to name, for the review queue. */
export interface Unmatched {
  readonly classId: number;
  /** `account:{id}`, or the participant's resource name. */
  readonly key: string;
  readonly kind: ParticipantEvidence['kind'];
  readonly userId: string | null;
  readonly displayName: string;
  readonly participants: readonly string[];
  readonly presentMs: number;
  /** Who it is as far as is known, where somebody else was expected and not seen. Null: nobody knows. */
  readonly knownPersonId: number | null;
  /** Who was expected and not seen, may be the one, and was ruled out by nobody. */
  readonly mayBe: readonly number[];
  readonly suggestion: { readonly personId: number; readonly reason: string } | null;
}

/** What somebody who was not expected has in one class. */
export interface Guest {
  /** Null: nobody knows who it is. */
  readonly personId: number | null;
  readonly spans: readonly Interval[];
  /** They belong to another class of the call, whose minutes some of these are. */
  readonly beside?: boolean;
  readonly participants: ReadonlySet<ParticipantEvidence>;
}

/** Somebody of the roster who was not seen, or not all the time, and about whom no person has decided. */
export interface Missed {
  readonly personId: number;
  readonly role: RosterRole;
  /** What was missing of them in the slot; null: they were not seen at all. */
  readonly missing: readonly Interval[] | null;
}

/**
 * Whom a person has to name in a class, one row an identity: an account is the same one in every call, a typed name is
 * not. Those are the guests whom nobody knows, and known people who may sit there for somebody who was not seen: a child
 * at the account of a parent. Who was said to be themselves, and who can be none of the unseen, is left out of the latter.
 */
export function unmatchedOf(
  c: RoomClass,
  guests: readonly Guest[],
  unseen: readonly Missed[],
  identities: IdentityIndex,
): Unmatched[] {
  const absent = unseen.filter(({ missing }) => missing === null);
  const strangers = Map.groupBy(
    guests.filter(({ personId }) => personId === null),
    ({ participants }) => keyOf([...participants][0]!),
  );
  const students = absent.filter(({ role }) => role === 'student').map(({ personId }) => personId);
  const heads = headsOf([...strangers.values()]);
  const unknown = [...strangers].map(([key, same]): Unmatched => {
    const found = itemOf(c, key, same, absent, identities);
    const guess = { displayName: found.displayName, missing: students, guests: heads, refused: found.refused };
    return { ...found.item, suggestion: suggest(guess, c, identities) };
  });

  const known = guests
    .toSorted((a, b) => (a.personId ?? 0) - (b.personId ?? 0))
    .flatMap((guest) => knownItems(c, guest, unseen, identities));
  const alone = heads + known.length === 1;
  const items: Unmatched[] = [
    ...unknown,
    ...known.map(({ item, left }) => ({ ...item, suggestion: suggestForKnown(item, left, alone, identities) })),
  ];
  // An account that is nobody in one call and somebody in another is answered once.
  return items.filter(({ key }, i) => items.findIndex((item) => item.key === key) === i);
}

function keyOf({ name, userId }: ParticipantEvidence): string {
  return userId === null ? name : `account:${userId}`;
}

/** How many the strangers are: a typed name that comes back, in another call too, is taken for the same one unless two have it at once. */
function headsOf(strangers: readonly (readonly Guest[])[]): number {
  const seen = strangers.map((same) => {
    const { userId, kind, displayName, name } = [...same[0]!.participants][0]!;
    const label = userId === null ? `${kind}:${normaliseName(displayName)}` : name;
    return { label, spans: union(same.flatMap(({ spans }) => spans)) };
  });
  const labels = [...Map.groupBy(seen, ({ label }) => label).values()];
  return labels.reduce((heads, same) => {
    const apart = totalMs(union(same.flatMap(({ spans }) => spans)));
    const together = same.reduce((sum, { spans }) => sum + totalMs(spans), 0);
    return heads + (together > apart ? same.length : 1);
  }, 0);
}

type Item = Omit<Unmatched, 'suggestion'>;

function itemOf(
  c: RoomClass,
  key: string,
  same: readonly Guest[],
  unseen: readonly Missed[],
  identities: IdentityIndex,
) {
  const participants = same
    .flatMap((guest) => [...guest.participants])
    .filter((participant) => keyOf(participant) === key)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const refused = (personId: number) =>
    participants.every((participant) => isRefused(participant, personId, c, identities));
  const left = unseen.map(({ personId }) => personId).filter((personId) => !refused(personId));
  const { kind, userId, displayName } = participants.at(-1)!;
  const item: Item = {
    classId: c.id,
    key,
    kind,
    userId,
    displayName,
    participants: participants.map(({ name }) => name),
    presentMs: totalMs(union(same.flatMap(({ spans }) => spans))),
    knownPersonId: same[0]!.personId,
    mayBe: left,
  };
  return { item, participants, left, refused, displayName };
}

/** The accounts and devices of a known guest that may be of somebody unseen. */
function knownItems(c: RoomClass, guest: Guest, unseen: readonly Missed[], identities: IdentityIndex) {
  const { personId } = guest;
  if (personId === null || guest.spans.length === 0) return [];
  // A teacher who is there instead of another one is a possible substitute, not that teacher.
  const role = identities.knowledge.people.get(personId)?.role;
  const looksOn = role === 'teacher' || role === 'admin';
  const candidates = unseen.filter((expected) => {
    if (expected.missing === null) return role !== 'teacher' || expected.role === 'student';
    // Who came for a while and was missed afterwards may have gone on at the account of a parent.
    return !looksOn && totalMs(intersection(expected.missing, union(guest.spans))) >= MINUTE_MS;
  });
  const keys = new Set([...guest.participants].map(keyOf));
  return [...keys]
    .map((key) => itemOf(c, key, [guest], candidates, identities))
    .filter(
      ({ left, participants }) =>
        left.length > 0 && !participants.every((seen) => isNamed(seen, c, identities, guest.beside)),
    );
}

/** Whether somebody known who was not expected may have been one of those who were missed. */
export function mayBeOneOf(c: RoomClass, guest: Guest, missed: readonly Missed[], identities: IdentityIndex): boolean {
  return knownItems(c, guest, missed, identities).length > 0;
}

interface Guess {
  readonly displayName: string;
  /** Students of the class who were not seen. */
  readonly missing: readonly number[];
  /** How many guests whom nobody knows the class has. */
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
  const roster = c.roster.map(({ personId }) => personId).filter((personId) => !refused(personId));
  const alike = namedAlike([displayName], roster, identities);
  if (alike.length === 1) return { personId: alike[0]!, reason: 'the only name on the roster that is alike' };
  const [only, ...others] = missing.filter((personId) => !refused(personId));
  if (only === undefined || others.length > 0 || guests !== 1) return null;
  return { personId: only, reason: 'the only student missing, and the only guest' };
}

/** For whom a known guest may sit there. */
function suggestForKnown(
  { displayName, knownPersonId }: Item,
  left: readonly number[],
  alone: boolean,
  identities: IdentityIndex,
): Unmatched['suggestion'] {
  const own = knownPersonId === null ? null : (identities.knowledge.people.get(knownPersonId)?.name ?? null);
  const alike = namedAlike([displayName, own ?? ''], left, identities);
  if (alike.length === 1) return { personId: alike[0]!, reason: 'the only one missing whose name is alike' };
  const [only, ...others] = left;
  if (only === undefined || others.length > 0 || !alone) return null;
  return { personId: only, reason: 'the only one missing, while somebody who was not expected was there' };
}

/** Those whose name shares a word with one of the names. */
function namedAlike(
  names: readonly string[],
  among: readonly number[],
  { knowledge }: IdentityIndex,
): readonly number[] {
  const wordsOf = (name: string) =>
    normaliseName(name)
      .split(' ')
      .filter((word) => word !== '');
  const words = new Set(names.flatMap(wordsOf));
  return among.filter((personId) =>
    wordsOf(knowledge.people.get(personId)?.name ?? '').some((word) => words.has(word)),
  );
}
