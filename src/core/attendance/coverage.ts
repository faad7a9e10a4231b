import type { Interval } from '../time/interval.ts';
import { isFinal } from './status.ts';
import type { Coverage } from './status.ts';

/** What the ledger holds of a session's coverage. Instants in epoch ms. */
export interface CoverageState {
  readonly coverage: Coverage;
  /** Google's time of the first complete read that found slot and calls over, with the evidence as it still is. */
  readonly overSeenAt: number | null;
  /** Google's time of the read that made the coverage final. */
  readonly finalReadAt: number | null;
  /** Failures in a row. */
  readonly attempts: number;
  /** Our clock; null: at the next pass, or never when final. */
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
}

/** What one read of a class found. */
export type ReadOutcome =
  | {
      readonly kind: 'read';
      /** Google's time. */
      readonly readAt: number;
      /** All sessions of all participants were listed, not only records and participants. */
      readonly full: boolean;
      /** Every record that overlaps the window. */
      readonly records: readonly { readonly start: number; readonly end: number | null }[];
      /** Evidence of this class is not what the ledger held. */
      readonly changed: boolean;
      /** The reading account is known to own the room: its empty list proves something. */
      readonly owned: boolean;
      /** Some evidence contradicts itself (a session that ends before it starts). */
      readonly contradicted: boolean;
      /** Evidence disagrees with itself in a way that may be true: a second read must say the same. */
      readonly doubted?: boolean;
      /** The read before found the same doubt. */
      readonly doubtedBefore?: boolean;
    }
  | { readonly kind: 'partial'; readonly message: string; readonly retryAfterMs?: number }
  | { readonly kind: 'no_access'; readonly message: string };

export interface CoverageRules {
  readonly settleMs: number;
  /** How long after the end Google keeps records. */
  readonly retryWindowMs: number;
  /** First wait of the back-off; doubles with each failure, up to 32 times. */
  readonly retryBaseMs: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** Google deletes a record so long after its call has ended. */
const KEPT_MS = 30 * DAY_MS;
const LONGEST_BACKOFF = 5;

/**
 * The coverage after a read.
 *
 * @param now our clock; what is over is judged by Google's
 * @param jitter from 0 to 1: spreads retries
 */
export function nextCoverage(
  state: CoverageState,
  slot: Interval,
  outcome: ReadOutcome,
  rules: CoverageRules,
  now: number,
  jitter: number,
): CoverageState {
  if (outcome.kind !== 'read') return afterFailure(state, slot, outcome, rules, now, jitter);

  const { readAt, full, records, changed, owned, contradicted } = outcome;
  const atOurClock = (googleTime: number) => googleTime + (now - readAt);
  const calm = { attempts: 0, lastError: null } as const;
  if (readAt > slot.end + KEPT_MS) return afterDeletion(state);
  const over = readAt >= slot.end && records.every(({ end }) => end !== null && end <= readAt);
  if (!over) {
    // The longer a call outlasts its class, the likelier it is a forgotten tab or a bot: look less and less often.
    const waited = Math.max(0, readAt - slot.end);
    return {
      ...calm,
      coverage: 'live',
      overSeenAt: null,
      finalReadAt: null,
      nextAttemptAt: waited === 0 ? null : atOurClock(readAt + Math.min(waited, 6 * rules.retryBaseMs)),
    };
  }

  const end = lastEnd(slot, records);
  const settledAt = end + rules.settleMs;
  const overSeenAt = changed || state.overSeenAt === null ? readAt : state.overSeenAt;
  const wasFinal = isFinal(state.coverage);
  // A look that sees nothing new takes nothing back.
  if (wasFinal && !full && !changed) return { ...state, ...calm };
  const believed = outcome.doubted !== true || (outcome.doubtedBefore === true && !changed);
  const agreed =
    believed && (rules.settleMs === 0 || (readAt >= settledAt && (overSeenAt < readAt || (wasFinal && !changed))));
  if (!full || !agreed) {
    const again =
      readAt < settledAt ? settledAt : changed && state.overSeenAt !== null ? readAt + rules.settleMs : readAt;
    return { ...calm, coverage: 'settling', overSeenAt, finalReadAt: null, nextAttemptAt: atOurClock(again) };
  }
  // What was final of other evidence is final no more.
  const held = changed ? { ...state, coverage: 'settling' as const, finalReadAt: null } : state;
  if (contradicted) {
    const message =
      'a session in Google’s answer contradicts itself; it is read again until Google corrects it or a decision settles it';
    return { ...afterFailure(held, slot, { kind: 'partial', message }, rules, now, jitter), overSeenAt };
  }
  if (records.length === 0 && !owned) {
    const message =
      'no call was found, but this account is not known to own the room, so that proves nothing: set the class’s organizer_email to the owner of the room';
    return { ...afterFailure(held, slot, { kind: 'no_access', message }, rules, now, jitter), overSeenAt };
  }
  return {
    ...calm,
    coverage: records.length === 0 ? 'empty' : 'complete',
    overSeenAt,
    finalReadAt: readAt,
    // Google corrects records late: cheap insurance while it still has them.
    nextAttemptAt: readAt >= end + DAY_MS ? null : atOurClock(end + DAY_MS),
  };
}

/** When everything was over: the slot and every call that overlaps the window. */
function lastEnd(slot: Interval, records: readonly { readonly end: number | null }[]): number {
  return records.reduce((latest, { end }) => Math.max(latest, end ?? latest), slot.end);
}

/** Google has deleted the records: an empty list proves nothing, and takes nothing back. */
function afterDeletion(state: CoverageState): CoverageState {
  const rest = { attempts: 0, nextAttemptAt: null } as const;
  if (isFinal(state.coverage)) return { ...state, ...rest, lastError: null };
  const lastError =
    'Google deletes records after 30 days and the evidence was not complete by then: settle the class by a decision';
  return { ...state, ...rest, coverage: 'expired', finalReadAt: null, lastError };
}

/** A failure never takes back what was proven: a final coverage stays final, its re-read stays due. */
function afterFailure(
  state: CoverageState,
  slot: Interval,
  failure: Exclude<ReadOutcome, { kind: 'read' }>,
  { retryBaseMs }: CoverageRules,
  now: number,
  jitter: number,
): CoverageState {
  const attempts = state.attempts + 1;
  const slow = failure.kind === 'no_access' ? 6 : 1;
  const longest = retryBaseMs * slow * 2 ** Math.min(attempts - 1, LONGEST_BACKOFF);
  const asked = failure.kind === 'partial' ? (failure.retryAfterMs ?? 0) : 0;
  const live = now < slot.end;
  // While the class runs every pass tries again: only the limiter and the circuit hold it back.
  const wait = live && failure.kind === 'partial' ? asked : Math.max(asked, longest * (0.5 + jitter / 2));
  return {
    ...state,
    coverage: isFinal(state.coverage) ? state.coverage : failure.kind,
    attempts,
    lastError: failure.message,
    nextAttemptAt: isFinal(state.coverage) && now > slot.end + KEPT_MS ? null : now + wait,
  };
}

/** Google has deleted its records: what is not complete by now never will be, without a person. */
export function isExpired(
  state: CoverageState,
  slot: Interval,
  { retryWindowMs }: CoverageRules,
  now: number,
): boolean {
  return !isFinal(state.coverage) && now > slot.end + retryWindowMs;
}

/**
 * Whether the retry pass has something to do at `now`. The session store asks the same in SQL.
 *
 * @internal
 */
export function isDue({ coverage, nextAttemptAt }: CoverageState, now: number): boolean {
  if (coverage === 'expired') return false;
  return nextAttemptAt === null ? !isFinal(coverage) : nextAttemptAt <= now;
}
