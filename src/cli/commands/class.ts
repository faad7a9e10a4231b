import { Option, type Command } from 'commander';

import type { ClassInput } from '../../actions/classes/class-input.ts';
import { CHANGED_AS } from '../../actions/closed-period.ts';
import { CANCELERS, emailsOf, type Canceler, type ClassStatus } from '../../core/schedule/class.ts';
import { DAY_MS, MINUTE_MS } from '../../core/time/duration.ts';
import type { ClassView } from '../../queries/classes.ts';
import { classSchema, showChangedClass, showClass, showScheduledClass } from '../../render/json/class.ts';
import { openNames } from '../../render/json/mask.ts';
import { printable } from '../../text.ts';
import { count, id, localTime, moment, schoolTime, why, type Moment } from '../arguments.ts';
import { CommandError, type CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type Ledger, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';
import type { Terminal } from '../screen/terminal.ts';
import { inCommands } from '../words.ts';

interface ListOptions extends LedgerOptions {
  readonly from?: Moment;
  readonly to?: Moment;
  readonly status?: ClassStatus;
  readonly teacher?: string;
}

interface ClassOptions extends LedgerOptions {
  readonly teacher?: string;
  readonly student?: readonly string[];
  readonly subject?: string;
  readonly start?: Moment;
  readonly minutes?: number;
  readonly code?: string;
  readonly organizer?: string;
  readonly series?: string;
}

type BookOptions = ClassOptions & Required<Pick<ClassOptions, 'teacher' | 'student' | 'subject' | 'start' | 'minutes'>>;

interface ChangeOptions extends ClassOptions {
  readonly as?: (typeof CHANGED_AS)[number];
  readonly reason?: string;
}

interface CancelOptions extends LedgerOptions {
  readonly by: Canceler;
  readonly reason: string;
}

type ReinstateOptions = LedgerOptions & Pick<ChangeOptions, 'as'> & { readonly reason: string };
type Saved = Parameters<typeof showChangedClass>[0];

/** The fields of the API, by the options that give them. */
const OPTIONS = {
  teacher_email: '--teacher',
  student_emails: '--student',
  subject: '--subject',
  start_time: '--start',
  duration_minutes: '--minutes',
  meet_code: '--code',
  organizer_email: '--organizer',
  series_id: '--series',
  reason: '--reason',
};

/** How far back the list begins where no day is given: classes of this time can still be read from Google. */
const RECENT_MS = 30 * DAY_MS;
const WHY = ['--reason <text>', 'why; it is kept with the change', why] as const;

export function define(command: Command, context: CommandContext): void {
  command.description('Lists, schedules, changes, cancels and reinstates classes.');
  withLedgerOptions(command.command('list'))
    .description('Lists classes in order of their start; without --from, those of the last 30 days and all to come.')
    .option('--from <date>', 'from a day or an instant on', moment)
    .option('--to <date>', 'before a day or an instant', moment)
    .addOption(new Option('--status <status>', 'in this state').choices(classSchema.shape.status.options))
    .option('--teacher <email>', 'of this teacher')
    .addHelpText('after', '\nExample:\n  $ rollbook class list --status canceled')
    .action((options: ListOptions) => list(options, context));
  withLedgerOptions(command.command('show'))
    .description('Shows a class.')
    .argument('<id>', 'its number in the list', id)
    .addHelpText('after', '\nExample:\n  $ rollbook class show 5')
    .action((classId: number, options: LedgerOptions) => show(classId, options, context));
  const booked = (what: Command, needed: boolean) => {
    const fields = [
      new Option('--teacher <email>', 'who teaches'),
      new Option('--student <emails...>', 'who learns; several behind one another'),
      new Option('--subject <subject>', 'what is taught'),
      new Option('--start <time>', 'an instant, or 2026-01-16 16:00 on the clocks of the school').argParser(schoolTime),
      new Option('--minutes <count>', 'how long').argParser(count),
    ];
    for (const field of fields) what.addOption(needed ? field.makeOptionMandatory() : field);
    return what
      .option('--code <code>', `a meeting code or link${needed ? '; left out, a Meet space is made' : ''}`)
      .option('--organizer <email>', 'the account that owns the room and reads it')
      .option('--series <id>', 'what repeats');
  };
  booked(withLedgerOptions(command.command('schedule')).description('Schedules a class, up to 30 days back.'), true)
    .addHelpText(
      'after',
      '\nExample:\n  $ rollbook class schedule --teacher ana@school.example --student ben@home.example --subject Algebra' +
        ' --start "2026-01-16 16:00" --minutes 60 --code abc-defg-hij',
    )
    .action((options: BookOptions) => schedule(options, context));
  const change = withLedgerOptions(command.command('change')).description(
    'Changes a class; what is left out stays. Once it has begun, another teacher or time needs a reason.',
  );
  booked(change.argument('<id>', 'its number in the list', id), false)
    .addOption(new Option('--as <how>', 'for a class of a closed period').choices(CHANGED_AS))
    .option(...WHY)
    .addHelpText('after', '\nExample:\n  $ rollbook class change 5 --start "2026-01-16 17:00"')
    .action((classId: number, options: ChangeOptions) => changed(classId, options, context));
  withLedgerOptions(command.command('cancel'))
    .description('Cancels a class that is not over. Its call is read to the end all the same.')
    .argument('<id>', 'its number in the list', id)
    .addOption(new Option('--by <who>', 'who called it off').choices(CANCELERS).makeOptionMandatory())
    .requiredOption(...WHY)
    .addHelpText('after', '\nExample:\n  $ rollbook class cancel 5 --by family --reason "Ben is ill"')
    .action((classId: number, options: CancelOptions) => cancel(classId, options, context));
  withLedgerOptions(command.command('reinstate'))
    .description('Takes the cancellation of a class back.')
    .argument('<id>', 'its number in the list', id)
    .addOption(new Option('--as <how>', 'for a class of a closed period').choices(CHANGED_AS))
    .requiredOption(...WHY)
    .addHelpText('after', '\nExample:\n  $ rollbook class reinstate 5 --reason "it was held after all"')
    .action((classId: number, options: ReinstateOptions) => reinstate(classId, options, context));
}

async function list({ from, to, status, teacher, ...options }: ListOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const { queries, clock } = parts;
  const zone = parts.timezone();
  const person = teacher === undefined ? undefined : queries.personByEmail(teacher);
  if (person === null) throw new CommandError(`There is nobody with the e-mail ${teacher}.`);
  const views = queries.classes({
    from: from?.(zone) ?? clock.now() - RECENT_MS,
    to: to?.(zone),
    status,
    teacherIds: person && [person.id],
    limit: -1,
  });
  if (options.json) {
    context.terminal.printJson({ items: views.map((view) => showClass(view, openNames)), next_cursor: null });
  } else
    context.terminal.print(views.length === 0 ? 'There is no such class.' : classTable(views, zone, context.terminal));
}

async function show(classId: number, options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const view = parts.queries.class(classId);
  if (view === null) throw new CommandError(`There is no class ${classId}: "rollbook class list" lists them.`);
  if (options.json) context.terminal.printJson(showClass(view, openNames));
  else context.terminal.print(classTable([view], parts.timezone(), context.terminal));
}

/** What the options say about a class; what they leave out is undefined. */
function given(options: ClassOptions, { timezone }: Ledger) {
  return {
    teacherEmail: options.teacher,
    studentEmails: options.student,
    subject: options.subject,
    start: options.start?.(timezone()),
    durationMinutes: options.minutes,
    room: options.code === undefined ? undefined : { code: options.code },
    organizerEmail: options.organizer,
    seriesId: options.series,
  };
}

async function schedule(options: BookOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options, { google: 'where_usable' });
  const { room = 'new_space', organizerEmail = null, seriesId = null, ...rest } = given(options, parts);
  const input = { ...rest, room, organizerEmail, seriesId } as ClassInput;
  const saved = answered(await parts.actions.scheduleClass(input, { actor: actor() }, context.signal), OPTIONS);
  if (options.json) context.terminal.printJson(showScheduledClass(saved, openNames));
  else printed(saved, parts, context.terminal);
}

async function changed(classId: number, options: ChangeOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options, { google: 'where_usable' });
  const by = { actor: actor(), reason: options.reason, as: options.as };
  const saved = answered(await parts.actions.changeClass(classId, given(options, parts), by, context.signal), OPTIONS);
  if (options.json) context.terminal.printJson(showChangedClass(saved, openNames));
  else printed(saved, parts, context.terminal);
}

async function cancel(classId: number, options: CancelOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const by = { actor: actor(), reason: options.reason };
  const saved = answered(parts.actions.cancelClass(classId, options.by, by), OPTIONS);
  if (options.json) context.terminal.printJson(showClass(saved, openNames));
  else printed(saved, parts, context.terminal);
}

async function reinstate(classId: number, options: ReinstateOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const by = { actor: actor(), reason: options.reason, as: options.as };
  const saved = answered(parts.actions.reinstateClass(classId, by), OPTIONS);
  if (options.json) context.terminal.printJson(showChangedClass(saved, openNames));
  else printed(saved, parts, context.terminal);
}

function printed(saved: Saved, { timezone }: Ledger, terminal: Terminal): void {
  terminal.print(classTable([saved], timezone(), terminal));
  if (saved.createdPeople.length > 0) terminal.note(`Entered as new people: ${saved.createdPeople.join(', ')}.`);
  for (const warning of saved.warnings) terminal.note(`Warning: ${printable(inCommands(warning, OPTIONS))}.`);
}

function classTable(views: readonly ClassView[], zone: string, terminal: Terminal): string {
  return terminal.table<ClassView>(
    [
      { title: 'class', value: (view) => view.class.id, align: 'right' },
      { title: 'start', value: (view) => localTime(view.class.start, zone) },
      { title: 'min', value: (view) => Math.round((view.class.end - view.class.start) / MINUTE_MS), align: 'right' },
      { title: 'subject', value: (view) => view.class.subject },
      { title: 'teacher', value: (view) => emailsOf(view.class, 'teacher').join(' ') },
      { title: 'students', value: (view) => emailsOf(view.class, 'student').join(' ') },
      { title: 'status', value: (view) => view.class.status },
      { title: 'coverage', value: ({ session }) => session?.coverage ?? null },
      { title: 'room', value: (view) => view.class.room.meetingCode },
      { title: 'last error', value: ({ session }) => session?.lastError ?? null },
    ],
    views,
  );
}
