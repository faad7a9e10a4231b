/** Where "now" comes from. Handed to every part of the shell, so that tests move time by hand. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
