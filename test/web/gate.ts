import type { JobHandler } from '../../src/jobs/queue.ts';

/** A job that ends when it is told to. */
export function gate(): {
  handler: JobHandler;
  open: (result?: Record<string, unknown>) => void;
  fail: (message: string) => void;
} {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  promise.catch(() => undefined);
  return {
    handler: {
      run(_job, { progress }) {
        progress(0, 2);
        return promise.finally(() => progress(2, 2));
      },
    },
    open: (result = { coverage: 'complete' }) => resolve(result),
    fail: (message) => reject(new Error(message)),
  };
}
