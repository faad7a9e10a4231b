import { z } from 'zod';

import type { PersonRole } from '../../core/attendance/identity.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { wallTime } from '../../core/time/calendar.ts';
import type { Booking } from './booking.ts';
import { normaliseEmail } from './booking-rules.ts';
import type { BookingInput } from './booking-rules.ts';
import { readTable } from '../csv-table.ts';
import type { CsvRow, RowProblem } from '../csv-table.ts';
import { addFamily, changeFamily } from '../people/families.ts';
import type { FamilyDeps } from '../people/families.ts';
import { addPerson, changePerson } from '../people/people.ts';
import type { PersonDeps } from '../people/people.ts';

/** With errors nothing was stored, and the counts are what the rows without an error would have done. */
export interface ImportResult {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** In order of line. */
  readonly errors: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
}

export interface ImportOptions {
  /** Say what would be stored, and store nothing. */
  readonly dryRun: boolean;
  readonly actor: string;
}

/** Enters a CSV file: all rows or none. Entering a file twice changes nothing. Asks nobody but the ledger. */
export interface Imports {
  people(text: string, options: ImportOptions): ImportResult;
  classes(text: string, options: ImportOptions): ImportResult;
}

export interface ImportsDeps extends PersonDeps, FamilyDeps {
  readonly people: PeopleStore;
  readonly booking: Booking;
  /** IANA zone of times without an offset. */
  readonly timezone: string;
}

export const peopleColumns = {
  required: ['email', 'role'],
  optional: ['name', 'google_user_id', 'family', 'currency', 'billing_email'],
};
export const classColumns = {
  required: ['teacher_email', 'student_emails', 'subject', 'start_time', 'duration_minutes', 'meet_code'],
  optional: ['organizer_email', 'series_id'],
};

const roles = ['teacher', 'student', 'admin', 'other'] as const satisfies readonly PersonRole[];
const address = z.email();

/** Ends a transaction that is not to be kept. */
class RolledBackError extends Error {
  override readonly name = 'RolledBackError';
}

/** Notes problems of one row. */
interface Notes {
  readonly errors: RowProblem[];
  readonly warnings: RowProblem[];
}

type Counts = { created: number; updated: number; unchanged: number };

export function createImports(deps: ImportsDeps): Imports {
  const { database, timezone } = deps;

  const allOrNothing = ({ dryRun }: ImportOptions, notes: Notes, work: () => Counts): ImportResult => {
    let counts: Counts = { created: 0, updated: 0, unchanged: 0 };
    try {
      database.write(() => {
        counts = work();
        if (dryRun || notes.errors.length > 0) throw new RolledBackError('not kept');
      });
    } catch (err) {
      if (!(err instanceof RolledBackError)) throw err;
    }
    const byLine = (a: RowProblem, b: RowProblem) => a.line - b.line;
    return { ...counts, errors: notes.errors.toSorted(byLine), warnings: notes.warnings.toSorted(byLine) };
  };

  return {
    classes(text, options) {
      const { rows, errors, warnings } = readTable(text, classColumns);
      const notes = { errors: [...errors], warnings: [...warnings] };
      if (missesColumns(errors)) return { created: 0, updated: 0, unchanged: 0, ...notes };
      const inputs = rows.flatMap((row) => {
        const input = classOf(row, timezone, notes);
        return input === null ? [] : [{ row, input }];
      });
      return allOrNothing(options, notes, () => enterClasses(deps, inputs, options.actor, notes));
    },
    people(text, options) {
      const { rows, errors, warnings } = readTable(text, peopleColumns);
      const notes = { errors: [...errors], warnings: [...warnings] };
      if (missesColumns(errors)) return { created: 0, updated: 0, unchanged: 0, ...notes };
      const inputs = rows.flatMap((row) => {
        const input = personOf(row, notes);
        return input === null ? [] : [input];
      });
      return allOrNothing(options, notes, () => enterPeople(deps, inputs, options.actor, notes));
    },
  };
}

/** Without its columns a file has the same error in every row. */
function missesColumns(errors: readonly RowProblem[]): boolean {
  return errors.some(({ line, column }) => line === 1 || column !== null);
}

function classOf(row: CsvRow, timezone: string, notes: Notes): BookingInput | null {
  const before = notes.errors.length;
  const teacherEmail = email(row, 'teacher_email', notes);
  const studentEmails = row
    .cell('student_emails')
    .split(/[\s;,]+/)
    .filter((text) => text !== '');
  for (const text of studentEmails) {
    if (!address.safeParse(text).success) fault(notes, row, 'student_emails', `${text} is not an e-mail address`);
  }
  const start = startTime(row, timezone, notes);
  const duration = row.cell('duration_minutes');
  if (!/^\d{1,5}$/.test(duration))
    fault(notes, row, 'duration_minutes', 'must be a whole number of minutes from 1 to 1440');
  const organizer = row.cell('organizer_email');
  if (organizer !== '') email(row, 'organizer_email', notes);
  const code = row.cell('meet_code');
  if (code === '')
    fault(notes, row, 'meet_code', 'is empty; give the code or link of the room: an import makes no Meet spaces');
  if (notes.errors.length > before || start === null) return null;
  return {
    teacherEmail,
    studentEmails,
    subject: row.cell('subject'),
    start,
    durationMinutes: Number(duration),
    meetCode: code,
    organizerEmail: organizer === '' ? null : organizer,
    seriesId: row.cell('series_id') || null,
  };
}

function startTime(row: CsvRow, timezone: string, notes: Notes): number | null {
  const text = row.cell('start_time').replace(' ', 'T');
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return Date.parse(text);
  try {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) throw new RangeError('not a time');
    const local = wallTime(text, timezone);
    if (local.kind === 'gap') {
      fault(
        notes,
        row,
        'start_time',
        `${text} does not exist in ${timezone}: clocks skip it that night; give another time`,
      );
      return null;
    }
    if (local.kind === 'ambiguous') {
      const message = `${text} comes twice in ${timezone} that night: the first is taken; add an offset to choose`;
      notes.warnings.push({ line: row.line, column: 'start_time', message });
    }
    return local.at;
  } catch (err) {
    if (!(err instanceof RangeError)) throw err;
    fault(
      notes,
      row,
      'start_time',
      `is not a time; write 2026-01-16T16:00:00+01:00, or 2026-01-16 16:00 for the wall clock in ${timezone}`,
    );
    return null;
  }
}

function enterClasses(
  { booking }: ImportsDeps,
  inputs: readonly { readonly row: CsvRow; readonly input: BookingInput }[],
  actor: string,
  notes: Notes,
): Counts {
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const lines = new Map<number, number>();
  const entered = booking.enterAll(
    inputs.map(({ input }) => input),
    { actor },
  );
  for (const [i, outcome] of entered.entries()) {
    const { row } = inputs[i]!;
    switch (outcome.kind) {
      case 'entered':
        counts.created += 1;
        lines.set(outcome.classId, row.line);
        for (const message of outcome.warnings)
          notes.warnings.push({ line: row.line, column: 'student_emails', message });
        break;
      case 'known': {
        counts.unchanged += 1;
        const twin = lines.get(outcome.classId);
        if (twin !== undefined)
          notes.warnings.push({ line: row.line, column: null, message: `repeats line ${twin} and was left out` });
        break;
      }
      case 'refused': {
        const other = outcome.classId === undefined ? undefined : lines.get(outcome.classId);
        if (other !== undefined) {
          fault(
            notes,
            row,
            'meet_code',
            `the class of line ${other} is in this room at that time; give one of them another time or room`,
          );
        } else if (outcome.complaints.length === 0) {
          fault(notes, row, outcome.code === 'room_busy' ? 'meet_code' : null, outcome.message);
        }
        for (const { path, message } of outcome.complaints) fault(notes, row, path.split('.')[0] ?? null, message);
        break;
      }
      default:
        outcome satisfies never;
    }
  }
  return counts;
}

interface PersonRow {
  readonly row: CsvRow;
  readonly email: string;
  readonly role: PersonRole;
  readonly name: string;
  readonly googleUserId: string;
  readonly family: string;
  readonly currency: string;
  readonly billingEmail: string;
}

function personOf(row: CsvRow, notes: Notes): PersonRow | null {
  const before = notes.errors.length;
  const role = roles.find((one) => one === row.cell('role').toLowerCase());
  if (role === undefined) fault(notes, row, 'role', `must be one of ${roles.join(', ')}`);
  const googleUserId = row.cell('google_user_id').replace(/^users\//, '');
  if (!/^[\w-]{0,64}$/.test(googleUserId)) {
    fault(
      notes,
      row,
      'google_user_id',
      'is not an account id; if a spreadsheet made 1.04E+20 of it, format the column as text and enter it again',
    );
  }
  const family = row.cell('family');
  if (row.cell('billing_email') !== '') email(row, 'billing_email', notes);
  if (family !== '' && role !== undefined && role !== 'student') {
    fault(notes, row, 'family', 'only students belong to a family; leave it empty');
  }
  const person = { row, email: email(row, 'email', notes), name: row.cell('name'), googleUserId, family };
  if (notes.errors.length > before || role === undefined) return null;
  return {
    ...person,
    role,
    currency: row.cell('currency').toUpperCase(),
    billingEmail: normaliseEmail(row.cell('billing_email')),
  };
}

function enterPeople(deps: ImportsDeps, rows: readonly PersonRow[], actor: string, notes: Notes): Counts {
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const lines = new Map<string, number>();
  const families = new Map<string, PersonRow>();
  for (const one of rows) {
    const twin = lines.get(one.email);
    if (twin !== undefined) {
      fault(notes, one.row, 'email', `stands on line ${twin} too; leave one of them out`);
      continue;
    }
    lines.set(one.email, one.row.line);
    const first = families.get(one.family) ?? one;
    const differs = (['currency', 'billingEmail'] as const).find(
      (field) => one[field] !== '' && first[field] !== '' && one[field] !== first[field],
    );
    if (differs !== undefined) {
      const column = differs === 'currency' ? 'currency' : 'billing_email';
      fault(notes, one.row, column, `is not that of line ${first.row.line}, which names the same family`);
      continue;
    }
    if (one.family !== '') families.set(one.family, first);
    const done = [
      enterPerson(deps, one, actor, notes),
      ...(one.family === '' ? [] : [enterFamily(deps, one, actor, notes)]),
    ];
    counts[done.find((what) => what !== 'unchanged') ?? 'unchanged'] += 1;
  }
  return counts;
}

/** An empty cell leaves what is stored. */
function enterPerson(deps: ImportsDeps, one: PersonRow, actor: string, notes: Notes): keyof Counts {
  const { email: key, role, name, googleUserId } = one;
  const known = deps.people.byEmail(key);
  const facts = { role, ...(name === '' ? {} : { name }), ...(googleUserId === '' ? {} : { googleUserId }) };
  const saved =
    known === null
      ? addPerson(deps, { email: key, ...facts }, { actor })
      : changePerson(deps, known.id, facts, { actor });
  if (saved.kind === 'refused') {
    fault(notes, one.row, 'email', saved.message);
    return 'unchanged';
  }
  if (known === null) return 'created';
  return JSON.stringify(known) === JSON.stringify(saved.person) ? 'unchanged' : 'updated';
}

function enterFamily(deps: ImportsDeps, one: PersonRow, actor: string, notes: Notes): keyof Counts {
  const { row, family: name, currency, billingEmail, email: student } = one;
  const known = deps.people.familyByName(name);
  if (known === null && currency === '') {
    fault(
      notes,
      row,
      'currency',
      `is empty, and family ${name} is new; give the currency it is billed in, such as EUR`,
    );
    return 'unchanged';
  }
  const facts = billingEmail === '' ? {} : { billingEmail };
  const studentEmails = [...new Set([...(known?.studentEmails ?? []), student])];
  const saved =
    known === null
      ? addFamily(deps, { name, currency, ...facts, studentEmails }, { actor })
      : changeFamily(deps, known.id, { ...facts, ...(currency === '' ? {} : { currency }), studentEmails }, { actor });
  if (saved.kind === 'refused') {
    const [complaint] = saved.complaints;
    const column = complaint?.path === 'currency' ? 'currency' : 'family';
    fault(notes, row, column, complaint?.message ?? saved.message);
    return 'unchanged';
  }
  return known !== null && JSON.stringify(known) === JSON.stringify(saved.family) ? 'unchanged' : 'updated';
}

function email(row: CsvRow, column: string, notes: Notes): string {
  const text = normaliseEmail(row.cell(column));
  if (!address.safeParse(text).success) {
    fault(notes, row, column, text === '' ? 'is empty; give an e-mail address' : `${text} is not an e-mail address`);
  }
  return text;
}

function fault(notes: Notes, { line }: CsvRow, column: string | null, message: string): void {
  notes.errors.push({ line, column, message });
}
