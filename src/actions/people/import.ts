import type { PersonRole } from '../../core/attendance/identity/knowledge.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Database } from '../../ledger/database.ts';
import { audited, type By } from '../action.ts';
import { same } from '../changes.ts';
import { importTable, type ImportOptions, type ImportResult, type Notes } from '../csv-import.ts';
import { readTable, type CsvRow } from '../csv-table.ts';
import { changeKnownFamily, enterNewFamily, type FamilyDeps } from './families.ts';
import { changeKnownPerson, enterNewPerson, type PersonDeps } from './people.ts';
import { relearning, type Learn } from './relearning.ts';

type ImportPeopleDeps = PersonDeps &
  FamilyDeps & { readonly clock: Clock; readonly database: Pick<Database, 'write' | 'whenFree'> };

/** @internal The test of docs/files.md reads them too. */
export const peopleColumns = {
  required: ['email', 'role'],
  optional: ['name', 'google_user_id', 'family', 'currency', 'billing_email'],
};
const roles = ['teacher', 'student', 'admin', 'other'] as const satisfies readonly PersonRole[];

/** Enters the people of a CSV file and their families, all or none. Entering a file twice changes nothing. */
export async function importPeople(
  deps: ImportPeopleDeps,
  text: string,
  options: ImportOptions,
  by: By,
): Promise<ImportResult> {
  return importTable(deps, await readTable(text, peopleColumns, deps.clock, options.mostRows), options, {
    read: personOf,
    enter: (people, notes) => {
      relearning(deps, (learn) => enterPeople(deps, people, { by, learn }, notes));
      // Also where all of them were known: their accounts may be new.
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

/** The rows of one family, in their order. */
type FamilyRows = readonly [PersonRow, ...PersonRow[]];

function enterPeople(deps: ImportPeopleDeps, people: Iterable<PersonRow>, entering: Entering, notes: Notes): void {
  const lines = new Map<string, number>();
  const families = new Map<string, FamilyRows>();
  const entered = new Map<PersonRow, Done>();
  for (const person of people) {
    const { row, email, family } = person;
    const twin = lines.get(email);
    if (twin !== undefined) {
      notes.fault(row, 'email', `is also on line ${twin}; leave one of them out`);
      continue;
    }
    lines.set(email, row.line);
    const before = families.get(family);
    const [first] = before ?? [person];
    const differs = (['currency', 'billingEmail'] as const).find(
      (field) => person[field] !== '' && first[field] !== '' && person[field] !== first[field],
    );
    if (differs !== undefined) {
      const column = differs === 'currency' ? 'currency' : 'billing_email';
      notes.fault(row, column, `differs from line ${first.row.line} of the same family`);
      continue;
    }
    if (family !== '') families.set(family, before === undefined ? [person] : [...before, person]);
    entered.set(person, enterPerson(deps, person, entering, notes));
  }
  for (const rows of families.values()) {
    const changed = enterFamily(deps, rows, entering, notes);
    for (const person of changed) if (entered.get(person) === 'unchanged') entered.set(person, 'updated');
  }
  for (const done of entered.values()) notes.counts[done] += 1;
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

/** @returns the rows that changed something of their family */
function enterFamily(
  deps: ImportPeopleDeps,
  rows: FamilyRows,
  { by, learn }: Entering,
  notes: Notes,
): readonly PersonRow[] {
  const [first] = rows;
  const { family: name } = first;
  const given = (field: 'currency' | 'billingEmail') => rows.find((person) => person[field] !== '')?.[field] ?? '';
  const [currency, billingEmail] = [given('currency'), given('billingEmail')];
  const known = deps.people.familyByName(name);
  if (known === null && currency === '') {
    const message = `is empty, and family ${name} is new; give the currency it is billed in, such as EUR`;
    for (const { row } of rows) notes.fault(row, 'currency', message);
    return [];
  }
  const facts = billingEmail === '' ? {} : { billingEmail };
  const members = new Set(known?.studentEmails);
  const studentEmails = [...new Set([...members, ...rows.map(({ email }) => email)])];
  const changed = { ...facts, ...(currency === '' ? {} : { currency }), studentEmails };
  const saved = audited(deps, by, (note) =>
    known === null
      ? enterNewFamily(deps, { name, currency, ...facts, studentEmails }, { note, learn })
      : changeKnownFamily(deps, known.id, changed, { note, learn }),
  );
  if (saved.kind === 'refused') {
    const [complaint] = saved.complaints;
    const column = complaint?.path === 'currency' ? 'currency' : 'family';
    for (const { row } of rows) notes.fault(row, column, complaint?.message ?? saved.message);
    return [];
  }
  if (known !== null && same(known, saved.family)) return [];
  const { currency: before, billingEmail: mail } = known ?? {};
  const hasNewFacts = known === null || before !== saved.family.currency || mail !== saved.family.billingEmail;
  return rows.filter((person) => !members.has(person.email) || (hasNewFacts && person === first));
}
