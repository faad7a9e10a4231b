/**
 * The time and the timers of the program. Every part is given its clock, so that a test can move the time by hand;
 * nothing else reads a clock or starts a timer.
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
   * Calls `fn` again and again until the answer is disposed of. `fn` is not waited for: runs that overlap and exceptions
   * are the caller's responsibility.
   *
   * @param when seconds from one call to the next, the first one after the first wait; or a cron pattern
   * @param zone IANA zone that a pattern is read in
   */
  every(when: number | string, zone: string, fn: () => void): Disposable;
  /** Lets other waiting work run first. For long work that must not block the event loop. */
  yield(): Promise<void>;
}

/** The clock of a part that only stamps rows or compares instants. */
export type Now = Pick<Clock, 'now'>;

/** Random numbers. Every part is given its source of them, like its clock. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** Bytes that nobody can guess: for tokens and keys. */
  bytes(size: number): Buffer;
}
