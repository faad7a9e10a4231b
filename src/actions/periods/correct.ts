import { formatAdjustmentId, parseLineId } from '../../core/billing/line-id.ts';
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

/** The correction becomes a line of an open period: the one named, or the first that is open behind it. */
export async function acceptCorrection(
  deps: CorrectDeps,
  adjustmentId: string,
  by: ByWithReason,
  period?: string,
): Promise<Saved<{ settled: SettledAdjustment }> | Refused> {
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
): Promise<Saved<{ settled: SettledAdjustment }> | Refused> {
  return answerCorrection(deps, adjustmentId, by, { state: 'rejected' });
}

async function answerCorrection(
  deps: CorrectDeps,
  adjustmentId: string,
  by: ByWithReason,
  { state, period }: { readonly state: 'accepted' | 'rejected'; readonly period?: string | undefined },
): Promise<Saved<{ settled: SettledAdjustment }> | Refused> {
  const { money, correctionQuery } = deps;
  const { adjustments } = money;
  const gone = refused('not_found', `no correction ${adjustmentId} waits; /api/adjustments lists those that do`);
  const close = closeOf(money, adjustmentId);
  if (close === null) return gone;
  const settledBefore = adjustments.list({ corrects: close.period }).length;
  const adjustment = (await correctionQuery.ofClose(close)).adjustments.find(
    (proposed) => proposed.adjustmentId === adjustmentId,
  );
  if (adjustment === undefined) return gone;
  const postedIn = state === 'rejected' ? null : (period ?? correctionQuery.openAfter(close.period));
  const wrong = postedIn === null ? null : wrongTarget(deps, postedIn, close);
  if (wrong !== null) return wrong;
  return audited(deps, by, (note) => {
    const settledNow = adjustments.list({ corrects: close.period });
    if (settledNow.length !== settledBefore) {
      stop(refused('already_settled', 'another correction was settled meanwhile: look again at those that wait'));
    }
    const accepted = settledNow.filter(
      (earlier) => earlier.state !== 'rejected' && earlier.adjustment.lineId === adjustment.lineId,
    );
    // The first correction of a line that is accepted gets number 1, whatever number it was proposed with. A number that
    // was given stays given, even if the correction was withdrawn.
    const numbered =
      state === 'rejected'
        ? adjustment
        : { ...adjustment, adjustmentId: formatAdjustmentId(accepted.length + 1, adjustment.lineId) };
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
    const after = { ...numbered, posted_in: postedIn };
    note({ action, subject: `line:${adjustment.lineId}`, after });
    return { kind: 'saved', settled } as const;
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
