import type { RosterRole } from '../../core/schedule/class.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import type { Note } from '../action.ts';
import type { CheckedClass } from './class-input.ts';

interface RosterDeps {
  readonly people: Pick<PeopleStore, 'byEmail' | 'create'>;
}

type Addresses = Pick<CheckedClass, 'teacherEmail' | 'studentEmails'>;

/** The people of a class by their addresses. For an address that nobody has, a person is made. */
export function rosterOf({ people }: RosterDeps, { teacherEmail, studentEmails }: Addresses, note: Note) {
  const createdPeople: string[] = [];
  const idOf = (email: string, role: RosterRole): number => {
    const known = people.byEmail(email);
    if (known !== null) return known.id;
    const { id } = people.create({ email, role });
    note({ action: 'person.create', subject: `person:${id}`, after: { email, role } });
    createdPeople.push(email);
    return id;
  };
  const teacherIds = [idOf(teacherEmail, 'teacher')];
  return { teacherIds, studentIds: studentEmails.map((email) => idOf(email, 'student')), createdPeople };
}

/** The people of a class, none of whom is made; null when an address is that of nobody. */
export function knownRosterOf({ people }: RosterDeps, { teacherEmail, studentEmails }: Addresses) {
  const idsOf = (emails: readonly string[]) => emails.flatMap((email) => people.byEmail(email)?.id ?? []);
  const roster = { teacherIds: idsOf([teacherEmail]), studentIds: idsOf(studentEmails) };
  const isComplete = roster.teacherIds.length === 1 && roster.studentIds.length === studentEmails.length;
  return isComplete ? roster : null;
}
