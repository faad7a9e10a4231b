import type { RoomClass } from '../schedule/class.ts';
import type { ParticipantEvidence } from './evidence.ts';

export type PersonRole = 'teacher' | 'student' | 'admin' | 'other';

export interface Person {
  readonly id: number;
  readonly email: string;
  readonly name: string | null;
  readonly role: PersonRole;
  readonly googleUserId: string | null;
}

/** Where something that was learned holds, from the narrowest to the widest. `call`: of the participants themselves. */
export const IDENTITY_SCOPES = ['call', 'class', 'series', 'everywhere'] as const;
export type IdentityScope = (typeof IDENTITY_SCOPES)[number];

/** Where something that was learned holds. */
export interface Reach {
  readonly scope: IdentityScope;
  readonly classId: number | null;
  readonly seriesId: string | null;
}

/** A learned alias, or a remembered refusal. */
export interface IdentityRule extends Reach {
  readonly kind: 'account' | 'name' | 'phone' | 'participant';
  /** Google account id, the normalised displayed name, or the participant's resource name. */
  readonly value: string;
  readonly personId: number;
  readonly verdict: 'is' | 'is_not';
}

/** Somebody said that it is a bot or a device. */
export interface IgnoreRule extends Reach {
  /** `name`: of whoever has no account. */
  readonly kind: 'account' | 'name' | 'participant';
  readonly value: string;
}

export type IdentityMethod = 'account' | 'directory' | 'alias' | 'name' | 'decision';
export type Confidence = 'strong' | 'medium' | 'weak';

export interface Match {
  readonly personIds: readonly number[];
  readonly method: IdentityMethod;
  readonly confidence: Confidence;
}

export interface IdentityKnowledge {
  readonly people: ReadonlyMap<number, Person>;
  /** Account id → e-mail, or null where the Directory knows no such user. Accounts not asked about are absent. */
  readonly directory: ReadonlyMap<string, string | null>;
  readonly rules: readonly IdentityRule[];
  readonly ignored: readonly IgnoreRule[];
}

export interface Identification {
  /** Class id → who on its roster the participant is. */
  readonly byClass: ReadonlyMap<number, Match>;
  /** Class id → who the participant is there without being on the roster. Absent: unknown, or one of several. */
  readonly guests: ReadonlyMap<number, Match>;
}

/** The form in which names are compared: without differences of compatibility forms, case and white space. */
export function normaliseName(name: string): string {
  return Array.from(name.normalize('NFKC'), foldCase).join('').normalize('NFKC').replaceAll(/\s+/gu, ' ').trim();
}

/** Unicode's case folding, which JavaScript has no function for: `ß` is `ss`, every sigma is one, but `ı` is not `i`. */
function foldCase(letter: string): string {
  return letter === 'ı' ? letter : letter.toLowerCase().toUpperCase().toLowerCase();
}

/** Looks people up by account, e-mail and name; built once a rebuild. */
export interface IdentityIndex {
  readonly knowledge: IdentityKnowledge;
  readonly byAccount: ReadonlyMap<string, readonly number[]>;
  readonly byEmail: ReadonlyMap<string, number>;
  readonly rulesByValue: ReadonlyMap<string, readonly IdentityRule[]>;
  readonly ignoredByValue: ReadonlyMap<string, readonly IgnoreRule[]>;
}

export function indexIdentities(knowledge: IdentityKnowledge): IdentityIndex {
  const byAccount = Map.groupBy(
    [...knowledge.people.values()].filter(({ googleUserId }) => googleUserId !== null),
    ({ googleUserId }) => googleUserId!,
  );
  return {
    knowledge,
    byAccount: new Map(
      [...byAccount].map(([account, people]) => [account, people.map(({ id }) => id).sort((a, b) => a - b)]),
    ),
    byEmail: new Map([...knowledge.people.values()].map(({ email, id }) => [email.toLowerCase(), id])),
    rulesByValue: Map.groupBy(knowledge.rules, ({ kind, value }) => `${kind}:${value}`),
    ignoredByValue: Map.groupBy(knowledge.ignored, ({ kind, value }) => `${kind}:${value}`),
  };
}

type Identifiable = Pick<ParticipantEvidence, 'name' | 'kind' | 'userId' | 'displayName'>;

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
  const strong = strongMatch(account, rules, owner, index);
  const named = strong === null && name !== '' ? nameMatch(name, touched, index) : null;

  const byClass = new Map<number, Match>();
  const guests = new Map<number, Match>();
  for (const c of touched) {
    const roster = new Set(c.roster.map(({ personId }) => personId));
    const applying = rules.filter((rule) => applies(rule, c) && (cameFor.has(c.id) || !holdsForSome(rule)));
    const known = strong === null ? null : unrefused(strong, account, applying, index);
    const [ofCall = null, ...wider] = aliases(applying);
    // A guest without an account who was named for the call is nobody else.
    const learned = account === null && ofCall !== null ? [ofCall, null] : [ofCall, ...wider];
    const [narrow, everywhere] = [learned.slice(0, -1), learned.slice(-1)];
    const unnamed = account !== null || ofCall === null;
    const byName =
      unnamed && named?.personIds.some((id) => refuses(applying, id, 'everywhere')) === false ? named : null;
    const guest = [...narrow, owner, known, ...everywhere, byName].find((match) => match !== null);
    if (guest?.personIds.length === 1) guests.set(c.id, guest);
    const ofOwner = owner === null ? null : expectedOwner(owner, known, roster, index);
    for (const match of [ofOwner, ...narrow, known, ...everywhere, byName]) {
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

/**
 * Whether somebody said that in this class the participant is nobody. Who was named for less than what is ignored is
 * somebody: an alias of the series goes before a name that is ignored everywhere.
 *
 * @param shared another guest of that name is in the call at the same time: the name is used only where it is ignored everywhere
 */
export function isIgnored(participant: Identifiable, c: RoomClass, index: IdentityIndex, shared = false): boolean {
  const { name, userId, displayName } = participant;
  const label = userId === null ? `name:${normaliseName(displayName)}` : `account:${userId}`;
  const found = [
    ...(index.ignoredByValue.get(`participant:${name}`) ?? []),
    ...(index.ignoredByValue.get(label) ?? []).filter(
      ({ kind, scope }) => !shared || kind !== 'name' || scope === 'everywhere',
    ),
  ].filter((rule) => applies(rule, c));
  if (found.length === 0) return false;
  const narrowest = Math.min(...found.map(({ scope }) => IDENTITY_SCOPES.indexOf(scope)));
  const applying = rulesFor(participant, index).filter((rule) => applies(rule, c) && !(shared && isLabel(rule)));
  return aliases(applying)
    .slice(0, narrowest)
    .every((match) => match === null);
}

/**
 * Whether a person said who the participant is in this class. What was said for everywhere says so of an owner of the
 * account only: otherwise it is no more than how the participant came to be known.
 */
export function isNamed(participant: Identifiable, c: RoomClass, index: IdentityIndex): boolean {
  const owner = ownerOf(participant.userId, index);
  return rulesFor(participant, index).some(
    (rule) =>
      rule.verdict === 'is' &&
      applies(rule, c) &&
      (rule.scope !== 'everywhere' || owner?.personIds.includes(rule.personId) === true),
  );
}

/** What was learned about a participant, wherever it holds. */
export function rulesFor(participant: Identifiable, index: IdentityIndex): readonly IdentityRule[] {
  const { kind, userId } = participant;
  const name = normaliseName(participant.displayName);
  // A name that was learned from a guest says nothing about a signed-in account that shows the same name.
  const key = userId !== null ? `account:${userId}` : `${kind === 'phone' ? 'phone' : 'name'}:${name}`;
  return [...(index.rulesByValue.get(`participant:${participant.name}`) ?? []), ...(index.rulesByValue.get(key) ?? [])];
}

function isLabel({ kind }: IdentityRule): boolean {
  return kind === 'name' || kind === 'phone';
}

/** An alias of a name that other guests may have in the lessons beside it. */
function holdsForSome(rule: IdentityRule): boolean {
  return isLabel(rule) && rule.verdict === 'is' && (rule.scope === 'class' || rule.scope === 'series');
}

/** Whose account it is by the list of people, or else by the Directory. */
function ownerOf(account: string | null, { knowledge, byAccount, byEmail }: IdentityIndex): Match | null {
  if (account === null) return null;
  const personIds = byAccount.get(account);
  if (personIds !== undefined) return { personIds, method: 'account', confidence: 'strong' };
  const email = knowledge.directory.get(account)?.toLowerCase();
  const person = email === undefined ? undefined : byEmail.get(email);
  return person === undefined ? null : { personIds: [person], method: 'directory', confidence: 'strong' };
}

function strongMatch(
  account: string | null,
  rules: readonly IdentityRule[],
  owner: Match | null,
  { byAccount }: IdentityIndex,
): Match | null {
  const learned = rules
    .filter((rule) => rule.kind === 'account' && rule.verdict === 'is' && rule.scope === 'everywhere')
    .map(({ personId }) => personId);
  if (account === null || learned.length === 0) return owner;
  const known = byAccount.get(account) ?? [];
  const personIds = [...new Set([...known, ...learned])].sort((a, b) => a - b);
  return { personIds, method: 'account', confidence: 'strong' };
}

/** What was learned about an account can be refused for a class; what the list of people or the Directory says cannot. */
function unrefused(
  strong: Match,
  account: string | null,
  applying: readonly IdentityRule[],
  { byAccount }: IdentityIndex,
): Match | null {
  if (strong.method !== 'account' || account === null) return strong;
  const registered = byAccount.get(account) ?? [];
  const personIds = strong.personIds.filter((id) => registered.includes(id) || !refuses(applying, id, 'everywhere'));
  return personIds.length === 0 ? null : { ...strong, personIds };
}

/** Whether the person was refused for the scope or a narrower one. At the same scope a refusal goes before an alias. */
function refuses(applying: readonly IdentityRule[], personId: number, scope: IdentityScope): boolean {
  return applying.some(
    (rule) =>
      rule.verdict === 'is_not' &&
      rule.personId === personId &&
      IDENTITY_SCOPES.indexOf(rule.scope) <= IDENTITY_SCOPES.indexOf(scope),
  );
}

/** Whether somebody has said that in this class the participant is not that person. */
export function isRefused(participant: Identifiable, personId: number, c: RoomClass, index: IdentityIndex): boolean {
  const rules = rulesFor(participant, index);
  return refuses(
    rules.filter((rule) => applies(rule, c)),
    personId,
    'everywhere',
  );
}

/** The aliases among the rules that apply to a class, nearest scope first. */
function aliases(applying: readonly IdentityRule[]): (Match | null)[] {
  const learned = applying.filter((rule) => rule.verdict === 'is' && !refuses(applying, rule.personId, rule.scope));
  return IDENTITY_SCOPES.map((scope) => aliasOf(learned.filter((rule) => rule.scope === scope)));
}

function aliasOf(rules: readonly IdentityRule[]): Match | null {
  const personIds = [...new Set(rules.map(({ personId }) => personId))].sort((a, b) => a - b);
  return personIds.length === 0 ? null : { personIds, method: 'alias', confidence: 'medium' };
}

export function applies(rule: Reach, c: Pick<RoomClass, 'id' | 'seriesId'>): boolean {
  switch (rule.scope) {
    case 'call':
      // The rule names the participant itself.
      return true;
    case 'class':
      return rule.classId === c.id;
    case 'series':
      return rule.seriesId !== null && rule.seriesId === c.seriesId;
    case 'everywhere':
      return true;
  }
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
