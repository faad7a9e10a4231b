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

/** Whose account it is by the list of people, or else by the Directory. */
export function ownerOf(account: string | null, { knowledge, byAccount, byEmail }: IdentityIndex): Match | null {
  if (account === null) return null;
  const personIds = byAccount.get(account);
  if (personIds !== undefined) return { personIds, method: 'account', confidence: 'strong' };
  const email = knowledge.directory.get(account)?.toLowerCase();
  const person = email === undefined ? undefined : byEmail.get(email);
  return person === undefined ? null : { personIds: [person], method: 'directory', confidence: 'strong' };
}
