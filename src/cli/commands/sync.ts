import type { Command } from 'commander';

import { id, localTime, moment } from '../arguments.ts';
import type { Moment } from '../arguments.ts';
import { CommandError, UsageError } from '../context.ts';
import type { CommandContext } from '../context.ts';
import { withLedgerOptions } from '../ledger.ts';
import type { LedgerOptions } from '../ledger.ts';
import { readNow } from '../reading.ts';
import type { ReadRequest } from '../reading.ts';
import type { Parts } from '../../service.ts';
import { backfill } from './backfill.ts';

interface Options extends LedgerOptions {
  readonly class?: number;
  readonly active?: true;
  readonly since?: Moment;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description('Reads classes from Google now and prints what was found. A running daemon does it for us.')
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
  return readNow(context, options, (parts) =>
    classId === undefined ? { kind: 'sync_active', key: 'active', payload: {} } : readingOf(classId, parts),
  );
}

/** The same job as that of the API, so that asking twice is asking once. */
function readingOf(classId: number, { classStore, clock, config }: Parts): ReadRequest {
  const found = classStore.get(classId);
  if (found === null) throw new CommandError(`There is no class ${classId}.`);
  if (found.status === 'canceled') throw new CommandError(`Class ${classId} is canceled: there is nothing to read.`);
  const opens = found.start - config.evidenceBeforeMinutes * 60_000;
  if (clock.now() < opens) {
    throw new CommandError(`Class ${classId} has not begun: ask from ${localTime(opens, config.timezone)} on.`);
  }
  return { kind: 'sync_class', key: `class:${classId}`, payload: { class_id: classId } };
}
