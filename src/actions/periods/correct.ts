import { formatAdjustmentId, parseLineId } from '../../core/billing/line-id.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import { periodDays } from '../../core/time/calendar.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import { contentHash, type CorrectionQuery } from '../../queries/periods/corrections.ts';
import type { StatementQuery } from '../../queries/periods/statements.ts';
import { invalid, refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type ByWithReason, type Saved } from '../action.ts';

export interface CorrectDeps extends AuditedDeps {
  readonly money: MoneyStores;
  readonly correctionQuery: CorrectionQuery;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
}

/**
 * A correction that was settled, and those of the same line that were settled with it: what one party is not asked for
 * any more and another one is asked for instead are one change.
 */
type Settled = Saved<{ settled: SettledAdjustment; together: readonly SettledAdjustment[] }>;

/** The correction becomes a line of an open period: the one named, or the first that is open behind it. */
export async function acceptCorrection(
  deps: CorrectDeps,
  adjustmentId: string,
  by: ByWithReason,
  period?: string,
): Promise<Settled | Refused> {
  const wrong = period === undefined ? null : deps.statementQuery.check(period);
  // The period may lie in the future.
  if (wrong?.code === 'invalid') return wrong;
  return answerCorrection(deps, adjustmentId, by, { state: 'accepted', period });
}

/** The closed line stays as it is, and the same correction is not proposed again. */
export function rejectCorrection(
  deps: CorrectDeps,
  adjustmentId: string,
  by: ByWithReason,
): Promise<Settled | Refused> {
  return answerCorrection(deps, adjustmentId, by, { state: 'rejected' });
}

async function answerCorrection(
  deps: CorrectDeps,
  adjustmentId: string,
  by: ByWithReason,
  { state, period }: { readonly state: 'accepted' | 'rejected'; readonly period?: string | undefined },
): Promise<Settled | Refused> {
  const { money, correctionQuery } = deps;
  const { adjustments } = money;
  const gone = refused('not_found', `no correction ${adjustmentId} waits: GET /api/adjustments lists those that do`);
  const close = closeOf(money, adjustmentId);
  if (close === null) return gone;
  const settledBefore = adjustments.list({ corrects: close.period }).length;
  const waiting = (await correctionQuery.ofClose(close)).adjustments;
  const asked = waiting.find((proposed) => proposed.adjustmentId === adjustmentId);
  if (asked === undefined) return gone;
  const ofLine = waiting.filter(({ lineId }) => lineId === asked.lineId);
  const postedIn = state === 'rejected' ? null : (period ?? correctionQuery.openAfter(close.period));
  const wrong = postedIn === null ? null : wrongTarget(deps, postedIn, close);
  if (wrong !== null) return wrong;
  return audited(deps, by, (note) => {
    const settledNow = adjustments.list({ corrects: close.period });
    if (settledNow.length !== settledBefore) {
      stop(refused('already_settled', 'another correction was settled meanwhile: look again at those that wait'));
    }
    // A number is given once, whatever number it was proposed with and whatever became of it.
    let given = adjustments.numbersGiven().get(asked.lineId) ?? 0;
    const settle = (adjustment: Adjustment): SettledAdjustment => {
      if (state === 'accepted') given += 1;
      const numbered =
        state === 'rejected'
          ? adjustment
          : { ...adjustment, adjustmentId: formatAdjustmentId(given, adjustment.lineId) };
      const settled = adjustments.save({
        adjustment: numbered,
        corrects: close.period,
        state,
        postedIn,
        contentHash: contentHash(adjustment),
        actor: by.actor,
        reason: by.reason,
      });
      const action = state === 'accepted' ? 'adjustment.accept' : 'adjustment.reject';
      note({ action, subject: `line:${adjustment.lineId}`, after: { ...numbered, posted_in: postedIn } });
      return settled;
    };
    const all = ofLine.map(settle);
    const settled = all[ofLine.indexOf(asked)]!;
    return { kind: 'saved', settled, together: all.filter((one) => one !== settled) } as const;
  });
}

/** The closed period that a correction is of: that of its line, or of the day of a class that was closed without it. */
function closeOf({ periods, view }: MoneyStores, adjustmentId: string): Close | null {
  const parsed = parseLineId(adjustmentId);
  if (parsed === null || parsed.nth === null) return null;
  const start = view.startOf(parsed.classId);
  return periods.line(parsed.lineId)?.close ?? (start === null ? null : periods.standingAt(start));
}

function wrongTarget({ money, correctionQuery }: CorrectDeps, period: string, close: Close): Refused | null {
  const days = periodDays(period)!;
  if (days.first <= close.lastDay) {
    return invalid([{ path: 'period', message: `must be a period behind ${close.period}` }]);
  }
  const [closed] = money.periods.standingWithin(days.first, days.last);
  return closed === undefined
    ? null
    : refused(
        'period_closed',
        `${closed.period} is closed: post the correction in ${correctionQuery.openAfter(close.period)}`,
      );
}
