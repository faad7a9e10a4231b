import { createHash } from 'node:crypto';

import type { ParticipantEvidence } from '../../core/attendance/evidence.ts';
import { knowledgeWanted, nameHolders, type NameHolders } from '../../core/attendance/identity/attendees.ts';
import { indexIdentities, type IdentityIndex, type Person } from '../../core/attendance/identity/knowledge.ts';
import type { Failure } from '../../google/call/failures.ts';
import type { Directory } from '../../google/directory/directory.ts';
import type { AccountStore } from '../../ledger/attendance/account-store.ts';
import type { IdentityStore } from '../../ledger/attendance/identity-store.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';

export interface KnownDeps {
  readonly directory: Directory;
  readonly accountStore: AccountStore;
  readonly identityStore: IdentityStore;
  readonly people: Pick<PeopleStore, 'list' | 'byEmail'>;
}

/** Whom the school knows, as it is while a listing goes on. */
export interface Known {
  readonly holders: NameHolders;
  /** Changes when somebody may be known who was not before. */
  readonly version: string;
}

export function whomTheSchoolKnows({ people, identityStore }: KnownDeps): Known {
  const everybody = people.list({ after: 0, limit: Number.MAX_SAFE_INTEGER });
  const facts = everybody.map(({ id, email, name, role, googleUserId }) => [id, email, name, role, googleUserId]);
  const version = createHash('sha256').update(JSON.stringify([facts, identityStore.everywhereVersion()]));
  return { holders: nameHolders(everybody), version: version.digest('hex') };
}

/** What the Directory says of accounts that nobody of the school is known to have. It is not stored. */
export interface DirectoryAnswers {
  readonly found: ReadonlyMap<string, { readonly email: string; readonly name: string | null } | null>;
  /** Why some of them could not be asked about; null: all were. */
  readonly failure: Failure | null;
}

/** Asks who unknown accounts are. Whoever is none of the school's leaves no trace unless the call is kept. */
export async function askDirectory(
  { directory, accountStore, identityStore }: KnownDeps,
  organizer: string,
  participants: readonly Pick<ParticipantEvidence, 'userId'>[],
  signal: AbortSignal,
): Promise<DirectoryAnswers> {
  const accounts = [...new Set(participants.flatMap(({ userId }) => userId ?? []))];
  const answered = accountStore.emails(accounts);
  const { people } = identityStore.knowledgeOf({ accounts, labels: [], personIds: [] });
  const registered = new Set([...people.values()].map(({ googleUserId }) => googleUserId));
  const found = new Map<string, { email: string; name: string | null } | null>();
  let failed: Failure | null = null;
  for (const account of accounts) {
    if (registered.has(account) || typeof answered.get(account) === 'string') continue;
    const answer = await directory.lookUp(organizer, account, signal);
    if (answer.kind === 'ok') found.set(account, answer.value);
    else failed = answer;
  }
  return { found, failure: failed };
}

/** Everything that tells who these participants are, with what the Directory said just now. */
export function identitiesOf(
  { identityStore, people }: KnownDeps,
  participants: readonly Pick<ParticipantEvidence, 'name' | 'userId' | 'displayName'>[],
  { holders }: Known,
  { found }: DirectoryAnswers,
): IdentityIndex {
  const owners = [...found.values()].flatMap((user): Person[] => {
    const person = user === null ? null : people.byEmail(user.email);
    return person === null ? [] : [person];
  });
  const wanted = knowledgeWanted(participants, holders);
  const knowledge = identityStore.knowledgeOf({
    ...wanted,
    personIds: [...wanted.personIds, ...owners.map(({ id }) => id)],
  });
  const emails = [...found].map(([account, user]) => [account, user?.email ?? null] as const);
  return indexIdentities({ ...knowledge, directory: new Map([...knowledge.directory, ...emails]) });
}
