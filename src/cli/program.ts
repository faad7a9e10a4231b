import { Command, CommanderError } from 'commander';

import { ConfigError, LedgerRefusedError, LedgerUnavailableError } from '../errors.ts';
import { isUnreadable } from '../text.ts';
import { CommandError, ReportedError, UsageError, type CommandContext } from './context.ts';
import { ledgerFault, systemFault } from './system-fault.ts';

interface Entry {
  readonly name: string;
  readonly summary: string;
  /** Read only when the command is called, so that the others and `--help` start at once. */
  readonly load: () => Promise<{ readonly define: (command: Command, context: CommandContext) => void }>;
}

/** Every command, in the order of `--help`. A new one is its file and its line here. */
const entries: readonly Entry[] = [
  { name: 'serve', summary: 'run the daemon', load: () => import('./commands/serve.ts') },
  { name: 'demo', summary: 'show a whole school without a Google account', load: () => import('./commands/demo.ts') },
  { name: 'doctor', summary: 'check the set-up and say what to mend', load: () => import('./commands/doctor.ts') },
  { name: 'auth', summary: 'connect one Google account', load: () => import('./commands/auth.ts') },
  { name: 'sync', summary: 'read classes from Google now', load: () => import('./commands/sync.ts') },
  { name: 'backfill', summary: 'read everything since a day again', load: () => import('./commands/backfill.ts') },
  { name: 'status', summary: 'what is captured and what is owed', load: () => import('./commands/status.ts') },
  { name: 'import', summary: 'enter people or classes from CSV', load: () => import('./commands/import.ts') },
  {
    name: 'class',
    summary: 'list, schedule, change, cancel and reinstate classes',
    load: () => import('./commands/class.ts'),
  },
  { name: 'config', summary: 'what is in force and from where', load: () => import('./commands/config.ts') },
  { name: 'settings', summary: 'the school: its rules, name and zone', load: () => import('./commands/settings.ts') },
  { name: 'policy', summary: 'how minutes become money', load: () => import('./commands/policy.ts') },
  { name: 'rates', summary: 'what families are charged and teachers paid', load: () => import('./commands/rates.ts') },
  { name: 'report', summary: 'bills and pay of a period', load: () => import('./commands/report.ts') },
  { name: 'explain', summary: 'where the amount of a line comes from', load: () => import('./commands/explain.ts') },
  { name: 'review', summary: 'who was in a class that nobody could name', load: () => import('./commands/review.ts') },
  { name: 'decide', summary: 'settle what the evidence cannot', load: () => import('./commands/decide.ts') },
  { name: 'dispute', summary: 'pay that a teacher disputes', load: () => import('./commands/dispute.ts') },
  { name: 'adjust', summary: 'corrections of closed periods', load: () => import('./commands/adjust.ts') },
  { name: 'close', summary: 'issue a period', load: () => import('./commands/close.ts') },
  { name: 'reopen', summary: 'open a closed period again', load: () => import('./commands/reopen.ts') },
  { name: 'token', summary: 'make, list and revoke API tokens', load: () => import('./commands/token.ts') },
  { name: 'emulate', summary: 'run a Google Meet stand-in', load: () => import('./commands/emulate.ts') },
  { name: 'verify', summary: 'prove that the ledger is whole', load: () => import('./commands/verify.ts') },
  { name: 'backup', summary: 'copy the ledger while it is in use', load: () => import('./commands/backup.ts') },
  { name: 'restore', summary: 'put a backup in place of the ledger', load: () => import('./commands/restore.ts') },
];

/**
 * Runs one command line.
 *
 * @param argv without the program's own name
 * @returns the exit code: 0 done, 1 failed, 2 called wrongly or with settings that do not hold
 */
export async function runProgram(argv: readonly string[], context: CommandContext): Promise<number> {
  const { terminal } = context;
  const unreadable = argv.findIndex(isUnreadable);
  if (unreadable !== -1) {
    terminal.note(`Argument ${unreadable + 1} is not UTF-8: type it again in a terminal that uses UTF-8.`);
    return 2;
  }
  const program = new Command('rollbook')
    .description('Exact attendance, bills and pay from Google Meet classes.')
    .version('0.1.0')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('See: rollbook --help')
    .configureOutput({
      writeOut: (text) => terminal.printWhole(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .addHelpText('after', '\nExample:\n  $ rollbook demo\n\nrollbook help COMMAND tells more about one.');
  for (const { name, summary, load } of entries) {
    const command = program.command(name).summary(summary).showHelpAfterError(`See: rollbook ${name} --help`);
    if (argv.includes(name)) (await load()).define(command, context);
    for (const sub of command.commands) sub.showHelpAfterError(`See: rollbook ${name} ${sub.name()} --help`);
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (err) {
    if (err instanceof CommanderError) return err.exitCode === 0 ? 0 : 2;
    return explain(err, argv, context);
  }
}

async function explain(err: unknown, argv: readonly string[], context: CommandContext): Promise<number> {
  const { terminal, signal } = context;
  if (signal.aborted) {
    terminal.note('Stopped.');
    return 1;
  }
  if (err instanceof ReportedError) return 1;
  // Calling again with the same settings ends the same: systemd is told not to try (RestartPreventExitStatus=2).
  const calledWrongly = err instanceof ConfigError || err instanceof UsageError;
  const failed = [CommandError, LedgerUnavailableError, LedgerRefusedError].some((kind) => err instanceof kind);
  if (calledWrongly || (failed && err instanceof Error)) {
    terminal.note(err instanceof LedgerUnavailableError ? ledgerFault(err, argv) : err.message);
    return calledWrongly ? 2 : 1;
  }
  if (err instanceof Error && 'code' in err && String(err.code).startsWith('SQLITE_')) {
    const { unavailable } = await import('../ledger/unavailable.ts');
    const known = unavailable('The ledger', err);
    if (known !== null) return explain(known, argv, context);
  }
  const fault = systemFault(err);
  if (fault !== null) {
    terminal.note(fault.message);
    return fault.ofSettings ? 2 : 1;
  }
  const { loggedError } = await import('../logger.ts');
  const { stack, message } = loggedError(err);
  terminal.note(`Rollbook met an unexpected error:\n${stack ?? message}`);
  return 1;
}
