import type { Clock } from './core/time/clock.ts';

/** Thrown when the deadline passes first; it has no status, like every error of the network. */
class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Bounds work that may hang: its signal fires and the promise rejects after `ms`, or as soon as the caller aborts.
 * What the work does after that is ignored.
 *
 * @throws {DeadlineError} or the reason of `signal`
 */
export async function within<T>(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const own = new AbortController();
  const ended = new AbortController();
  const stop = (reason: unknown) => {
    own.abort(reason);
    reject(reason as Error);
  };
  const abandon = () => stop(signal.reason);
  signal.addEventListener('abort', abandon, { once: true });
  clock.sleep(ms, ended.signal).then(
    () => stop(new DeadlineError('no answer in time')),
    () => undefined,
  );
  work(own.signal).then(resolve, reject);
  try {
    return await promise;
  } finally {
    ended.abort();
    signal.removeEventListener('abort', abandon);
  }
}
