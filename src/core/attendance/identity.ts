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

/** A learned alias, or a remembered refusal. */
export interface IdentityRule {
  readonly kind: 'account' | 'name' | 'phone' | 'participant';
  /** Google account id, the normalised displayed name, or the participant's resource name. */
  readonly value: string;
  readonly personId: number;
  readonly verdict: 'is' | 'is_not';
  readonly scope: 'class' | 'series' | 'everywhere';
  readonly classId: number | null;
  readonly seriesId: string | null;
}

export interface IgnoreRule {
  readonly kind: 'account' | 'name';
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
  /** On the ignore list: a bot or a room device. */
  readonly ignored: boolean;
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
  };
}

/**
 * Who a participant is, in each class that the presence touches.
 *
 * Strongest first, and the first that names somebody on the class's roster wins: account known → Directory e-mail known
 * → alias of the class, the series, everywhere → exact normalised name of exactly one person on the rosters touched.
 * An account that is known to be somebody is never matched by name: a father and son may have the same name.
 *
 * @param touched classes of the room, not canceled, whose window the participant's sessions touch
 */
export function identify(
  participant: Pick<ParticipantEvidence, 'name' | 'kind' | 'userId' | 'displayName'>,
  touched: readonly RoomClass[],
  index: IdentityIndex,
  /** Another guest of that name is in the call at the same time: what was learned about the name is not used. */
  shared = false,
): Identification {
  const name = normaliseName(participant.displayName);
  const account = participant.userId;
  const ignored = index.knowledge.ignored.some((rule) => rule.value === (rule.kind === 'account' ? account : name));
  if (ignored) return { ignored, byClass: new Map(), guests: new Map() };

  const rules = rulesFor(participant, name, index).filter(
    (rule) => !shared || rule.verdict === 'is_not' || !isLabel(rule),
  );
  const strong = strongMatch(account, rules, index);
  const named = strong === null && name !== '' ? nameMatch(name, touched, index) : null;

  const byClass = new Map<number, Match>();
  const guests = new Map<number, Match>();
  for (const c of touched) {
    const roster = new Set(c.roster.map(({ personId }) => personId));
    const applying = rules.filter((rule) => applies(rule, c));
    const known = strong === null ? null : unrefused(strong, account, applying, index);
    const byName = named?.personIds.some((id) => refuses(applying, id, 'everywhere')) === true ? null : named;
    const candidates = [known, ...aliases(applying), byName].filter((match) => match !== null);
    const guest = candidates[0];
    if (guest?.personIds.length === 1) guests.set(c.id, guest);
    for (const match of candidates) {
      const personIds = match.personIds.filter((id) => roster.has(id));
      if (personIds.length === 0) continue;
      byClass.set(c.id, { ...match, personIds });
      break;
    }
  }
  return { ignored, byClass, guests };
}

function rulesFor(
  participant: Pick<ParticipantEvidence, 'name' | 'kind' | 'userId'>,
  name: string,
  index: IdentityIndex,
): readonly IdentityRule[] {
  const { kind, userId } = participant;
  // A name that was learned from a guest says nothing about a signed-in account that shows the same name.
  const key = userId !== null ? `account:${userId}` : `${kind === 'phone' ? 'phone' : 'name'}:${name}`;
  return [...(index.rulesByValue.get(`participant:${participant.name}`) ?? []), ...(index.rulesByValue.get(key) ?? [])];
}

function isLabel({ kind }: IdentityRule): boolean {
  return kind === 'name' || kind === 'phone';
}

function strongMatch(account: string | null, rules: readonly IdentityRule[], index: IdentityIndex): Match | null {
  if (account === null) return null;
  const known = index.byAccount.get(account) ?? [];
  const learned = rules
    .filter((rule) => rule.kind === 'account' && rule.verdict === 'is' && rule.scope === 'everywhere')
    .map(({ personId }) => personId);
  const personIds = [...new Set([...known, ...learned])].sort((a, b) => a - b);
  if (personIds.length > 0) return { personIds, method: 'account', confidence: 'strong' };
  const email = index.knowledge.directory.get(account)?.toLowerCase();
  const person = email === undefined ? undefined : index.byEmail.get(email);
  return person === undefined ? null : { personIds: [person], method: 'directory', confidence: 'strong' };
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

const SCOPES: readonly IdentityRule['scope'][] = ['class', 'series', 'everywhere'];

/** Whether the person was refused for the scope or a narrower one. At the same scope a refusal goes before an alias. */
function refuses(applying: readonly IdentityRule[], personId: number, scope: IdentityRule['scope']): boolean {
  return applying.some(
    (rule) =>
      rule.verdict === 'is_not' && rule.personId === personId && SCOPES.indexOf(rule.scope) <= SCOPES.indexOf(scope),
  );
}

/** Whether somebody has said that in this class the participant is not that person. */
export function isRefused(
  participant: Pick<ParticipantEvidence, 'name' | 'kind' | 'userId' | 'displayName'>,
  personId: number,
  c: RoomClass,
  index: IdentityIndex,
): boolean {
  const rules = rulesFor(participant, normaliseName(participant.displayName), index);
  return refuses(
    rules.filter((rule) => applies(rule, c)),
    personId,
    'everywhere',
  );
}

/** The aliases among the rules that apply to a class, nearest scope first. */
function aliases(applying: readonly IdentityRule[]): (Match | null)[] {
  const learned = applying.filter((rule) => rule.verdict === 'is' && !refuses(applying, rule.personId, rule.scope));
  return SCOPES.map((scope) => aliasOf(learned.filter((rule) => rule.scope === scope)));
}

function aliasOf(rules: readonly IdentityRule[]): Match | null {
  const personIds = [...new Set(rules.map(({ personId }) => personId))].sort((a, b) => a - b);
  return personIds.length === 0 ? null : { personIds, method: 'alias', confidence: 'medium' };
}

export function applies(
  rule: Pick<IdentityRule, 'scope' | 'classId' | 'seriesId'>,
  c: Pick<RoomClass, 'id' | 'seriesId'>,
): boolean {
  switch (rule.scope) {
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
