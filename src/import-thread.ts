// The entry of the thread in which a daemon enters a file. This import stands first, as in main.ts.
import './loader.mjs';
import { parentPort, workerData } from 'node:worker_threads';

import { z } from 'zod';

import { importFile } from './actions/import-file.ts';
import { LedgerUnavailableError } from './errors.ts';
import type { ThreadAnswer, ThreadOrder } from './import-threads.ts';
import { createLogger } from './logger.ts';
import { plainMessage } from './refusal.ts';
import { openParts } from './service.ts';
import { systemClock, systemRandom } from './system.ts';

z.config({ customError: plainMessage });

/** Opens the ledger beside the daemon, as a command does, and enters the file. */
async function answer({ config, env, aheadMs, order }: ThreadOrder): Promise<ThreadAnswer> {
  // The daemon knows Google's time already.
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  const log = createLogger({ level: config.logLevel, pretty: false });
  try {
    using parts = openParts(config, { clock, random: systemRandom, env, log, zoneMayDiffer: true, logsMayWait: true });
    return { kind: 'done', report: await importFile(parts.actions, order) };
  } catch (err) {
    if (!(err instanceof LedgerUnavailableError)) throw err;
    return { kind: 'unavailable', reason: err.reason, message: err.message };
  }
}

parentPort?.postMessage(await answer(workerData as ThreadOrder));
