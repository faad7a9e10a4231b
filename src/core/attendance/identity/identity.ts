import type { RoomClass } from '../../schedule/class.ts';
import { type IdentityIndex, type IdentityRule, type Match, ownerOf } from './knowledge.ts';
import { normaliseName } from './names.ts';
import { aliases, applies, isLabel, refuses, rulesFor, type Identifiable } from './rules.ts';

export interface Identification {
  /** Class id → who on its roster the participant is. */
  readonly byClass: ReadonlyMap<number, Match>;
  /** Class id → who the participant is there without being on the roster. Absent: unknown, or one of several. */
  readonly guests: ReadonlyMap<number, Match>;
}

/**
 * Who a participant is, in each class that the presence touches.
 *
 * Strongest first, and the first that names somebody on the class's roster wins: account known → Directory e-mail known
 * → alias of the call, the class, the series, everywhere → exact normalised name of exactly one person on the rosters
 * touched. An account that is known to be somebody is never matched by name: a father and son may have the same name.
 * Who is on no roster is who a person said for the call, the class or the series, and otherwise the owner of the account.
 *
 * @param touched classes of the room, canceled ones too, whose window the participant's sessions touch
 */
export function identify(
  participant: Identifiable,
  touched: readonly RoomClass[],
  index: IdentityIndex,
  /** Another guest of that name is in the call at the same time: what was learned about the name is not used. */
  shared = false,
  /** The classes that a guest came for: what was learned of a name for a class or a series holds in these only. */
  cameFor: ReadonlySet<number> = new Set(touched.map(({ id }) => id)),
): Identification {
  const name = normaliseName(participant.displayName);
  const account = participant.userId;
  const rules = rulesFor(participant, index).filter((rule) => !shared || rule.verdict === 'is_not' || !isLabel(rule));
  const owner = ownerOf(account, index);
  const strong = strongMatch(account, rules, owner);
  const named = strong === null && name !== '' ? nameMatch(name, touched, index) : null;

  const byClass = new Map<number, Match>();
  const guests = new Map<number, Match>();
  for (const c of touched) {
    const roster = new Set(c.roster.map(({ personId }) => personId));
    const applying = rules.filter((rule) => applies(rule, c) && (cameFor.has(c.id) || !holdsForSome(rule)));
    const known = strong === null ? null : unrefused(strong, owner, applying);
    const [inClass = null, inCall = null, ofClass = null, ofSeries = null, everywhere = null] = aliases(applying);
    const ofCall = inClass ?? inCall;
    // A guest without an account who was named for the call is nobody else there, but for a class in which somebody said so.
    const isSettled = account === null && ofCall !== null;
    const byName = named?.personIds.some((id) => refuses(applying, id)) === false ? named : null;
    const narrow = isSettled ? [ofCall] : [inClass, inCall, ofClass, ofSeries];
    const wide = isSettled ? [] : [everywhere, byName];
    const guest = [...narrow, owner, known, ...wide].find((match) => match !== null);
    if (guest?.personIds.length === 1) guests.set(c.id, guest);
    const ofOwner = owner === null ? null : expectedOwner(owner, known, roster, index);
    for (const match of [ofOwner, ...narrow, known, ...wide]) {
      const personIds = match?.personIds.filter((id) => roster.has(id)) ?? [];
      if (match === null || personIds.length === 0) continue;
      // An alias of somebody who is known by the account adds nothing to that.
      const isKnown = known !== null && personIds.every((id) => known.personIds.includes(id));
      byClass.set(c.id, { ...(isKnown ? known : match), personIds });
      break;
    }
  }
  return { byClass, guests };
}

/**
 * Who sits at an account whose owner is expected: a parent is the parent, whoever sits there elsewhere; siblings share one.
 *
 * @param known the owner and whom the account stands for everywhere
 */
function expectedOwner(
  owner: Match,
  known: Match | null,
  roster: ReadonlySet<number>,
  { knowledge }: IdentityIndex,
): Match | null {
  const expected = owner.personIds.filter((id) => roster.has(id));
  if (expected.length === 0) return null;
  return expected.every((id) => knowledge.people.get(id)?.role === 'student') ? known : owner;
}

function strongMatch(account: string | null, rules: readonly IdentityRule[], owner: Match | null): Match | null {
  const learned = rules
    .filter((rule) => rule.kind === 'account' && rule.verdict === 'is' && rule.scope === 'everywhere')
    .map(({ personId }) => personId);
  if (account === null || learned.length === 0) return owner;
  const personIds = [...new Set([...(owner?.personIds ?? []), ...learned])].sort((a, b) => a - b);
  return { personIds, method: 'account', confidence: 'strong' };
}

/** What was learned about an account can be refused for a class; what the list of people or the Directory says cannot. */
function unrefused(strong: Match, owner: Match | null, applying: readonly IdentityRule[]): Match | null {
  if (strong.method !== 'account') return strong;
  const owns = owner?.personIds ?? [];
  const personIds = strong.personIds.filter((id) => owns.includes(id) || !refuses(applying, id));
  return personIds.length === 0 ? null : { ...strong, personIds };
}

/** Exactly one person on all the rosters touched has that name. */
function nameMatch(name: string, touched: readonly RoomClass[], { knowledge }: IdentityIndex): Match | null {
  const holders = new Set<number>();
  for (const { roster } of touched) {
    for (const { personId } of roster) {
      const known = knowledge.people.get(personId)?.name;
      if (known !== null && known !== undefined && normaliseName(known) === name) holders.add(personId);
    }
  }
  return holders.size === 1 ? { personIds: [...holders], method: 'name', confidence: 'weak' } : null;
}

/** An alias of a name that other guests may have in the lessons beside it. */
function holdsForSome(rule: IdentityRule): boolean {
  return isLabel(rule) && rule.verdict === 'is' && (rule.scope === 'class' || rule.scope === 'series');
}
