import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Command } from 'commander';
import { z } from 'zod';

import { parseConfig } from '../../config.ts';
import { CommandError, UsageError } from '../context.ts';
import type { CommandContext } from '../context.ts';

interface Options {
  readonly client?: string;
  readonly clientId?: string;
  readonly clientSecretFile?: string;
  readonly out: string;
  readonly force?: true;
}

interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What the Cloud console lets one download for a client of type "Desktop app" (`installed`) or "Web application". */
const secret = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });
const clientFile = z.union([
  z.object({ installed: secret }).transform(({ installed }) => installed),
  z.object({ web: secret }).transform(({ web }) => web),
]);

export function define(command: Command, context: CommandContext): void {
  command
    .description(
      'Connects one Google account: prints an address to open in a browser, here or on another machine, and writes the file\n' +
        'for GOOGLE_CREDENTIALS_FILE. Needs an OAuth client of type "Desktop app"; see "A single account" in the README.',
    )
    .option('--client <file>', 'the JSON of the OAuth client, as downloaded from the Cloud console')
    .option('--client-id <id>', 'its id, instead of the file')
    .option('--client-secret-file <file>', 'a file with nothing but its secret')
    .requiredOption('--out <file>', 'the file to write, readable by its owner alone')
    .option('--force', 'replace that file')
    .addHelpText('after', '\nExample:\n  $ rollbook auth --client client.json --out google.json')
    .action((options: Options) => auth(options, context));
}
