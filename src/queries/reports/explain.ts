import type { BlockedLine, ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { parseLineId } from '../../core/billing/line-id.ts';
import { withPublicReason, type Adjustment } from '../../core/billing/period/adjustments.ts';
import { policyOn, type PolicyVersion } from '../../core/billing/policy/policy.ts';
import type { RateRow } from '../../core/billing/policy/rates.ts';
import { SECOND_MS } from '../../core/time/duration.ts';
import type { ReviewItem, ReviewStore } from '../../ledger/attendance/review-store.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { StoredDecision } from '../../ledger/money/decision-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { EvidenceChange, EvidenceDetail } from '../../ledger/money/report-view.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { CorrectionQuery } from '../periods/corrections.ts';
import type { LineQuery } from '../periods/period-lines.ts';

/** A correction that was asked about: why what was issued is not what is due. */
export interface ExplainedCorrection {
  readonly adjustment: Adjustment;
  readonly state: 'proposed' | SettledAdjustment['state'];
  /** The period that it is a line of; null: of none. */
  readonly postedIn: string | null;
  /** The line as it is computed now, without what was issued; null: it is no longer there. */
  readonly now: ChargeLine | PayLine | BlockedLine | null;
}

/** A session, with what Google said otherwise before, and whether that was when the line was issued. */
export type ExplainedStay = Omit<EvidenceDetail, 'changes'> & {
  readonly changes: readonly (EvidenceChange & { readonly sinceIssue: boolean })[];
};

/** The whole derivation of one line: from Google's sessions to the amount. */
export interface Explanation {
  readonly line: ChargeLine | PayLine | BlockedLine;
  /** Whose pay the line is; null: it is a charge. */
  readonly payeeId: number | null;
  /** The close it was issued with; null: a draft. */
  readonly close: Close | null;
  readonly evidence: readonly ExplainedStay[];
  /** Of the class, those that stand. */
  readonly decisions: readonly StoredDecision[];
  /** The row as it is now; the line tells what it was. */
  readonly rate: RateRow | null;
  readonly policy: PolicyVersion;
  /** Corrections of the line, in order. */
  readonly adjustments: readonly SettledAdjustment[];
  /** Corrections of an issued line that a person has to accept or reject. */
  readonly waiting: readonly Adjustment[];
  /** Whom somebody has to name first, as long as the line waits for that. */
  readonly waitsFor: readonly ReviewItem[];
  /** The correction that was asked about; null: the line itself was. */
  readonly correction: ExplainedCorrection | null;
}

/**
 * A correction (`a1-c5-3`) is explained with the line it corrects, as it was issued and as it is now. Null: there is no
 * such line or correction.
 */
export function explainLine(
  deps: {
    readonly money: MoneyStores;
    readonly lineQuery: LineQuery;
    readonly correctionQuery: Pick<CorrectionQuery, 'ofLine'>;
    readonly review: Pick<ReviewStore, 'list'>;
  },
  id: string,
): Explanation | null {
  const parsed = parseLineId(id);
  if (parsed === null) return null;
  const { lineId, classId, nth } = parsed;
  const { money, lineQuery, correctionQuery, review } = deps;
  const issued = money.periods.line(lineId);
  const found = lineQuery.ofClass(classId);
  const now =
    [...(found?.charges ?? []), ...(found?.pay ?? []), ...(found?.blocked ?? [])].find(
      (one) => one.lineId === lineId,
    ) ?? null;
  const line = issued?.line ?? now;
  if (line === null) return null;
  const close = issued?.close ?? standingAt(money, line);
  const correction = nth === null ? null : correctionOf(deps, id, close, now);
  if (nth !== null && correction === null) return null;
  const rateId = 'rate' in line ? line.rate?.rateId : undefined;
  const corrects = issued?.close.period;
  const ofNow = correction === null ? [] : (now?.evidence ?? []);
  const waitsForName = (now ?? line).flags.includes('review_open');
  return {
    line,
    payeeId: payeeOf(line),
    close: issued?.close ?? null,
    evidence: money.reports
      .evidence([...new Set([...line.evidence, ...ofNow, ...teachersOf(deps, line)])])
      .map((stay) => ({ ...stay, changes: stay.changes.map(sinceIssue(issued?.close ?? null)) })),
    decisions: money.decisions.list({ classId: line.classId, standing: true }),
    rate: rateId === undefined ? null : money.rates.get(rateId),
    policy: policyOn(money.policy.versions(), line.date),
    adjustments: money.adjustments
      .list(corrects === undefined ? {} : { corrects })
      .filter(({ adjustment }) => adjustment.lineId === lineId),
    waiting: close === null ? [] : correctionQuery.ofLine(close, lineId).adjustments,
    waitsFor: waitsForName ? review.list({ state: 'open', classId, after: 0, limit: -1 }) : [],
    correction,
  };
}

/** Lines that earlier versions issued name the student's sessions only: the pay of the class names those of the teachers. */
function teachersOf(
  { money, lineQuery }: { readonly money: MoneyStores; readonly lineQuery: LineQuery },
  line: Explanation['line'],
): readonly string[] {
  if (line.side === 'pay' || !('steps' in line) || line.bridgedMs !== undefined) return [];
  const pay = lineQuery.ofClass(line.classId)?.pay ?? [];
  return pay.flatMap(({ lineId, evidence }) => money.periods.line(lineId)?.line.evidence ?? evidence);
}

function standingAt({ periods }: MoneyStores, { start }: Explanation['line']): Close | null {
  return periods.standingAt(start);
}

/** The correction as a person settled it, or as it waits. */
function correctionOf(
  {
    money,
    correctionQuery,
  }: { readonly money: MoneyStores; readonly correctionQuery: Pick<CorrectionQuery, 'ofLine'> },
  id: string,
  close: Close | null,
  now: Explanation['line'] | null,
): ExplainedCorrection | null {
  if (close === null) return null;
  const settled = money.adjustments
    .list({ corrects: close.period })
    .findLast(({ adjustment, state }) => adjustment.adjustmentId === id && state !== 'rejected');
  if (settled !== undefined) {
    const { adjustment, state, postedIn } = settled;
    return { adjustment, state, postedIn, now };
  }
  const lineId = parseLineId(id)!.lineId;
  const waiting = correctionQuery.ofLine(close, lineId).adjustments.find(({ adjustmentId }) => adjustmentId === id);
  return waiting === undefined ? null : { adjustment: waiting, state: 'proposed', postedIn: null, now };
}

function payeeOf(line: Explanation['line']): number | null {
  if (line.side !== 'pay') return null;
  return 'teacherId' in line ? line.teacherId : line.personId;
}

/** Google's time has whole seconds. */
function sinceIssue(close: Close | null) {
  const issuedAt = close === null ? Infinity : Math.floor(close.closedAt / SECOND_MS) * SECOND_MS;
  return (change: EvidenceChange) => ({ ...change, sinceIssue: change.readAt >= issuedAt });
}

/** Which close a line was issued with, as the payroll tells it to everybody who is paid. */
export type IssuedWith = Pick<Close, 'period' | 'version' | 'zone' | 'documentId' | 'closedAt' | 'reopenedAt'>;

/** An explanation whose close may be told in short. */
export type ShownExplanation = Omit<Explanation, 'close'> & { readonly close: Close | IssuedWith | null };

/** What a teacher reads of a decision: what somebody wrote about it stays with the school. */
const DECIDED = 'by a decision of the school';

/**
 * The explanation as a teacher may see it: without what families are charged, what that could be calculated from, and
 * what was written about decisions. Of the close it says that it stands; its exceptions are about lines of others.
 */
export function withoutCharges(found: Explanation): ShownExplanation {
  const { line, payeeId, decisions, rate, correction, close, adjustments, waiting } = found;
  return {
    ...found,
    line: withoutShare(line),
    correction:
      correction === null
        ? null
        : {
            ...correction,
            adjustment: withPublicReason(correction.adjustment),
            now: correction.now === null ? null : withoutShare(correction.now),
          },
    adjustments: adjustments.map((one) => ({ ...one, adjustment: withPublicReason(one.adjustment) })),
    waiting: waiting.map(withPublicReason),
    rate: rate?.kind === 'pay' ? rate : null,
    close: close === null ? null : issuedWith(close),
    decisions: decisions
      .filter((decision) => isAbout(decision, payeeId))
      .map((decision) => ({ ...decision, reason: DECIDED })),
  };
}

/** Whether a decision made the pay of somebody what it is: one on the whole class, on them, or on who stood in for them. */
function isAbout(decision: StoredDecision, payeeId: number | null): boolean {
  if (decision.personId === null || decision.personId === payeeId) return true;
  return decision.kind === 'substitute' && decision.payload.for === payeeId;
}

function issuedWith({ period, version, zone, documentId, closedAt, reopenedAt }: Close): IssuedWith {
  return { period, version, zone, documentId, closedAt, reopenedAt };
}

/** Pay that is a share of the charge shows no step from which the charge follows. */
function withoutShare<Line extends Explanation['line']>(line: Line): Line {
  return 'steps' in line && line.rate === null ? { ...line, steps: line.steps.filter(isOfTime) } : line;
}

const isOfTime = ({ name }: { readonly name: string }): boolean => !['price', 'discount', 'tax'].includes(name);
