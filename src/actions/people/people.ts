import type { Attendance } from '../../capture/rebuild.ts';
import type { Person } from '../../core/attendance/identity.ts';
import type { AccountStore } from '../../ledger/attendance/account-store.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { NewPerson, PeopleStore } from '../../ledger/school/people-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type By, type Saved } from '../action.ts';
import { given, same, type Changes } from '../changes.ts';

export interface PersonDeps extends AuditedDeps {
  readonly people: Pick<PeopleStore, 'get' | 'byEmail' | 'create' | 'update'>;
  readonly classStore: Pick<ClassStore, 'all'>;
  readonly attendance: Pick<Attendance, 'rebuild'>;
  /** Accounts that the Directory did not know before may be of somebody new. */
  readonly accountStore: Pick<AccountStore, 'askAgain'>;
}

/** E-mail addresses are compared and kept in lower case, without spaces around them. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

export function addPerson(deps: PersonDeps, input: NewPerson, by: By): Saved<{ person: Person }> | Refused {
  const { people } = deps;
  return audited(deps, by, (note) => {
    refuseTakenEmail(deps, input.email, null);
    const person = people.create({ ...input, email: normaliseEmail(input.email) });
    deps.accountStore.askAgain();
    note({ action: 'person.create', subject: `person:${person.id}`, after: person });
    return { kind: 'saved', person } as const;
  });
}

/** What says who somebody is (address, name, account) changes the logs of their classes too. */
export function changePerson(
  deps: PersonDeps,
  id: number,
  changes: Changes<NewPerson>,
  by: By,
): Saved<{ person: Person }> | Refused {
  const { people } = deps;
  return audited(deps, by, (note) => {
    const before = people.get(id) ?? stop(refused('not_found', `there is no person ${id}`));
    if (changes.email !== undefined) refuseTakenEmail(deps, changes.email, id);
    const person = people.update(id, given(changes));
    note({ action: 'person.change', subject: `person:${id}`, before, after: person });
    if (before.email !== person.email) deps.accountStore.askAgain();
    if (!same(identityOf(before), identityOf(person))) rebuildClassesOf(deps, id);
    return { kind: 'saved', person } as const;
  });
}

function rebuildClassesOf({ classStore, attendance }: PersonDeps, personId: number): void {
  for (const { id, status } of classStore.all({ personId })) if (status !== 'scheduled') attendance.rebuild(id);
}

function refuseTakenEmail({ people }: PersonDeps, email: string, except: number | null): void {
  const other = people.byEmail(email);
  if (other === null || other.id === except) return;
  stop(refused('email_taken', `${other.email} is person ${other.id} already: change that person instead`));
}

function identityOf({ email, name, googleUserId }: Person): Pick<Person, 'email' | 'name' | 'googleUserId'> {
  return { email, name, googleUserId };
}
