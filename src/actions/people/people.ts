import type { Person, PersonRole } from '../../core/attendance/identity/knowledge.ts';
import type { RosterRole } from '../../core/schedule/class.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { NewPerson, PeopleStore } from '../../ledger/school/people-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type By, type Note, type Saved } from '../action.ts';
import { given, type Changes } from '../changes.ts';
import { createPerson, relearning, type Learn, type RelearningDeps } from './relearning.ts';

export interface PersonDeps extends AuditedDeps, RelearningDeps {
  readonly people: Pick<PeopleStore, 'get' | 'byEmail' | 'byAccount' | 'familyOf' | 'create' | 'update'>;
}

/** E-mail addresses are compared and kept in lower case, without spaces around them. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

type SavedPerson = Saved<{ person: Person }>;

/** Writes the audit log and tells what was learned about people. */
export interface Noting {
  readonly note: Note;
  readonly learn: Learn;
}

/** The logs of the calls that they were seen in follow. */
export function addPerson(deps: PersonDeps, input: NewPerson, by: By): SavedPerson | Refused {
  return audited(deps, by, (note) => relearning(deps, (learn) => enterNewPerson(deps, input, { note, learn })));
}

/** What says who somebody is (address, name, account, role) changes the logs of their classes too. */
export function changePerson(deps: PersonDeps, id: number, changes: Changes<NewPerson>, by: By): SavedPerson | Refused {
  return audited(deps, by, (note) =>
    relearning(deps, (learn) => changeKnownPerson(deps, id, changes, { note, learn })),
  );
}

/** Inside a transaction. */
export function enterNewPerson(deps: PersonDeps, input: NewPerson, noting: Noting): SavedPerson {
  refuseTakenEmail(deps, input.email, null);
  refuseSharedAccount(deps, input);
  const person = createPerson(deps, { ...input, email: normaliseEmail(input.email) }, noting);
  return { kind: 'saved', person };
}

/** Inside a transaction. */
export function changeKnownPerson(
  deps: PersonDeps,
  id: number,
  changes: Changes<NewPerson>,
  { note, learn }: Noting,
): SavedPerson {
  const { people } = deps;
  const before = people.get(id) ?? stop(refused('not_found', `there is no person ${id}`));
  if (changes.email !== undefined) refuseTakenEmail(deps, changes.email, id);
  const wanted = { ...before, ...given(changes) };
  if (wanted.googleUserId !== before.googleUserId || wanted.role !== before.role) refuseSharedAccount(deps, wanted, id);
  if (wanted.role !== before.role) refuseOtherRole(deps, before, wanted.role);
  const person = people.update(id, given(changes));
  note({ action: 'person.change', subject: `person:${id}`, before, after: person });
  learn(before, person);
  return { kind: 'saved', person };
}

function refuseTakenEmail({ people }: PersonDeps, email: string, except: number | null): void {
  const other = people.byEmail(email);
  if (other === null || other.id === except) return;
  stop(refused('email_taken', `${other.email} is person ${other.id} already: change that person instead`));
}

/** One account stands for several people only where all of them are students: siblings at one device. */
function refuseSharedAccount(
  { people }: PersonDeps,
  { googleUserId, role }: Pick<NewPerson, 'googleUserId' | 'role'>,
  except?: number,
): void {
  if (googleUserId === null || googleUserId === undefined) return;
  const others = people.byAccount(googleUserId).filter(({ id }) => id !== except);
  const other = others.find((one) => one.role !== 'student') ?? (role === 'student' ? undefined : others[0]);
  if (other === undefined) return;
  const message = `the account ${googleUserId} is that of ${other.email}: only students share one, as siblings do`;
  stop(refused('account_taken', message, [{ path: 'google_user_id', message: `is the account of ${other.email}` }]));
}

/** Whoever teaches, learns or is billed for goes on doing so: the classes and the family have to change first. */
function refuseOtherRole({ people, classStore, clock }: PersonDeps, { id, email }: Person, role: PersonRole): void {
  const now = clock.now();
  const ahead = classStore.all({ personId: id, from: now }).filter(({ status }) => status !== 'canceled');
  const taken = (as: RosterRole) =>
    ahead.find(({ roster }) => roster.some((one) => one.personId === id && one.role === as));
  const taught = role === 'student' || role === 'other' ? taken('teacher') : undefined;
  if (taught !== undefined) {
    const message = `${email} teaches class ${taught.id} from ${formatInstant(taught.start)}: give that class another teacher or cancel it first`;
    stop(refused('role_in_use', message, [{ path: 'role', message: `teaches class ${taught.id}` }]));
  }
  if (role === 'student') return;
  const learned = taken('student');
  if (learned !== undefined) {
    const message = `${email} is a student of class ${learned.id} from ${formatInstant(learned.start)}: take them off that class first`;
    stop(refused('role_in_use', message, [{ path: 'role', message: `is a student of class ${learned.id}` }]));
  }
  const family = people.familyOf(id);
  if (family === null) return;
  const message = `${email} is a student of family ${family.name}: take them out of the family first`;
  stop(refused('role_in_use', message, [{ path: 'role', message: `is a student of family ${family.name}` }]));
}
