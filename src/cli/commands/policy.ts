import type { Command } from 'commander';

import { showPolicy } from '../../render/json/prices.ts';
import { faultyTexts } from '../../text.ts';
import { readText, why } from '../arguments.ts';
import { UsageError, type CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';

interface SetOptions extends LedgerOptions {
  readonly from: string;
  readonly preset: string;
  readonly settings?: string;
  readonly reason?: string;
}

export function define(command: Command, context: CommandContext): void {
  command.description('Shows and makes versions of the policy: how minutes become money.');
  withLedgerOptions(command.command('list'))
    .description('Lists the versions.')
    .addHelpText('after', '\nExample:\n  $ rollbook policy list --json')
    .action((options: LedgerOptions) => list(options, context));
  withLedgerOptions(command.command('set'))
    .description('Makes a version. Classes before its first day keep the version they have.')
    .requiredOption('--from <day>', 'the first day it holds')
    .option('--preset <name>', 'actual_time, standard_tutoring, slot_held or timetable', 'actual_time')
    .option('--settings <file>', 'JSON with the settings that differ from the preset')
    .option('--reason <text>', 'why; it is kept with the change', why)
    .addHelpText('after', '\nExample:\n  $ rollbook policy set --from 2026-02-01 --preset standard_tutoring')
    .action((options: SetOptions) => set(options, context));
}

async function list(options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const versions = parts.queries.policyVersions();
  if (options.json) {
    context.terminal.printJson({ items: versions.map(showPolicy), next_cursor: null });
    return;
  }
  if (versions.length === 0) {
    context.terminal.print('There is no version: the preset actual_time holds.');
    return;
  }
  context.terminal.print(
    context.terminal.table(
      [
        { title: 'version', value: ({ id }) => id, align: 'right' },
        { title: 'from', value: ({ version }) => version.validFrom },
        { title: 'preset', value: ({ version }) => version.preset },
        { title: 'by', value: ({ actor: by }) => by },
        { title: 'reason', value: ({ reason }) => reason },
      ],
      versions,
    ),
  );
}

/** What is given by an option and never by the file of settings. */
const OPTIONS = { valid_from: '--from', preset: '--preset' };

async function set(options: SetOptions, context: CommandContext): Promise<void> {
  const settings = options.settings === undefined ? {} : parsed(await readText(options.settings));
  for (const [key, option] of Object.entries(OPTIONS)) {
    if (key in settings) throw new UsageError(`--settings must hold no ${key}: give it with ${option}.`);
  }
  using parts = await openLedger(context, options, { create: true });
  const body = { ...settings, valid_from: options.from, preset: options.preset };
  const by = { actor: actor(), reason: options.reason };
  const { policy, warnings } = answered(parts.actions.addPolicy(body, by), OPTIONS);
  if (options.json) {
    context.terminal.printJson({ ...showPolicy(policy), warnings });
    return;
  }
  context.terminal.print(`Version ${policy.id} holds from ${policy.version.validFrom} on.`);
  for (const warning of warnings) context.terminal.note(`Note: ${warning}.`);
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return readable(value);
  } catch (err) {
    if (err instanceof UsageError) throw err;
    // The error below says what is expected.
  }
  throw new UsageError('--settings must be a file with one JSON object, such as {"round": {"increment": 15}}.');
}

function readable(settings: object): object {
  const [fault] = faultyTexts(settings);
  if (fault === undefined) return settings;
  throw new UsageError(`--settings has a text that cannot be kept: ${fault.path} ${fault.message}.`);
}
