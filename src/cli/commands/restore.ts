import { existsSync } from 'node:fs';

import type { Command } from 'commander';

import { ledgerFile, parseConfig } from '../../config.ts';
import { CommandError, type CommandContext } from '../context.ts';
import { openToLook, withLedgerOptions, type LedgerOptions } from '../open.ts';

interface Options extends LedgerOptions {
  readonly force?: true;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Puts a backup in place of the ledger. The daemon must be stopped. The backup is checked first, and the ledger that it ' +
        'replaces is kept beside it.',
    )
    .argument('<file>', 'a file made by "rollbook backup"')
    .option('--force', 'replace the ledger that is there, without asking')
    .addHelpText(
      'after',
      '\nExample:\n  $ systemctl stop rollbook\n  $ rollbook restore backup.db --force\n  $ systemctl start rollbook',
    )
    .action((file: string, options: Options) => restore(file, options, context));
}

async function restore(file: string, options: Options, context: CommandContext): Promise<void> {
  const { env, clock, terminal } = context;
  const ledger = ledgerFile(parseConfig(env));
  const { restoreFrom } = await import('../../ledger/backup.ts');
  const force = options.force === true || (await agreed(ledger, context, options));
  const progress = terminal.progress('Checking the backup', { quiet: options.json });
  let restored;
  try {
    restored = restoreFrom(file, ledger, { clock, force });
  } finally {
    progress.end();
  }
  const problems = await problemsIn(context, options);
  if (options.json) {
    terminal.printJson({ ...restored, problems });
    return;
  }
  terminal.print(`${ledger} is restored from ${file}.`);
  if (restored.replaced !== null) terminal.print(`The ledger that was there is kept as ${restored.replaced}.`);
  if (restored.pending.length > 0) terminal.print('It is of an older version: the next start brings it up to date.');
  for (const problem of problems) terminal.note(`Warning: verify finds something wrong in it: ${problem}`);
  terminal.print('What was read since can be read again: rollbook backfill --since DATE');
}

/** What `verify` finds wrong in the ledger that was restored. It is kept all the same: there may be no better backup. */
async function problemsIn(context: CommandContext, options: Options): Promise<string[]> {
  const progress = context.terminal.progress('Verifying', { quiet: options.json });
  try {
    using parts = await openToLook(context, options);
    const { checks } = await parts.queries.verify({ signal: context.signal, onProgress: progress.update });
    return checks.filter(({ ok }) => !ok).map(({ check, detail }) => `${check}: ${detail}`);
  } catch (err) {
    context.signal.throwIfAborted();
    return [`it cannot be verified: ${err instanceof Error ? err.message : String(err)}`];
  } finally {
    progress.end();
  }
}

/** Whether a person at the terminal agrees that the ledger is replaced; false where nobody can be asked. */
async function agreed(ledger: string, { terminal }: CommandContext, { json }: Options): Promise<boolean> {
  if (!existsSync(ledger) || json || !terminal.interactive || process.stdin.isTTY !== true) return false;
  const { confirm } = await import('@clack/prompts');
  const answer = await confirm({
    message: `Replace ${ledger}? It is kept beside the restored one.`,
    initialValue: false,
  });
  if (answer !== true) throw new CommandError('Nothing was changed.');
  return true;
}
