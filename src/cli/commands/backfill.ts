import type { Command } from 'commander';

import { KEPT_DAYS, KEPT_MS } from '../../core/attendance/coverage-waits.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { moment, type Moment } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { withLedgerOptions, type LedgerOptions } from '../open.ts';
import { readNow } from '../reading.ts';

interface Options extends LedgerOptions {
  readonly since: Moment;
}

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Reads every class since a day or an instant again, whatever was read before. Google keeps records for 30 days.',
    )
    .requiredOption('--since <date>', 'the day (on the calendar of the school) or the instant to begin with', moment)
    .addHelpText('after', '\nExample:\n  $ rollbook backfill --since 2026-01-05')
    .action((options: Options) => backfill(options, context));
}

/** Reads everything since an instant, no further back than Google remembers. */
export function backfill(options: Options, context: CommandContext): Promise<void> {
  return readNow(context, options, ({ timezone, clock }) => {
    const oldest = clock.now() - KEPT_MS;
    const since = options.since(timezone());
    if (since < oldest && !options.json) {
      context.terminal.note(`Google keeps records for ${KEPT_DAYS} days: reading begins at ${formatInstant(oldest)}.`);
    }
    return { of: 'past', since };
  });
}
