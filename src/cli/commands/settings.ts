import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

import type { Command } from 'commander';

import { counted } from '../../core/counted.ts';
import { defaultSettings, isRule, settingNames, type SettingName } from '../../core/school/settings.ts';
import { showSettings, showZoneChange } from '../../render/json/settings.ts';
import { why } from '../arguments.ts';
import { CommandError, UsageError, type CommandContext } from '../context.ts';
import { actor, claimLedger, openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';
import { settingsTable } from '../screen/settings-table.ts';

interface SetOptions extends LedgerOptions {
  readonly from?: string;
  readonly reason?: string;
}

export function define(command: Command, context: CommandContext): void {
  command.description(
    'Shows and changes the settings of the school: rules of attendance, what statements say about it, its zone.',
  );
  withLedgerOptions(command.command('list', { isDefault: true }))
    .description('Lists every setting as it holds now.')
    .addHelpText('after', '\nExample:\n  $ rollbook settings list --json')
    .action((options: LedgerOptions) => list(options, context));
  withLedgerOptions(command.command('set'))
    .description('Changes settings; those that are not named stay.')
    .argument('<name=value...>', `names: ${settingNames.join(', ')}; without a value: the default again`)
    .option(
      '--from <day>',
      'of a rule of attendance: the first day of classes it holds for; else all in no closed period',
    )
    .option('--reason <text>', 'why; it is kept with the change', why)
    .addHelpText(
      'after',
      '\nA line break in a text is written \\n; logo is the path of a PNG or JPEG.\n\nExamples:' +
        '\n  $ rollbook settings set late_after_minutes=10 attended_if=50% --from 2026-02-01' +
        "\n  $ rollbook settings set 'school_name=Ponte Tutors' 'address=1 Bridge Street\\nLondon' logo=logo.png due_days=14",
    )
    .action((given: string[], options: SetOptions) => set(given, options, context));
  withLedgerOptions(command.command('zone'))
    .description('Moves the school to the calendar of another zone, and says what that does to its periods.')
    .argument('<name>', 'an IANA time zone such as Europe/Lisbon')
    .option('--reason <text>', 'why; it is kept with the change', why)
    .addHelpText('after', '\nExample:\n  $ rollbook settings zone Europe/Lisbon --reason "the school moved"')
    .action((zone: string, options: SetOptions) => move(zone, options, context));
}

async function list(options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options, { zoneMayDiffer: true });
  const view = parts.queries.settings();
  if (options.json) context.terminal.printJson(showSettings(view));
  else context.terminal.print(settingsTable(parts.queries.settings(), context.terminal));
}

async function set(given: readonly string[], options: SetOptions, context: CommandContext): Promise<void> {
  const changes = Object.fromEntries(await Promise.all(given.map(parsed)));
  const body = options.from === undefined ? changes : { ...changes, valid_from: options.from };
  using parts = await openLedger(context, options, { create: true });
  const { rebuilt } = answered(parts.actions.changeSettings(body, { actor: actor(), reason: options.reason }), {
    valid_from: '--from',
  });
  const { classes, job } = rebuilt;
  using free = job === null ? null : await claimLedger(parts.config.dataDir);
  if (free !== null && job !== null) {
    const progress = context.terminal.progress('Rebuilding the attendance', { quiet: options.json });
    const control = { signal: context.signal, progress: progress.update };
    await parts.jobKinds.rebuild_logs.run({ payload: job.payload }, control).finally(progress.end);
  }
  if (options.json) {
    const started = { job_id: job?.id ?? null, status_url: job === null ? null : `/api/jobs/${job.id}` };
    context.terminal.printJson({ ...showSettings(parts.queries.settings()), rebuilt: { classes, ...started } });
    return;
  }
  context.terminal.print(settingsTable(parts.queries.settings(), context.terminal));
  if (Object.keys(changes).some((name) => isRule(name))) {
    const whose =
      options.from === undefined ? 'in no closed period' : `from ${options.from} on that are in no closed period`;
    const how = free === null && job !== null ? ` The daemon rebuilds them as job ${job.id}.` : '';
    context.terminal.print(
      `The rules hold for classes ${whose}: ${counted(classes, 'class', 'classes')} judged anew.${how}`,
    );
  }
}

async function parsed(text: string): Promise<readonly [string, unknown]> {
  const [, name, value] = /^([a-z_]+)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`${text} is not NAME=VALUE: see --help.`);
  if (value === '') return [name, null];
  if (name === 'logo') return [name, await picture(value)];
  if (name === 'attended_if') return [name, presence(value)];
  const kept = defaultSettings[name as SettingName];
  if (name === 'due_days' || typeof kept === 'number') return [name, /^\d{1,9}$/.test(value) ? Number(value) : value];
  if (typeof kept === 'boolean') return [name, { true: true, false: false, yes: true, no: false }[value] ?? value];
  return [name, value.replaceAll(String.raw`\n`, '\n')];
}

/** `10` minutes, `50%`, `30s`. */
function presence(text: string): unknown {
  const seconds = /^(\d{1,9})s$/.exec(text)?.[1];
  if (seconds !== undefined) return { seconds: Number(seconds) };
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

async function picture(file: string): Promise<string> {
  const bytes = await readFile(file).catch((err: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} cannot be read (${err.code ?? 'unknown'}): name a PNG or JPEG.`);
  });
  const kind = extname(file).toLowerCase() === '.png' ? 'png' : 'jpeg';
  return `data:image/${kind};base64,${bytes.toString('base64')}`;
}

async function move(zone: string, options: SetOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options, { zoneMayDiffer: true });
  const { change } = answered(parts.actions.changeZone(zone, { actor: actor(), reason: options.reason }), {
    zone: 'the zone',
  });
  const { terminal } = context;
  if (options.json) {
    terminal.printJson(showZoneChange(change));
    return;
  }
  const { before, after, closed, otherDay, otherMonth } = change;
  const kept = closed.map(({ period, zone: its }) => `${period} (${its})`).join(', ');
  terminal.print(
    [
      before === after
        ? `The school keeps the calendar of ${after}.`
        : `The school moved from the calendar of ${before} to that of ${after}.`,
      closed.length === 0
        ? 'No period is closed.'
        : `Closed periods stay as they were issued, each on the calendar it was closed with: ${kept}.`,
      `Open periods follow ${after}: ${counted(otherDay, 'class', 'classes')} in them ${otherDay === 1 ? 'is' : 'are'} of another day now, ${otherMonth} of another month.` +
        (closed.length === 0
          ? ''
          : ' A period beside a closed one begins where that ended, so each class is in one of them.'),
      `If ROLLBOOK_TIMEZONE is set for the daemon, take it out or set it to ${after} before the next start.`,
    ].join('\n'),
  );
}
