import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import type { Command } from 'commander';

import { parseConfig } from '../../config.ts';
import { counted } from '../../core/counted.ts';
import { makeFolder } from '../../ledger/files/folder.ts';
import { port } from '../arguments.ts';
import { until, type CommandContext } from '../context.ts';
import { readWorld } from '../world-file.ts';

interface Options {
  readonly port: number;
  readonly world: string;
  readonly key?: string;
}

/** With one seed the school is the same for everybody who starts the emulator in the same minute. */
const SEED = 1;

export function define(command: Command, context: CommandContext): void {
  command
    .description(
      'Runs a Google Meet stand-in on this machine, for trials of a set-up. Prints what to point a daemon at.',
    )
    .option('--port <port>', 'where it listens; 0 picks a free one', port, 9099)
    .option('--world <world>', '"demo", or a JSON file of accounts, spaces and records', 'demo')
    .option('--key <file>', 'where the key that only the emulator accepts is kept (default: in the data folder)')
    .addHelpText('after', '\nExample:\n  $ rollbook emulate --port 9099 --world demo')
    .action((options: Options) => emulate(options, context));
}

async function emulate(options: Options, { env, clock, signal, terminal }: CommandContext): Promise<void> {
  const [{ startEmulator }, { buildSchool }, { writeServiceAccountKey }] = await Promise.all([
    import('../../emulator/server.ts'),
    import('../../emulator/school.ts'),
    import('../../emulator/credentials.ts'),
  ]);
  const school = options.world === 'demo' ? buildSchool({ now: clock.now(), seed: SEED }) : null;
  const world = school?.world ?? (await readWorld(options.world));
  const key = resolve(options.key ?? join(parseConfig(env).dataDir, 'emulator-key.json'));
  await using emulator = await startEmulator({ world, clock, port: options.port });
  makeFolder(dirname(key), options.key === undefined ? undefined : '--key');
  if (!existsSync(key)) writeServiceAccountKey(key);
  const organizer = school?.classes[0]?.organizerEmail ?? world.spaces[0]?.ownerEmail;
  const settings = [
    `GOOGLE_API_ROOT=${emulator.url}`,
    `GOOGLE_CREDENTIALS_FILE=${key}`,
    ...(organizer === undefined ? [] : [`GOOGLE_DEFAULT_ORGANIZER=${organizer}`]),
    ...(school === null ? [] : [`ROLLBOOK_TIMEZONE=${school.timezone}`]),
  ];
  terminal.printWhole(settings.join('\n'));
  const { accounts, spaces, records } = world;
  terminal.note(
    `\n${counted(accounts.length, 'account')}, ${counted(spaces.length, 'room')} and ${counted(records.length, 'call')} answer at ${emulator.url}. ` +
      'Put the lines above into the environment of a daemon. Ctrl-C ends this.',
  );
  await until(signal);
}
