import type { Command } from 'commander';

import { parseConfig } from '../../config.ts';
import { CommandError, until, type CommandContext } from '../context.ts';

/** With the two seconds that `main.ts` adds, the process ends ten seconds after the signal at the latest. */
const CLOSING_MS = 8_000;

export function define(command: Command, context: CommandContext): void {
  command
    .description(
      'Watches the classes, reads Google and answers the API until SIGTERM or Ctrl-C. ' +
        'Settings come from the environment, or from .env in the working directory.',
    )
    .addHelpText('after', '\nExample:\n  $ ROLLBOOK_DATA_DIR=/var/lib/rollbook rollbook serve')
    .action(() => serve(context));
}

async function serve({ env, clock, random, signal, terminal }: CommandContext): Promise<void> {
  const config = parseConfig(env);
  const [{ startService }, { createLogger }] = await Promise.all([
    import('../../service.ts'),
    import('../../logger.ts'),
  ]);
  const log = createLogger({ level: config.logLevel, pretty: terminal.interactive });
  const service = await startService(config, { clock, random, env, log });
  await until(signal);
  log.info({ reason: String(signal.reason) }, 'rollbook is stopping');
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
}
