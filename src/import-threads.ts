import { Worker } from 'node:worker_threads';

import type { Importer, ImportOrder, ImportReport } from './actions/import-file.ts';
import type { Config } from './config.ts';
import { LedgerUnavailableError, type UnavailableReason } from './errors.ts';

/** What a thread is given. */
export interface ThreadOrder {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How much the clock of the daemon, which Google corrects, shows more than that of the machine. */
  readonly aheadMs: number;
  readonly order: ImportOrder;
}

/** What it answers. Any other error ends the thread, and is the error of the import. */
export type ThreadAnswer =
  | { readonly kind: 'done'; readonly report: ImportReport }
  | { readonly kind: 'unavailable'; readonly reason: UnavailableReason; readonly message: string };

export interface ImportThreads extends AsyncDisposable {
  readonly importFile: Importer;
}

/**
 * Enters files in a thread of their own, one after another: a file is entered in one transaction, which takes many seconds,
 * and the loops and the API go on meanwhile. Disposing ends the thread, and nothing of its file is stored then.
 */
export function createImportThreads({
  config,
  env,
  aheadMs,
}: Pick<ThreadOrder, 'config' | 'env'> & { readonly aheadMs: () => number }): ImportThreads {
  const closing = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  let running: Worker | null = null;

  const enter = async (order: ImportOrder): Promise<ImportReport> => {
    closing.signal.throwIfAborted();
    const workerData: ThreadOrder = { config, env: { ...env }, aheadMs: aheadMs(), order };
    const worker = new Worker(new URL('import-thread.ts', import.meta.url), { workerData, execArgv: [] });
    running = worker;
    const { promise, resolve, reject } = Promise.withResolvers<ThreadAnswer>();
    worker.once('message', resolve).once('error', reject);
    // Behind its answer or its error this changes nothing.
    worker.once('exit', () => reject(stopped()));
    try {
      const answer = await promise;
      if (answer.kind === 'unavailable') throw new LedgerUnavailableError(answer.reason, answer.message);
      return answer.report;
    } finally {
      running = null;
      await worker.terminate();
    }
  };

  return {
    importFile(order) {
      const entered = last.then(() => enter(order));
      last = entered.catch(() => undefined);
      return entered;
    },
    async [Symbol.asyncDispose]() {
      closing.abort(stopped());
      await running?.terminate();
      await last;
    },
  };
}

function stopped(): LedgerUnavailableError {
  return new LedgerUnavailableError('busy', 'the daemon stopped before the file was entered: nothing of it was stored');
}
