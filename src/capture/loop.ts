import type { Logger } from 'pino';

import type { Clock } from '../core/time/clock.ts';
import { SECOND_MS } from '../core/time/duration.ts';
import { isBusy, LedgerUnavailableError } from '../errors.ts';
import type { Database } from '../ledger/database.ts';
import type { PassStore } from '../ledger/machine/machine-store.ts';

export interface LoopOptions {
  readonly name: string;
  readonly everySeconds: number;
  /** One pass; starts from what the ledger holds. */
  readonly pass: (signal: AbortSignal) => Promise<object> | object;
  readonly passes: Pick<PassStore, 'started' | 'finished'>;
  /** Asked before each pass; a no leaves it out. */
  readonly mayRun?: () => boolean;
  /** Called after each pass, whatever became of it. */
  readonly onPass?: () => void;
  readonly ledger: Pick<Database, 'isFree' | 'whenFree'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Loop extends AsyncDisposable {
  readonly name: string;
  readonly everySeconds: number;
  /** Makes a pass at once and then on schedule. */
  start(): void;
  /** Makes a pass now, or joins the one in progress. */
  run(): Promise<void>;
  readonly isRunning: boolean;
  /** Why the last pass failed, also where the ledger could not keep it; null when it did not. */
  readonly failure: string | null;
  /** Epoch ms; null before the first pass. */
  readonly nextRunAt: number | null;
}

/** A pass that could not store something because somebody else was writing is made again so soon. */
const AGAIN_MS = SECOND_MS;

/**
 * Runs a pass on schedule. A tick that finds a pass in progress joins it, a pass that throws is logged and the next one
 * comes all the same, and closing waits for the pass in progress. While somebody else writes the ledger, a pass waits.
 */
export function createLoop(options: LoopOptions): Loop {
  const { name, everySeconds, pass, passes, mayRun, onPass, ledger, clock, log } = options;
  const closing = new AbortController();
  let current: Promise<void> | null = null;
  let schedule: Disposable | null = null;
  /** By the clock that never jumps. */
  let startedAt: number | null = null;
  let failure: string | null = null;

  /** A pass may be made twice: it starts from what the ledger holds. */
  const passOnceFree = async (): Promise<object> => {
    for (;;) {
      try {
        if (!ledger.isFree()) await ledger.whenFree(clock, closing.signal);
        passes.started(name, clock.now());
        const summary = await pass(closing.signal);
        if (!ledger.isFree()) await ledger.whenFree(clock, closing.signal);
        passes.finished(name, clock.now(), { summary });
        return summary;
      } catch (err) {
        if (!isBusy(err)) throw err;
        log.info({ loop: name }, 'pass made again: somebody else was writing the ledger');
        await clock.sleep(AGAIN_MS, closing.signal);
      }
    }
  };

  const makePass = async (): Promise<void> => {
    if (mayRun?.() === false) return;
    const begun = clock.monotonic();
    startedAt = begun;
    try {
      const summary = await passOnceFree();
      failure = null;
      log.info({ loop: name, duration_ms: Math.round(clock.monotonic() - begun), ...summary }, 'pass done');
    } catch (err) {
      if (closing.signal.aborted) return;
      log.error({ loop: name, err }, 'pass failed');
      failure = messageOf(err);
      try {
        passes.finished(name, clock.now(), { error: failure });
      } catch {
        // The ledger itself may be what failed; the log line above says so.
      }
    }
  };

  const run = (): Promise<void> => {
    current ??= makePass().finally(() => {
      current = null;
      if (!closing.signal.aborted) onPass?.();
    });
    return current;
  };

  return {
    name,
    everySeconds,
    run,
    start() {
      schedule = clock.every(everySeconds, 'UTC', () => void run());
      void run();
    },
    get isRunning() {
      return current !== null;
    },
    get failure() {
      return failure;
    },
    get nextRunAt() {
      if (schedule === null || startedAt === null) return null;
      return Math.round(clock.now() + everySeconds * SECOND_MS - (clock.monotonic() - startedAt));
    },
    async [Symbol.asyncDispose]() {
      schedule?.[Symbol.dispose]();
      closing.abort(new Error('shutting down'));
      await current;
    },
  };
}

function messageOf(err: unknown): string {
  if (err instanceof LedgerUnavailableError) return err.messageOfDaemon;
  return err instanceof Error ? err.message : 'unknown';
}
