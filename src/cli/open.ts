import type { Command } from 'commander';
import type { Logger } from 'pino';

import { ledgerFile, parseConfig, type Config } from '../config.ts';
import { SECOND_MS } from '../core/time/duration.ts';
import { ConfigError, LedgerUnavailableError } from '../errors.ts';
import { requireLedger, userName } from '../ledger/files/folder.ts';
import type { LedgerLock } from '../ledger/files/lock.ts';
import type { Parts } from '../service.ts';
import type { CommandContext } from './context.ts';
import { misspeltIn, misspeltText } from './misspelt.ts';

/** Options of every command that works on the ledger. */
export interface LedgerOptions {
  readonly json?: true;
  readonly verbose?: true;
}

/** Adds `--json` and `--verbose`. */
export function withLedgerOptions(command: Command): Command {
  return command
    .option('--json', 'print data for programs instead of tables')
    .option('--verbose', 'log to standard error what is done');
}

/** What commands work with: verbs, views, and the passes that read from Google. */
export type Ledger = Pick<
  Parts,
  | 'config'
  | 'clock'
  | 'actions'
  | 'queries'
  | 'monitor'
  | 'sweep'
  | 'jobKinds'
  | 'meet'
  | 'database'
  | 'timezone'
  | typeof Symbol.dispose
>;

/** A command waits so long for a daemon or another command that is writing. The daemon never waits so for a command. */
const WAIT_SECONDS = 10;

export interface OpenLedgerOptions {
  /** Make the ledger when there is none. */
  readonly create?: boolean;
  /**
   * Read Google's credentials; without it the command works also when they are missing or broken. `where_usable`: broken
   * ones are told, and the command goes on without them.
   */
  readonly google?: boolean | 'where_usable';
  /** Also when the environment names another zone than the ledger keeps. */
  readonly zoneMayDiffer?: boolean;
  /** Many logs that are to be derived again after an upgrade are left to the daemon. */
  readonly logsMayWait?: boolean;
}

/**
 * Opens the ledger of the environment, also beside a running daemon.
 *
 * @throws {LedgerUnavailableError} when there is none and the command would only look at it
 */
export async function openLedger(
  context: CommandContext,
  options: LedgerOptions,
  { create = false, google = false, zoneMayDiffer = false, logsMayWait = false }: OpenLedgerOptions = {},
): Promise<Ledger> {
  const config = parseConfig(context.env);
  warnOfMisspelt(context);
  if (!create) requireLedger(ledgerFile(config));
  const [{ openParts }, log] = await Promise.all([import('../service.ts'), commandLog(context, options, config)]);
  const { clock, random, env, terminal } = context;
  const credentialsFile = await credentialsToUse(context, config, google);
  const onWait = () =>
    terminal.note(`Another program is writing the ledger: waiting for it, up to ${WAIT_SECONDS} s …`);
  const patience = { ms: WAIT_SECONDS * SECOND_MS, onWait };
  const parts = { clock, random, env, log, zoneMayDiffer, logsMayWait, patience };
  return openParts({ ...config, credentialsFile }, parts);
}

async function credentialsToUse(
  { terminal }: CommandContext,
  { credentialsFile }: Config,
  google: NonNullable<OpenLedgerOptions['google']>,
): Promise<string | null> {
  if (google !== 'where_usable' || credentialsFile === null) return google === false ? null : credentialsFile;
  const { loadCredentials } = await import('../google/auth.ts');
  try {
    loadCredentials(credentialsFile);
    return credentialsFile;
  } catch (err) {
    if (!(err instanceof ConfigError)) throw err;
    terminal.note(`Warning: ${err.message}`);
    return null;
  }
}

/** Why a copy of the ledger is looked at. */
const COPIED = {
  older: 'The ledger is of an older version: a copy of it was brought up to date and is looked at.',
  unwritable:
    'This user may not write to the folder of the ledger, where SQLite wants its side files: an exact copy of it is looked at.',
};

/**
 * Opens the ledger of the environment so that nothing of it is changed, also beside a running daemon. One of an older version
 * is looked at in a copy.
 *
 * @throws {LedgerUnavailableError} when there is none
 */
export async function openToLook(context: CommandContext, options: LedgerOptions): Promise<Ledger> {
  const config = parseConfig(context.env);
  const { clock, random, env, terminal } = context;
  const [{ openParts }, look, log] = await Promise.all([
    import('../service.ts'),
    import('../ledger/files/look.ts'),
    commandLog(context, options, config),
  ]);
  const { database, copied } = await look.openToLook(ledgerFile(config), { clock, log });
  if (copied !== null) terminal.note(COPIED[copied]);
  const parts = { clock, random, env, log, database, zoneMayDiffer: true };
  return openParts({ ...config, credentialsFile: null }, parts);
}

/** Names variables that look like settings and are none, on standard error. */
export function warnOfMisspelt({ env, terminal }: Pick<CommandContext, 'env' | 'terminal'>): void {
  for (const found of misspeltIn(env)) terminal.note(`Warning: ${misspeltText(found)}`);
}

/** The log of a command goes to standard error, and only with `--verbose`: standard output is for its result. */
export async function commandLog(
  { terminal }: CommandContext,
  { verbose }: LedgerOptions,
  { logLevel }: Config,
): Promise<Logger> {
  const { createLogger } = await import('../logger.ts');
  return createLogger({
    level: verbose ? logLevel : 'silent',
    pretty: terminal.interactive,
    destination: { write: (line) => terminal.note(line.trimEnd()) },
  });
}

/** The right to write evidence, or null while a daemon has it. */
export async function claimLedger(dataDir: string): Promise<LedgerLock | null> {
  const { lockLedger } = await import('../ledger/files/lock.ts');
  try {
    return lockLedger(dataDir);
  } catch (err) {
    if (err instanceof LedgerUnavailableError && err.reason === 'in_use') return null;
    throw err;
  }
}

/** Who works at the command line, for the audit log. */
export function actor(): string {
  const name = userName();
  return name === null ? 'cli' : `cli:${name}`;
}
