import type { Command } from 'commander';

import type { CommandContext } from '../context.ts';
import { openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';

interface Options extends LedgerOptions {
  readonly force?: true;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Copies the ledger as it is now, while the daemon works on. The copy is checked before it gets its name.',
    )
    .argument('<file>', 'where to; its folder must exist')
    .option('--force', 'replace a file of that name')
    .addHelpText('after', '\nExample:\n  $ rollbook backup /var/backups/rollbook-$(date +%F).db')
    .action((file: string, options: Options) => backup(file, options, context));
}

async function backup(file: string, options: Options, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const { backupTo } = await import('../../ledger/backup.ts');
  const { terminal } = context;
  const progress = terminal.progress('Copying pages', { quiet: options.json });
  const copied = await backupTo(parts.database, file, progress.update, { force: options.force }).finally(progress.end);
  if (options.json) terminal.printJson(copied);
  else terminal.print(`${copied.file} is whole: ${Math.ceil(copied.bytes / 1024)} KiB.`);
}
