import { counted } from '../counted.ts';
import { DAY_MS } from '../time/duration.ts';
import type { Interval } from '../time/interval.ts';
import { expired } from './coverage-lapse.ts';
import { isFinal, isOpen, type CoverageState } from './coverage-state.ts';
import { KEPT_MS, SELDOM, backOff, longestWaits, rereadAt, type CoverageRules } from './coverage-waits.ts';

/**
 * Whether what Google says of a class agrees with itself. `doubtful`: its levels (call, participants, sessions) tell
 * different times, which may be true, so a second read must say the same. `contradictory`: it cannot be true.
 */
export type Soundness = 'sound' | 'doubtful' | 'contradictory';

/** What one read of a class found. */
export type ReadOutcome = {
  /** What was read is not what was recorded. */
  readonly evidenceChanged: boolean;
} & (
  | {
      readonly kind: 'read';
      /** Google's time. */
      readonly readAt: number;
      /** All sessions of all participants were listed, not only records and participants. */
      readonly full: boolean;
      /** Every record that overlaps the window, with its own end. */
      readonly records: readonly { readonly start: number; readonly end: number | null }[];
      /** The reading account is known to own the room: its empty list proves something. */
      readonly owned: boolean;
      readonly evidence: Soundness;
      /** Accounts of the class that nobody has answered for yet: who is unseen may be one of them. */
      readonly unanswered: number;
    }
  | {
      readonly kind: 'partial';
      readonly message: string;
      readonly retryAfterMs?: number;
      /** False: earlier failures held the call back, so Google was not asked. */
      readonly asked?: boolean;
    }
  | { readonly kind: 'no_access'; readonly message: string }
);

type Failed = Exclude<ReadOutcome, { kind: 'read' }>;

const CONTRADICTORY =
  'a session in Google’s answer contradicts itself; it is read again until Google corrects it or a decision settles it';

const unansweredOf = (accounts: number): string =>
  `Google’s Directory has not said yet who ${counted(accounts, 'account')} of the call ${accounts === 1 ? 'is' : 'are'}: the class settles on until it does`;

const NOT_OWNED =
  'no call was found, but this account is not known to own the room, so that proves nothing: set the class’s organizer_email to the owner of the room';

/**
 * Whether what was read can be believed. Evidence is doubtful only once: when the next read finds it unchanged, it is
 * accepted as it is.
 *
 * @param before what the last read found
 */
export function soundnessOf(
  found: { readonly contradicted: boolean; readonly doubted: boolean; readonly evidenceChanged: boolean },
  before: { readonly doubted: boolean },
): Soundness {
  if (found.doubted && !(before.doubted && !found.evidenceChanged)) return 'doubtful';
  return found.contradicted ? 'contradictory' : 'sound';
}

/**
 * How a class is read: a look at records and participants is enough while the answer cannot be final yet.
 *
 * @param state as the last read left it
 */
export function readMode(
  { coverage, overSeenAt }: Pick<CoverageState, 'coverage' | 'overSeenAt'>,
  { slot, windowEnd }: Pick<ReadCircumstances, 'slot' | 'windowEnd'>,
  { settleMs }: Pick<CoverageRules, 'settleMs'>,
  now: number,
): 'look' | 'full' {
  if (now < slot.end) return 'look';
  if (settleMs === 0 || isFinal(coverage) || now >= windowEnd) return 'full';
  if (coverage === 'live') return 'look';
  return overSeenAt === null && now < slot.end + settleMs ? 'look' : 'full';
}

/** Of which class, and when, something was read. */
export interface ReadCircumstances {
  readonly slot: Interval;
  /** Where the window of the class ends: what a call does behind it is of no matter to the class. */
  readonly windowEnd: number;
  readonly rules: CoverageRules;
  /** Google's time as far as it is known: within half a minute of the date of a reply. Epoch ms. */
  readonly now: number;
  /** From 0 to 1: spreads retries. */
  readonly jitter: number;
}

/** The coverage after a read. */
export function nextCoverage(
  state: CoverageState,
  outcome: ReadOutcome,
  circumstances: ReadCircumstances,
): CoverageState {
  if (outcome.kind !== 'read') {
    // As long as Google is not asked, its refusal stands.
    const stands = outcome.kind === 'partial' && outcome.asked === false && state.coverage === 'no_access';
    return afterFailure(state, stands ? { ...outcome, kind: 'no_access' } : outcome, circumstances);
  }

  const { slot, windowEnd, rules, now, jitter } = circumstances;
  const { readAt, full, evidenceChanged, owned, evidence, unanswered } = outcome;
  const records = callsUntil(windowEnd, outcome);
  // What the date of a reply tells is waited for on the clock that the passes go by.
  const onClock = (instant: number) => instant + (now - readAt);
  const calm = { attempts: 0, lastError: null } as const;
  if (readAt > slot.end + KEPT_MS) return afterDeletion(state);
  const over = readAt >= slot.end && records.every(({ end }) => end !== null && end <= readAt);
  if (!over) {
    // A call that goes on long after its class is likely a forgotten tab or a bot: it is read less and less often.
    const waited = Math.max(0, readAt - slot.end);
    return {
      ...calm,
      coverage: 'live',
      overSeenAt: null,
      finalReadAt: null,
      nextAttemptAt:
        waited === 0 ? null : onClock(Math.min(readAt + Math.min(waited, SELDOM * rules.retryBaseMs), windowEnd)),
    };
  }

  const wasFinal = isFinal(state.coverage);
  // A partial read (`full: false`) that found no change leaves a final coverage final.
  if (wasFinal && !full && !evidenceChanged) return { ...state, ...calm };
  const end = lastEnd(slot, records);
  const settledAt = end + rules.settleMs;
  const overSeenAt = evidenceChanged || state.overSeenAt === null ? readAt : state.overSeenAt;
  const changedLate = evidenceChanged && state.overSeenAt !== null;
  const again = () => ({
    ...calm,
    coverage: 'settling' as const,
    overSeenAt,
    finalReadAt: null,
    nextAttemptAt: onClock(rereadAt({ readAt, settledAt, changedLate }, rules)),
  });
  if (!full || evidence === 'doubtful') return again();
  const confirmed = overSeenAt < readAt || (wasFinal && !evidenceChanged);
  if (rules.settleMs > 0 && !(readAt >= settledAt && confirmed)) return again();

  // New evidence invalidates the earlier final read.
  const before = evidenceChanged ? { ...state, coverage: 'settling' as const, finalReadAt: null } : state;
  const failed = (failure: Failed) => ({ ...afterFailure(before, failure, circumstances), overSeenAt });
  if (evidence === 'contradictory') return failed({ kind: 'partial', message: CONTRADICTORY, evidenceChanged });
  if (records.length === 0 && !owned) return failed({ kind: 'no_access', message: NOT_OWNED, evidenceChanged });
  if (unanswered > 0 && !(wasFinal && !evidenceChanged)) {
    const attempts = state.attempts + 1;
    const nextAttemptAt = now + backOff(attempts, rules.retryBaseMs, jitter);
    return { ...again(), attempts, nextAttemptAt, lastError: unansweredOf(unanswered) };
  }
  return {
    ...calm,
    coverage: records.length === 0 ? 'empty' : 'complete',
    overSeenAt,
    finalReadAt: readAt,
    // Google may correct records later: a final class is read once more a day after its end.
    nextAttemptAt: readAt >= end + DAY_MS ? null : onClock(end + DAY_MS),
  };
}

/** Once a read behind the window has seen a call, the call has covered the window, however long it goes on. */
function callsUntil(
  windowEnd: number,
  { readAt, records }: Extract<ReadOutcome, { kind: 'read' }>,
): readonly { readonly end: number | null }[] {
  return readAt < windowEnd ? records : records.map(({ end }) => ({ end: Math.min(end ?? windowEnd, windowEnd) }));
}

/** When everything was over: the slot and every call that overlaps the window. */
function lastEnd(slot: Interval, records: readonly { readonly end: number | null }[]): number {
  return records.reduce((latest, { end }) => Math.max(latest, end ?? latest), slot.end);
}

/** Google has deleted the records: an empty list shows nothing now, and a final coverage stays final. */
function afterDeletion(state: CoverageState): CoverageState {
  const rest = { ...state, attempts: 0 };
  return isFinal(state.coverage)
    ? { ...rest, nextAttemptAt: null, lastError: null }
    : { ...expired(rest, KEPT_MS), finalReadAt: null };
}

/**
 * After a failure a final coverage stays final, and its next read stays due. When the read brought new evidence before
 * it failed, another read has to find again that slot and calls are over.
 */
function afterFailure(
  state: CoverageState,
  failure: Failed,
  { slot, rules, now, jitter }: ReadCircumstances,
): CoverageState {
  const attempts = state.attempts + 1;
  const slow = failure.kind === 'no_access' ? SELDOM : 1;
  const askedFor = failure.kind === 'partial' ? (failure.retryAfterMs ?? 0) : 0;
  const live = now < slot.end;
  const coverage = isOpen(state.coverage) ? failure.kind : state.coverage;
  const longest = longestWaits(rules)[coverage];
  // While the class runs every pass tries again: only the limiter and the circuit hold it back.
  const wait =
    live && failure.kind === 'partial'
      ? askedFor
      : Math.max(askedFor, backOff(attempts, rules.retryBaseMs * slow, jitter));
  return {
    ...state,
    coverage,
    overSeenAt: failure.evidenceChanged ? null : state.overSeenAt,
    attempts,
    lastError: failure.message,
    nextAttemptAt: isFinal(state.coverage) && now > slot.end + KEPT_MS ? null : now + Math.min(wait, longest),
  };
}
