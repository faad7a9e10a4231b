/**
 * Time as the shell sees it. Every part gets its clock handed in, so that a test moves all of time by hand.
 * Nothing else in the program knows a timer.
 */
export interface Clock {
  /** Epoch milliseconds of this machine. May jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since some fixed instant. Never jumps: for durations and deadlines. */
  monotonic(): number;
  /**
   * Resolves after so many milliseconds.
   *
   * @throws the reason of `signal` as soon as it aborts
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `fn` again and again until the answer is disposed of. `fn` is not waited for: joining runs that overlap and
   * outliving a throw are the caller's.
   *
   * @param when seconds from one call to the next, the first one after the first wait; or a cron pattern
   * @param zone IANA zone that a pattern is read in
   */
  every(when: number | string, zone: string, fn: () => void): Disposable;
  /** Lets everything else that waits for its turn go first. For long work that must not hold up the event loop. */
  yield(): Promise<void>;
}

/** The clock of a part that only stamps rows or compares instants. */
export type Now = Pick<Clock, 'now'>;

/** Chance, handed in like time. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** Bytes that nobody can guess: for tokens and keys. */
  bytes(size: number): Buffer;
}
