import type { PersonRole } from '../../core/attendance/identity.ts';
import { audited, type By } from '../action.ts';
import { same } from '../changes.ts';
import { importTable, type ImportOptions, type ImportResult, type Notes } from '../csv-import.ts';
import { readTable, type CsvRow } from '../csv-table.ts';
import { changeKnownFamily, enterNewFamily, type FamilyDeps } from './families.ts';
import { changeKnownPerson, enterNewPerson, type PersonDeps } from './people.ts';
import { relearning, type Learn } from './relearning.ts';

type ImportPeopleDeps = PersonDeps & FamilyDeps;

/** @internal The test of docs/files.md reads them too. */
export const peopleColumns = {
  required: ['email', 'role'],
  optional: ['name', 'google_user_id', 'family', 'currency', 'billing_email'],
};
const roles = ['teacher', 'student', 'admin', 'other'] as const satisfies readonly PersonRole[];

/** Enters the people of a CSV file and their families, all or none. Entering a file twice changes nothing. */
export function importPeople(deps: ImportPeopleDeps, text: string, options: ImportOptions, by: By): ImportResult {
  return importTable(deps.database, readTable(text, peopleColumns), options, {
    read: personOf,
    enter: (people, notes) => {
      relearning(deps, (learn) => enterPeople(deps, people, { by, learn }, notes));
      deps.accountStore.askAgain();
    },
  });
}

type PersonRow = NonNullable<ReturnType<typeof personOf>>;

function personOf(row: CsvRow, notes: Notes) {
  const role = roles.find((known) => known === row.cell('role').toLowerCase());
  if (role === undefined) notes.fault(row, 'role', `must be one of ${roles.join(', ')}`);
  const googleUserId = row.cell('google_user_id').replace(/^users\//, '');
  if (!/^[\w-]{0,64}$/.test(googleUserId)) {
    const message =
      'is not an account id; if a spreadsheet made 1.04E+20 of it, format the column as text and enter it again';
    notes.fault(row, 'google_user_id', message);
  }
  const family = row.cell('family');
  const billingEmail = row.cell('billing_email') === '' ? '' : notes.email(row, 'billing_email');
  if (family !== '' && role !== undefined && role !== 'student') {
    notes.fault(row, 'family', 'only students belong to a family; leave it empty');
  }
  const email = notes.email(row, 'email');
  if (role === undefined) return null;
  const currency = row.cell('currency').toUpperCase();
  return { row, email, role, name: row.cell('name'), googleUserId, family, currency, billingEmail };
}

/** Who enters the rows, and what is told of whom they teach about. */
interface Entering {
  readonly by: By;
  readonly learn: Learn;
}

function enterPeople(deps: ImportPeopleDeps, people: readonly PersonRow[], entering: Entering, notes: Notes): void {
  const lines = new Map<string, number>();
  const families = new Map<string, PersonRow>();
  for (const person of people) {
    const { row, email, family } = person;
    const twin = lines.get(email);
    if (twin !== undefined) {
      notes.fault(row, 'email', `is also on line ${twin}; leave one of them out`);
      continue;
    }
    lines.set(email, row.line);
    const first = families.get(family) ?? person;
    const differs = (['currency', 'billingEmail'] as const).find(
      (field) => person[field] !== '' && first[field] !== '' && person[field] !== first[field],
    );
    if (differs !== undefined) {
      const column = differs === 'currency' ? 'currency' : 'billing_email';
      notes.fault(row, column, `differs from line ${first.row.line} of the same family`);
      continue;
    }
    if (family !== '') families.set(family, first);
    const done = [enterPerson(deps, person, entering, notes)];
    if (family !== '') done.push(enterFamily(deps, person, entering, notes));
    notes.counts[done.find((what) => what !== 'unchanged') ?? 'unchanged'] += 1;
  }
}

type Done = keyof Notes['counts'];

/** An empty cell leaves what is stored. */
function enterPerson(deps: ImportPeopleDeps, person: PersonRow, { by, learn }: Entering, notes: Notes): Done {
  const { row, email, role, name, googleUserId } = person;
  const known = deps.people.byEmail(email);
  const facts = { role, ...(name === '' ? {} : { name }), ...(googleUserId === '' ? {} : { googleUserId }) };
  const saved = audited(deps, by, (note) =>
    known === null
      ? enterNewPerson(deps, { email, ...facts }, { note, learn })
      : changeKnownPerson(deps, known.id, facts, { note, learn }),
  );
  if (saved.kind === 'refused') {
    notes.fault(row, saved.complaints[0]?.path ?? 'email', saved.message);
    return 'unchanged';
  }
  if (known === null) return 'created';
  return same(known, saved.person) ? 'unchanged' : 'updated';
}

function enterFamily(deps: ImportPeopleDeps, person: PersonRow, { by, learn }: Entering, notes: Notes): Done {
  const { row, family: name, currency, billingEmail, email } = person;
  const known = deps.people.familyByName(name);
  if (known === null && currency === '') {
    const message = `is empty, and family ${name} is new; give the currency it is billed in, such as EUR`;
    notes.fault(row, 'currency', message);
    return 'unchanged';
  }
  const facts = billingEmail === '' ? {} : { billingEmail };
  const studentEmails = [...new Set([...(known?.studentEmails ?? []), email])];
  const changed = { ...facts, ...(currency === '' ? {} : { currency }), studentEmails };
  const saved = audited(deps, by, (note) =>
    known === null
      ? enterNewFamily(deps, { name, currency, ...facts, studentEmails }, { note, learn })
      : changeKnownFamily(deps, known.id, changed, { note, learn }),
  );
  if (saved.kind === 'refused') {
    const [complaint] = saved.complaints;
    const column = complaint?.path === 'currency' ? 'currency' : 'family';
    notes.fault(row, column, complaint?.message ?? saved.message);
    return 'unchanged';
  }
  return known !== null && same(known, saved.family) ? 'unchanged' : 'updated';
}
