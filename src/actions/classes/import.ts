import { z } from 'zod';

import { wallTime } from '../../core/time/calendar.ts';
import { audited, type By } from '../action.ts';
import { proposedInstead } from '../closed-period.ts';
import { importTable, isAddress, type ImportOptions, type ImportResult, type Notes } from '../csv-import.ts';
import { readTable, type CsvRow } from '../csv-table.ts';
import { normaliseEmail } from '../people/people.ts';
import { checkClass, type CheckedClass, type ClassInput } from './class-input.ts';
import { rebuildingRooms, type ScheduleDeps, type Telling } from './class-verb.ts';
import { findSpace, roomFor, type ClassSpace } from './room-finder.ts';
import { knownRosterOf } from './roster.ts';
import { enterClass } from './schedule.ts';

type RoomsTelling = Omit<Telling, 'note'>;

/** The Meet spaces that were made, or taken from a series, for rows without a code. */
type Spaces = Map<CsvRow, ClassSpace>;

interface EnterDeps extends ScheduleDeps {
  readonly spaces: Spaces;
}

interface ClassRow {
  readonly row: CsvRow;
  readonly input: ClassInput;
}

/** @internal The test of docs/files.md reads them too. */
export const classColumns = {
  required: ['teacher_email', 'student_emails', 'subject', 'start_time', 'duration_minutes'],
  optional: ['meet_code', 'organizer_email', 'series_id'],
};

/**
 * Enters the classes of a CSV file, all or none. Entering a file twice changes nothing. The loops resolve the rooms; for
 * rows without a code Meet spaces are made first, one for all classes of a series.
 *
 * @param deps `timezone`: the IANA zone of times without an offset
 */
export async function importClasses(
  deps: ScheduleDeps & { readonly timezone: () => string },
  text: string,
  options: ImportOptions,
  by: By,
): Promise<ImportResult> {
  const spaces: Spaces = new Map();
  return importTable(deps, await readTable(text, classColumns, deps.clock, options.mostRows), options, {
    read: (row, notes) => classOf(deps, row, notes),
    prepare: (rows, notes) => findSpaces(deps, rows, { spaces, notes, dryRun: options.dryRun === true }),
    enter: (rows, notes) =>
      rebuildingRooms(deps, (telling) => enterRows({ ...deps, spaces }, rows, by, telling, notes)),
  });
}

function classOf(
  deps: Pick<ScheduleDeps, 'clock' | 'defaultOrganizer'> & { readonly timezone: () => string },
  row: CsvRow,
  notes: Notes,
): ClassRow | null {
  const before = notes.errors.length;
  const teacherEmail = notes.email(row, 'teacher_email');
  const studentEmails = row
    .cell('student_emails')
    .split(/[\s;,]+/)
    .filter((text) => text !== '');
  for (const text of studentEmails) {
    if (!isAddress(text)) notes.fault(row, 'student_emails', `${text} is not an e-mail address`);
  }
  const start = startTime(row, deps.timezone(), notes);
  const duration = row.cell('duration_minutes');
  if (!/^\d{1,5}$/.test(duration))
    notes.fault(row, 'duration_minutes', 'must be a whole number of minutes from 1 to 1440');
  const organizerEmail = row.cell('organizer_email') === '' ? null : notes.email(row, 'organizer_email');
  const code = row.cell('meet_code');
  const subject = row.cell('subject');
  const seriesId = row.cell('series_id') || null;
  const durationMinutes = Number(duration);
  const who = { teacherEmail, studentEmails, organizerEmail };
  const room = code === '' ? ('new_space' as const) : { code };
  const input = { ...who, subject, start: start ?? deps.clock.now(), durationMinutes, room, seriesId };
  const noted = new Set(notes.errors.slice(before).map(({ column }) => column));
  if (noted.size === 0) return { row, input };
  // What else is wrong with the row is told at once.
  const checked = checkClass(input, { now: deps.clock.now(), organizer: deps.defaultOrganizer });
  for (const { path, message } of checked.kind === 'refused' ? checked.complaints : []) {
    const column = path.split('.')[0] ?? null;
    if (!noted.has(column)) notes.fault(row, column, message);
  }
  return null;
}

/** Epoch ms of a time with an offset, or of the wall clock of the zone; null is a fault that was noted. */
function startTime(row: CsvRow, timezone: string, notes: Notes): number | null {
  const text = row.cell('start_time').replace(' ', 'T');
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return Date.parse(text);
  try {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) throw new RangeError('not a time');
    const local = wallTime(text, timezone);
    if (local.kind === 'gap') {
      const message = `${text} does not exist in ${timezone}: clocks skip it that night; give another time`;
      return notes.fault(row, 'start_time', message);
    }
    if (local.kind === 'ambiguous') {
      const message = `${text} comes twice in ${timezone} that night: the first is taken; add an offset to choose`;
      notes.warn(row, 'start_time', message);
    }
    return local.at;
  } catch (err) {
    if (!(err instanceof RangeError)) throw err;
    const message = `is not a time; write 2026-01-16T16:00:00+01:00, or 2026-01-16 16:00 for the wall clock in ${timezone}`;
    return notes.fault(row, 'start_time', message);
  }
}

interface Finding {
  readonly spaces: Spaces;
  readonly notes: Notes;
  /** Say which spaces would be made, and make none. */
  readonly dryRun: boolean;
}

/** A space that is not made in a dry run. */
const FORESEEN: ClassSpace = { kind: 'found', code: null, found: null, warnings: [] };

/** Makes a Meet space for each row without a code that is new, or takes that of its series. Stops at the first that Google refuses. */
async function findSpaces(
  deps: ScheduleDeps,
  rows: Iterable<ClassRow>,
  { spaces, notes, dryRun }: Finding,
): Promise<void> {
  const ofSeries = new Map<string, ClassSpace>();
  for (const { row, input } of rows) {
    const checked = checkClass(input, { now: deps.clock.now(), organizer: deps.defaultOrganizer });
    if (checked.kind === 'refused' || checked.room !== 'new_space' || sameClass(deps, checked, null) !== null) continue;
    const { seriesId, teacherEmail, organizerEmail } = checked;
    const series = seriesId === null ? null : JSON.stringify([seriesId, teacherEmail, organizerEmail]);
    const known = (series === null ? undefined : ofSeries.get(series)) ?? spaceOfSeries(deps, checked);
    if (known === null && dryRun) notes.warn(row, 'meet_code', foretold(deps, checked));
    const space = known ?? (dryRun ? FORESEEN : await findSpace(deps, checked, new AbortController().signal));
    if (space.kind === 'refused') return void notes.fault(row, 'meet_code', space.message);
    if (series !== null) ofSeries.set(series, space);
    spaces.set(row, space);
  }
}

function spaceOfSeries(deps: ScheduleDeps, checked: CheckedClass): ClassSpace | null {
  const [teacherId] = knownRosterOf(deps, { ...checked, studentEmails: [] })?.teacherIds ?? [];
  const { seriesId } = checked;
  const room = seriesId === null || teacherId === undefined ? null : deps.classStore.roomOfSeries(seriesId, teacherId);
  const code = room?.meetingCode ?? null;
  return code === null ? null : { kind: 'found', code, found: null, warnings: [] };
}

function foretold({ meet }: ScheduleDeps, { organizerEmail, seriesId }: CheckedClass): string {
  if (!meet.mayAskAs(organizerEmail)) {
    return (
      `is empty, and there are no Google credentials to make a Meet space as ${organizerEmail}: the import will be ` +
      'refused; set GOOGLE_CREDENTIALS_FILE, or give the code of a room'
    );
  }
  const shared = seriesId === null ? '' : `, for all rows of the series ${seriesId}`;
  return `is empty: a Meet space would be made as ${organizerEmail}${shared}`;
}

/** The class of the same people at the same time that is in the ledger already; in any room where that is null. */
function sameClass(deps: ScheduleDeps, checked: CheckedClass, roomId: number | null): number | null {
  const roster = knownRosterOf(deps, checked);
  return roster === null ? null : deps.classStore.same({ ...checked, ...roster, roomId });
}

function enterRows(deps: EnterDeps, rows: Iterable<ClassRow>, by: By, telling: RoomsTelling, notes: Notes): void {
  const lines = new Map<number, number>();
  const closes = deps.money.periods.standing();
  for (const { row, input } of rows) {
    const outcome = enter(deps, { row, input }, by, telling);
    const twin = outcome.classId === undefined ? undefined : lines.get(outcome.classId);
    if (outcome.kind === 'entered') {
      notes.counts.created += 1;
      lines.set(outcome.classId, row.line);
      const closed = closes.find(({ startsAt, endsAt }) => startsAt <= input.start && input.start < endsAt);
      if (closed !== undefined) notes.warn(row, 'start_time', proposedInstead(closed.period));
      for (const message of outcome.warnings) {
        notes.warn(
          row,
          message.startsWith(`${normaliseEmail(input.teacherEmail)} `) ? 'teacher_email' : 'student_emails',
          message,
        );
      }
    } else if (outcome.kind === 'known') {
      notes.counts.unchanged += 1;
      if (twin !== undefined) notes.warn(row, null, `repeats line ${twin} and was left out`);
    } else if (twin !== undefined) {
      const message = `the class of line ${twin} is in this room at that time; give one of them another time or room`;
      notes.fault(row, 'meet_code', message);
    } else if (outcome.complaints.length === 0) {
      notes.fault(row, outcome.code === 'room_busy' ? 'meet_code' : null, outcome.message);
    } else {
      for (const { path, message } of outcome.complaints) notes.fault(row, path.split('.')[0] ?? null, message);
    }
  }
}

/** Enters the class of one row without asking Google, unless the ledger has the same class already. */
function enter(deps: EnterDeps, { row, input }: ClassRow, by: By, telling: RoomsTelling) {
  const checked = checkClass(input, { now: deps.clock.now(), organizer: deps.defaultOrganizer });
  if (checked.kind === 'refused') return checked;
  return audited(deps, by, (note) => {
    const code = typeof checked.room === 'string' ? null : checked.room.code;
    const inAnyRoom = code === null ? sameClass(deps, checked, null) : null;
    if (inAnyRoom !== null) return { kind: 'known', classId: inAnyRoom } as const;
    const room = roomFor(deps, deps.spaces.get(row) ?? { code, found: null }, telling.touch);
    const known = sameClass(deps, checked, room.id);
    if (known !== null) return { kind: 'known', classId: known } as const;
    const { classId, warnings } = enterClass(deps, { checked, room, telling: { note, ...telling } });
    return { kind: 'entered', classId, warnings: [...checked.warnings, ...warnings] } as const;
  });
}
