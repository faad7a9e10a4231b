/** How complete the evidence of a session is. */
export const COVERAGES = [
  'pending',
  'live',
  'settling',
  'complete',
  'empty',
  'partial',
  'no_access',
  'expired',
] as const;
export type Coverage = (typeof COVERAGES)[number];

/** The evidence is whole: only then may somebody be called absent. */
export function isFinal(coverage: Coverage): coverage is 'complete' | 'empty' {
  return coverage === 'complete' || coverage === 'empty';
}

/** The evidence is not whole, and it is still asked for. */
export function isOpen(coverage: Coverage): boolean {
  return !isFinal(coverage) && coverage !== 'expired';
}

export const FINAL_COVERAGES = COVERAGES.filter(isFinal);
export const OPEN_COVERAGES = COVERAGES.filter(isOpen);
/** What is owed: the class is neither captured nor still followed as live. */
export const OWED_COVERAGES = COVERAGES.filter((coverage) => !isFinal(coverage) && coverage !== 'live');

/** What is odd about a session. Its lines carry these flags too. */
export type SessionFlag =
  /** The last read found levels of Google's evidence that tell different times. */
  | 'doubted'
  /** The meeting code of the class opens another room now. */
  | 'room_changed'
  /** The call went on for long after the end of the slot: what lies behind it is no overrun. */
  | 'call_still_open';

/** What the ledger holds of a session's coverage. Instants in epoch ms. */
export interface CoverageState {
  readonly coverage: Coverage;
  /** Google's time of the first complete read that found slot and calls over, with the evidence as it still is. */
  readonly overSeenAt: number | null;
  /** Google's time of the read that made the coverage final. */
  readonly finalReadAt: number | null;
  /** Failures in a row. */
  readonly attempts: number;
  /** Null: at the next pass, or never when final. */
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
}

/** Of a session that was never read. */
export const fresh: CoverageState = {
  coverage: 'pending',
  overSeenAt: null,
  finalReadAt: null,
  attempts: 0,
  nextAttemptAt: null,
  lastError: null,
};

/** Whether a person has to do something about the class. */
export function needsHelp({ coverage }: Pick<CoverageState, 'coverage'>): boolean {
  return coverage === 'no_access' || coverage === 'expired';
}

/**
 * Since when the class has needed help: people are told once, and not again until a read succeeds.
 *
 * @param alarmedAt epoch ms; null: nobody was told
 */
export function alarmAfter(alarmedAt: number | null, after: CoverageState, now: number): number | null {
  if (needsHelp(after)) return alarmedAt ?? now;
  return after.coverage === 'partial' ? alarmedAt : null;
}
