import type { Command } from 'commander';

import { parseConfig } from '../../config.ts';
import { LedgerRefusedError, LedgerUnavailableError } from '../../errors.ts';
import { CommandError, UsageError, until, type CommandContext } from '../context.ts';
import { misspeltIn } from '../misspelt.ts';

/** With the two seconds that `main.ts` adds, the process ends ten seconds after the signal at the latest. */
const CLOSING_MS = 8_000;

interface Options {
  readonly newLedger?: true;
  readonly newAuditKey?: true;
}

export function define(command: Command, context: CommandContext): void {
  command
    .description(
      'Watches the classes, reads Google and answers the API until SIGTERM or Ctrl-C. ' +
        'Settings come from the environment, or from .env in the working directory.',
    )
    .option('--new-ledger', 'make a new, empty ledger also where rollbook.marker says that there was one')
    .option('--new-audit-key', 'seal the audit log with another key from here on, because that of before is lost')
    .addHelpText('after', '\nExample:\n  $ ROLLBOOK_DATA_DIR=/var/lib/rollbook rollbook serve')
    .action((options: Options) => serve(options, context));
}

/** Whether starting again would end the same until a person has brought back the ledger, its folder or the program. */
function needsPerson(err: Error): boolean {
  if (err instanceof LedgerRefusedError) return true;
  return err instanceof LedgerUnavailableError && ['gone', 'refused', 'damaged', 'missing'].includes(err.reason);
}

async function serve({ newLedger, newAuditKey }: Options, context: CommandContext): Promise<void> {
  const { env, clock, random, signal, terminal } = context;
  const config = parseConfig(env);
  const [{ startService }, { createLogger }] = await Promise.all([
    import('../../service.ts'),
    import('../../logger.ts'),
  ]);
  const log = createLogger({ level: config.logLevel, pretty: terminal.interactive });
  for (const { name, meant } of misspeltIn(env)) log.warn({ name, meant }, 'variable not read: no such setting');
  const anew = { newLedger: newLedger === true, newAuditKey: newAuditKey === true };
  const service = await startService(config, { clock, random, env, log, importThreads: true, ...anew }).catch(
    (err: unknown) => {
      throw err instanceof Error && needsPerson(err) ? new UsageError(err.message) : err;
    },
  );
  const { lost } = service;
  await until(AbortSignal.any([signal, lost]));
  if (lost.aborted) log.error({ err: lost.reason as unknown }, 'ledger taken away');
  else log.info({ reason: String(signal.reason) }, 'rollbook is stopping');
  const closed = new AbortController();
  const inTime = await Promise.race([
    service[Symbol.asyncDispose]().then(() => true),
    clock.sleep(CLOSING_MS, closed.signal).then(
      () => false,
      () => true,
    ),
  ]).finally(() => closed.abort());
  if (!inTime) throw new CommandError('A pass did not stop in time and was cut off; the next start repeats it.');
  log.info({}, 'rollbook has stopped');
  if (lost.aborted) throw lost.reason;
}
