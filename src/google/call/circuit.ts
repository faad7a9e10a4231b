import type { Failure, FailureReason } from './failures.ts';

/** Failures that say the organiser cannot be read at all just now, rather than this room or record. */
const COUNTS: ReadonlySet<FailureReason> = new Set(['unavailable', 'not_an_api_reply', 'unauthorized']);
/** Failures that say nothing about whether Google answers this organiser. */
const NEUTRAL: ReadonlySet<FailureReason> = new Set(['rate_limited', 'circuit_open', 'no_credentials']);

/** A call that was let through. The caller reports exactly one of the ends below. */
export interface Passage {
  /** False once the circuit has opened behind this call: further attempts would fail too. */
  mayGoOn(): boolean;
  succeeded(): void;
  failed(failure: Failure): void;
  /** Given up by the caller: nothing was learnt. */
  abandoned(): void;
}

export interface Circuit {
  readonly state: 'closed' | 'open' | 'half_open';
  /** Until another call is let through; 0 when one would be. */
  readonly pauseMs: number;
  /** Null while open; half open lets one call through at a time. */
  enter(): Passage | null;
}

/**
 * Opens after so many calls in a row that failed for good, and lets one try again after a pause.
 *
 * @param monotonic milliseconds that never jump
 */
export function createCircuit(opensAfter: number, pauseMs: number, monotonic: () => number): Circuit {
  let inARow = 0;
  let openUntil: number | null = null;
  let probe: Passage | null = null;

  const state = (): Circuit['state'] =>
    openUntil === null ? 'closed' : probe === null && monotonic() < openUntil ? 'open' : 'half_open';

  function close(): void {
    inARow = 0;
    openUntil = null;
  }

  function passage(): Passage {
    const leave = () => {
      if (probe === mine) probe = null;
    };
    const mine: Passage = {
      mayGoOn: () => openUntil === null || probe === mine,
      succeeded() {
        leave();
        close();
      },
      failed({ reason }) {
        leave();
        if (NEUTRAL.has(reason)) return;
        // Refused, but answered: the organiser can be read.
        if (!COUNTS.has(reason)) return close();
        inARow += 1;
        if (inARow >= opensAfter) openUntil = monotonic() + pauseMs;
      },
      abandoned: leave,
    };
    return mine;
  }

  return {
    get state() {
      return state();
    },
    get pauseMs() {
      return openUntil === null ? 0 : Math.max(0, openUntil - monotonic());
    },
    enter() {
      if (openUntil === null) return passage();
      if (probe !== null || monotonic() < openUntil) return null;
      probe = passage();
      return probe;
    },
  };
}
