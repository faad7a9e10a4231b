import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { Command } from 'commander';
import { z } from 'zod';

import { parseConfig } from '../../config.ts';
import { makeFolder } from '../../ledger/files/folder.ts';
import { readText } from '../arguments.ts';
import { CommandError, UsageError, type CommandContext } from '../context.ts';
import { sentence } from '../screen/text.ts';

interface Options {
  readonly client?: string;
  readonly clientId?: string;
  readonly clientSecretFile?: string;
  readonly out: string;
  readonly directory?: true;
  readonly force?: true;
}

/** The file of a client of type "Desktop app", as the Cloud console gives it. Google sends the browser back to this machine for this type only. */
const clientFile = z.object({
  installed: z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) }),
});

export function define(command: Command, context: CommandContext): void {
  command
    .description(
      'Connects one Google account: prints an address to open in a browser and writes the file for GOOGLE_CREDENTIALS_FILE. ' +
        'Needs an OAuth client of type "Desktop app"; see "A single account" in docs/google.md.',
    )
    .option('--client <file>', 'the JSON of the OAuth client, as downloaded from the Cloud console')
    .option('--client-id <id>', 'its id, instead of the file')
    .option('--client-secret-file <file>', 'a file with nothing but its secret')
    .requiredOption('--out <file>', 'the file to write, readable by its owner alone')
    .option('--directory', 'ask for the Directory too, which turns accounts of a Workspace into e-mail addresses')
    .option('--force', 'replace the file')
    .addHelpText('after', '\nExample:\n  $ rollbook auth --client client.json --out google.json')
    .action((options: Options) => auth(options, context));
}

async function auth(options: Options, { env, clock, random, signal, terminal }: CommandContext): Promise<void> {
  const client = await clientOf(options);
  const out = resolve(options.out);
  // Checked before somebody agrees at Google in vain.
  if (existsSync(out) && !options.force) throw new CommandError(`${out} exists: name another file, or use --force.`);
  makeFolder(dirname(out), '--out');
  const { apiRoot } = parseConfig(env);
  const [{ authorize, ConsentError, saveAuthorizedUser }, { SCOPES }, { createNetwork }] = await Promise.all([
    import('../../google/consent.ts'),
    import('../../google/auth.ts'),
    import('../../google/call/network.ts'),
  ]);
  const scopes = [...SCOPES.read, ...SCOPES.create, ...(options.directory === true ? SCOPES.directory : [])];
  try {
    const consent = await authorize({
      ...client,
      apiRoot,
      network: createNetwork(apiRoot, env),
      clock,
      random,
      scopes,
      signal,
      openUrl: (url) => {
        terminal.print(`Open this address in a browser, and choose the account that owns the rooms:\n\n${url}\n`);
        terminal.note(
          'On another machine the last page will not load: copy its address (http://127.0.0.1:…) and give it to curl here.',
        );
      },
    });
    saveAuthorizedUser(out, { ...client, ...consent }, { force: options.force === true });
    terminal.print(
      `${consent.account} is connected. Settings:\n  GOOGLE_CREDENTIALS_FILE=${out}\n  GOOGLE_DEFAULT_ORGANIZER=${consent.account}`,
    );
  } catch (err) {
    if (err instanceof ConsentError) throw new CommandError(sentence(err.message));
    throw err;
  }
}

/** The OAuth client that the options name. */
async function clientOf({ client, clientId, clientSecretFile }: Options) {
  if (client === undefined) {
    if (clientId === undefined || clientSecretFile === undefined) {
      throw new UsageError('Give --client FILE, or --client-id ID with --client-secret-file FILE.');
    }
    return { clientId, clientSecret: (await readText(clientSecretFile)).trim() };
  }
  if (clientId !== undefined || clientSecretFile !== undefined) {
    throw new UsageError('--client holds id and secret already: leave the other two out.');
  }
  let content: unknown;
  try {
    content = JSON.parse(await readText(client));
  } catch (err) {
    if (!(err instanceof SyntaxError)) throw err;
  }
  const parsed = clientFile.safeParse(content);
  if (!parsed.success) {
    throw new CommandError(`${client} is not an OAuth client of type "Desktop app": make one, and download its JSON.`);
  }
  const { client_id: id, client_secret: secret } = parsed.data.installed;
  return { clientId: id, clientSecret: secret };
}
