import { Argument, type Command } from 'commander';

import { counted } from '../../core/counted.ts';
import { localDate } from '../../core/time/calendar.ts';
import { DAY_MS } from '../../core/time/duration.ts';
import { showImported } from '../../render/json/import.ts';
import { printable } from '../../text.ts';
import { readText } from '../arguments.ts';
import { ReportedError, type CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';
import { inCommands } from '../words.ts';

interface Options extends LedgerOptions {
  readonly dryRun?: true;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Enters people or classes from a CSV file: all rows, or none when one is bad. Entering a file twice changes nothing.',
    )
    .addArgument(new Argument('<what>', 'what the rows are').choices(['people', 'classes']))
    .argument('<file>', 'the CSV file, UTF-8 with a line of titles; - reads standard input')
    .option('--dry-run', 'say what would be stored, and store nothing')
    .addHelpText(
      'after',
      '\nColumns, those in brackets may be left out:' +
        '\n  people   email, role, [name], [google_user_id], [family], [currency],' +
        '\n           [billing_email]' +
        '\n  classes  teacher_email, student_emails, subject, start_time, duration_minutes,' +
        '\n           [meet_code], [organizer_email], [series_id];' +
        '\n           several students of a class are separated by ";"' +
        '\n\nA file of classes (docs/files.md tells more):' +
        '\n  teacher_email,student_emails,subject,start_time,duration_minutes,meet_code' +
        '\n  ana@school.example,ben@home.example,Algebra,' +
        `${localDate(context.clock.now() + DAY_MS, 'UTC')} 16:00,60,abc-defg-hij` +
        '\n\nExamples:\n  $ rollbook import people people.csv\n  $ rollbook import classes january.csv --dry-run',
    )
    .action((what: 'people' | 'classes', file: string, options: Options) => importFile(what, file, options, context));
}

async function importFile(
  what: 'people' | 'classes',
  file: string,
  options: Options,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  const text = await readText(file === '-' ? '/dev/stdin' : file);
  using parts = await openLedger(context, options, {
    create: true,
    google: what === 'classes' && 'where_usable',
  });
  const dryRun = options.dryRun === true;
  const { importPeople, importClasses } = parts.actions;
  const enter = what === 'people' ? importPeople : importClasses;
  const progress = terminal.progress('Entering the file', { quiet: options.json });
  const result = await enter(text, { dryRun, onProgress: progress.update }, { actor: actor() }).finally(progress.end);
  const refused = result.errors.length > 0;
  if (options.json) {
    terminal.printJson({ ...showImported(result, dryRun), errors: result.errors });
    if (refused) throw new ReportedError();
    return;
  }
  for (const { line, column, message } of result.warnings) {
    terminal.note(`Warning: line ${line}${column === null ? '' : `, ${column}`}: ${printable(inCommands(message))}`);
  }
  if (refused) {
    terminal.print(
      terminal.table(
        [
          { title: 'line', value: ({ line }) => line, align: 'right' },
          { title: 'column', value: ({ column }) => column },
          { title: 'problem', value: ({ message }) => inCommands(message) },
        ],
        result.errors,
      ),
    );
    terminal.note(
      `Nothing was stored: ${counted(result.errors.length, 'problem')} in ${file === '-' ? 'standard input' : file}.`,
    );
    throw new ReportedError();
  }
  const { created, updated, unchanged } = result;
  const entered = what === 'people' ? counted(created, 'person', 'people') : counted(created, 'class', 'classes');
  const done = dryRun ? 'would be' : created === 1 ? 'was' : 'were';
  terminal.print(`${entered} ${done} created, ${updated} updated, ${unchanged} unchanged.`);
}
