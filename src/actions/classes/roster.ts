import type { RosterRole } from '../../core/schedule/class.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { createPerson } from '../people/relearning.ts';
import type { CheckedClass } from './class-input.ts';
import type { Telling } from './class-verb.ts';

interface RosterDeps {
  readonly people: Pick<PeopleStore, 'byEmail' | 'create'>;
}

type Addresses = Pick<CheckedClass, 'teacherEmail' | 'studentEmails'>;

/** The people of a class by their addresses. For an address that nobody has, a person is made. */
export function rosterOf(
  { people }: RosterDeps,
  { teacherEmail, studentEmails }: Addresses,
  telling: Omit<Telling, 'touch'>,
) {
  const createdPeople: string[] = [];
  const warnings: string[] = [];
  const idOf = (email: string, role: RosterRole): number => {
    const known = people.byEmail(email);
    if (known !== null) {
      if ((known.role === 'student') !== (role === 'student')) {
        warnings.push(`${email} is registered as ${known.role} and is the ${role} of this class`);
      }
      return known.id;
    }
    const near = telling.addresses.near(email);
    if (near !== null) {
      warnings.push(`${email} was not known and is entered as a new ${role}; it is one letter from ${near}`);
    }
    createdPeople.push(email);
    telling.addresses.add(email);
    return createPerson({ people }, { email, role }, telling).id;
  };
  const teacherIds = [idOf(teacherEmail, 'teacher')];
  return { teacherIds, studentIds: studentEmails.map((email) => idOf(email, 'student')), createdPeople, warnings };
}

/** The people of a class, none of whom is made; null when an address is that of nobody. */
export function knownRosterOf({ people }: RosterDeps, { teacherEmail, studentEmails }: Addresses) {
  const idsOf = (emails: readonly string[]) => emails.flatMap((email) => people.byEmail(email)?.id ?? []);
  const roster = { teacherIds: idsOf([teacherEmail]), studentIds: idsOf(studentEmails) };
  const isComplete = roster.teacherIds.length === 1 && roster.studentIds.length === studentEmails.length;
  return isComplete ? roster : null;
}
