import type { Command } from 'commander';

import { id, moment, type Moment } from '../arguments.ts';
import { UsageError, type CommandContext } from '../context.ts';
import { withLedgerOptions, type LedgerOptions } from '../open.ts';
import { readNow } from '../reading.ts';
import { backfill } from './backfill.ts';

interface Options extends LedgerOptions {
  readonly class?: number;
  readonly active?: true;
  readonly since?: Moment;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description('Reads classes from Google now and prints what was found. When a daemon runs, it does the reading.')
    .option('--class <id>', 'this class', id)
    .option('--active', 'all classes that are on')
    .option('--since <date>', 'all classes since a day or an instant, like backfill', moment)
    .addHelpText('after', '\nExamples:\n  $ rollbook sync --class 5\n  $ rollbook sync --active --json')
    .action((options: Options) => sync(options, context));
}

async function sync(options: Options, context: CommandContext): Promise<void> {
  const { class: classId, active, since } = options;
  if ([classId, active, since].filter((value) => value !== undefined).length !== 1) {
    throw new UsageError('Give one of --class, --active and --since.');
  }
  if (since !== undefined) return backfill({ ...options, since }, context);
  return readNow(context, options, () => (classId === undefined ? { of: 'active' } : { of: 'class', classId }));
}
