import { FAILURES, barred, failure, type Failure } from './failures.ts';

/** Permit for one call. The holder calls exactly one of `succeeded`, `failed` and `abandoned`. */
export interface Permit {
  /** False once the circuit has opened while this call was under way: it makes no further attempt. */
  mayGoOn(): boolean;
  succeeded(): void;
  failed(failure: Failure): void;
  /** Given up by the caller: nothing was learnt. */
  abandoned(): void;
}

export interface Circuit {
  readonly state: 'closed' | 'open' | 'half_open';
  /** What a call is answered that is not made: the failure that opened the circuit, and when to ask again. */
  barred(): Failure;
  /** Null while open; half open lets one call through at a time. */
  enter(): Permit | null;
}

/**
 * Opens after so many calls in a row that failed for good, and lets one try again after a pause.
 *
 * @param monotonic milliseconds that never jump
 */
export function createCircuit(opensAfter: number, pauseMs: number, monotonic: () => number): Circuit {
  let inARow = 0;
  let openUntil: number | null = null;
  let probe: Permit | null = null;
  let lastFailure = failure('unavailable');

  function close(): void {
    inARow = 0;
    openUntil = null;
  }

  function permit(): Permit {
    const leave = () => {
      if (probe === mine) probe = null;
    };
    const mine: Permit = {
      mayGoOn: () => openUntil === null || probe === mine,
      succeeded() {
        leave();
        close();
      },
      failed(failed) {
        leave();
        const { reason } = failed;
        if (FAILURES[reason].circuit === 'neutral') return;
        // Google answered, even if with a refusal: the circuit closes.
        if (FAILURES[reason].circuit !== 'counts') return close();
        inARow += 1;
        lastFailure = failed;
        if (inARow >= opensAfter) openUntil = monotonic() + pauseMs;
      },
      abandoned: leave,
    };
    return mine;
  }

  return {
    get state() {
      if (openUntil === null) return 'closed';
      return probe === null && monotonic() < openUntil ? 'open' : 'half_open';
    },
    barred: () => barred(lastFailure, openUntil === null ? 0 : Math.max(0, openUntil - monotonic())),
    enter() {
      if (openUntil === null) return permit();
      if (probe !== null || monotonic() < openUntil) return null;
      probe = permit();
      return probe;
    },
  };
}
