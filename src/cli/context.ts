import type { Clock, Random } from '../core/time/clock.ts';
import type { Terminal } from './screen/terminal.ts';

/** What a command gets from the process. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The variables of it that come from .env. */
  readonly fromFile?: ReadonlySet<string>;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** A command that could not do its work. The message is all that is printed; the process ends with 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** A command that has printed what is wrong among its results. Nothing more is printed; the process ends with 1. */
export class ReportedError extends Error {
  override readonly name = 'ReportedError';
}

/** A command that was called with what it cannot use. Ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Resolves when the signal is aborted. */
export function until(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
