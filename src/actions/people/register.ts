import type { Person } from '../../core/attendance/identity.ts';
import { isCurrency } from '../../core/billing/money/currencies.ts';
import type { Attendance } from '../../capture/rebuild.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { Database } from '../../ledger/database.ts';
import type { Family, NewFamily, NewPerson, PeopleStore } from '../../ledger/school/people-store.ts';
import { normaliseEmail } from '../classes/booking-rules.ts';
import { invalid, refuse, refused, storedOrRefused } from '../action.ts';
import type { By, Refused } from '../action.ts';

export interface SavedPerson {
  readonly kind: 'saved';
  readonly person: Person;
}

export interface SavedFamily {
  readonly kind: 'saved';
  readonly family: Family;
  /** Addresses of students that were nobody before. */
  readonly createdPeople: readonly string[];
}

type Changes<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

/** The people and families of the school as people change them. Every change is audited in its transaction. */
export interface Register {
  addPerson(person: NewPerson, by: By): SavedPerson | Refused;
  /** What says who somebody is (address, name, account) changes the logs of their classes too. */
  changePerson(id: number, changes: Changes<NewPerson>, by: By): SavedPerson | Refused;
  /** Students who are nobody yet become people. */
  addFamily(family: NewFamily, by: By): SavedFamily | Refused;
  changeFamily(id: number, changes: Changes<NewFamily>, by: By): SavedFamily | Refused;
}

export interface RegisterDeps {
  readonly database: Pick<Database, 'write'>;
  readonly people: PeopleStore;
  readonly classStore: ClassStore;
  readonly attendance: Attendance;
  readonly audit: AuditLog;
}

const PAGE = 500;

export function createRegister({ database, people, classStore, attendance, audit }: RegisterDeps): Register {
  const rebuildClassesOf = (personId: number): void => {
    for (let after: { start: number; id: number } | undefined; ;) {
      const page = classStore.list({ personId, after, limit: PAGE });
      for (const { id, status } of page) if (status !== 'scheduled') attendance.rebuild(id);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = { start: last.start, id: last.id };
    }
  };

  const refuseTakenEmail = (email: string, except: number | null): void => {
    const other = people.byEmail(email);
    if (other === null || other.id === except) return;
    refuse(refused('email_taken', `${other.email} is person ${other.id} already: change that person instead`));
  };

  const refuseTakenName = (name: string, except: number | null): void => {
    const other = people.familyByName(name);
    if (other === null || other.id === except) return;
    refuse(
      refused('name_taken', `family ${other.id} has this name already: change that family, or use a name of its own`),
    );
  };

  /** Addresses without repetition; who is unknown becomes a student. */
  const students = (emails: readonly string[], actor: string) => {
    const wanted = [...new Set(emails.map(normaliseEmail))];
    const created: string[] = [];
    for (const [i, email] of wanted.entries()) {
      const known = people.byEmail(email);
      if (known === null) {
        const person = people.create({ email, role: 'student' });
        audit.append({ actor, action: 'person.create', subject: `person:${person.id}`, after: person });
        created.push(email);
      } else if (known.role !== 'student') {
        const message = `${email} is registered as ${known.role}; only students belong to a family`;
        refuse(invalid([{ path: `student_emails.${i}`, message }]));
      }
    }
    return { wanted, created };
  };

  const checkCurrency = (currency: string | undefined): void => {
    if (currency === undefined || isCurrency(currency)) return;
    const message = 'is not a currency; use a code of ISO 4217 in capitals such as EUR';
    refuse(invalid([{ path: 'currency', message }]));
  };

  return {
    addPerson: (input, by) =>
      storedOrRefused(database.write, () => {
        refuseTakenEmail(input.email, null);
        const person = people.create({ ...input, email: normaliseEmail(input.email) });
        audit.append({ ...by, action: 'person.create', subject: `person:${person.id}`, after: person });
        return { kind: 'saved', person } as const;
      }),

    changePerson: (id, changes, by) =>
      storedOrRefused(database.write, () => {
        const before = people.get(id) ?? refuse(refused('not_found', `there is no person ${id}`));
        if (changes.email !== undefined) refuseTakenEmail(changes.email, id);
        const person = people.update(id, given(changes));
        if (!same(before, person)) {
          audit.append({ ...by, action: 'person.change', subject: `person:${id}`, before, after: person });
          const { email, name, googleUserId } = person;
          if (!same({ email, name, googleUserId }, pick(before))) rebuildClassesOf(id);
        }
        return { kind: 'saved', person } as const;
      }),

    addFamily: (input, by) =>
      storedOrRefused(database.write, () => {
        checkCurrency(input.currency);
        refuseTakenName(input.name, null);
        const { wanted, created } = students(input.studentEmails, by.actor);
        const family = people.createFamily({ ...input, studentEmails: wanted });
        audit.append({ ...by, action: 'family.create', subject: `family:${family.id}`, after: family });
        return { kind: 'saved', family, createdPeople: created } as const;
      }),

    changeFamily: (id, changes, by) =>
      storedOrRefused(database.write, () => {
        const before = people.family(id) ?? refuse(refused('not_found', `there is no family ${id}`));
        checkCurrency(changes.currency);
        if (changes.name !== undefined) refuseTakenName(changes.name, id);
        const { wanted, created } = students(changes.studentEmails ?? before.studentEmails, by.actor);
        const family = people.updateFamily(id, { ...given(changes), studentEmails: wanted });
        if (!same(before, family)) {
          audit.append({ ...by, action: 'family.change', subject: `family:${id}`, before, after: family });
        }
        return { kind: 'saved', family, createdPeople: created } as const;
      }),
  };
}

function pick({ email, name, googleUserId }: Person): Pick<Person, 'email' | 'name' | 'googleUserId'> {
  return { email, name, googleUserId };
}

function given<T extends object>(changes: Changes<T>): Partial<T> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
