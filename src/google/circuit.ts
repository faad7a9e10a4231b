import type { Failure, FailureReason } from './failures.ts';

/** Failures that say the organiser cannot be read at all just now, rather than this room or record. */
const COUNTS: ReadonlySet<FailureReason> = new Set(['unavailable', 'not_an_api_reply', 'unauthorized']);

export interface Circuit {
  readonly state: 'closed' | 'open' | 'half_open';
  /** Whether a call may be tried; in the half-open state one at a time. */
  enter(): boolean;
  succeeded(): void;
  failed(failure: Failure): void;
}

/**
 * Opens after so many calls in a row that failed for good, and lets one try again after a pause.
 *
 * @param monotonic milliseconds that never jump
 */
export function createCircuit(after: number, pauseMs: number, monotonic: () => number): Circuit {
  let failures = 0;
  let openUntil: number | null = null;
  let probing = false;
  const state = (): Circuit['state'] =>
    openUntil === null ? 'closed' : monotonic() < openUntil || probing ? 'open' : 'half_open';
  return {
    get state() {
      return state();
    },
    enter() {
      if (openUntil === null) return true;
      if (state() === 'open') return false;
      probing = true;
      return true;
    },
    succeeded() {
      failures = 0;
      openUntil = null;
      probing = false;
    },
    failed({ reason }) {
      probing = false;
      if (!COUNTS.has(reason)) {
        // The organiser was answered, only not this question.
        if (reason !== 'rate_limited' && reason !== 'circuit_open') {
          failures = 0;
          openUntil = null;
        }
        return;
      }
      failures += 1;
      if (failures >= after || openUntil !== null) openUntil = monotonic() + pauseMs;
    },
  };
}
