import { proposeAdjustments } from '../../core/billing/period/adjustments.ts';
import type { Adjustment, Proposals } from '../../core/billing/period/adjustments.ts';
import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { formatAdjustmentId, parseLineId } from '../../core/billing/line-id.ts';
import { canonicalJson, sha256 } from '../../core/billing/money/canonical.ts';
import { nextOpen } from '../../core/billing/period/names.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { Database } from '../../ledger/database.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import { localDate, periodDays } from '../../core/time/calendar.ts';
import { invalid, refuse, refused, storedOrRefused } from '../action.ts';
import type { By, Refused } from '../action.ts';
import type { Reckoning } from '../../queries/period-lines.ts';

/** A correction that waits for a person's word. */
export interface Proposed {
  readonly corrects: string;
  readonly adjustment: Adjustment;
}

export interface SavedCorrection {
  readonly kind: 'saved';
  readonly settled: SettledAdjustment;
}

/** What closed periods would be today, set against what was issued. */
export interface Corrections {
  /** Of every closed period, or of one. What was refused before is left out. */
  proposals(period?: string): Promise<Proposals & { readonly proposed: readonly Proposed[] }>;
  /** The correction becomes a line of an open period: the one named, or the first that is open behind it. */
  accept(
    adjustmentId: string,
    by: By & { readonly reason: string },
    period?: string,
  ): Promise<SavedCorrection | Refused>;
  /** The closed line stands. The same correction is not proposed again. */
  reject(adjustmentId: string, by: By & { readonly reason: string }): Promise<SavedCorrection | Refused>;
}

export interface CorrectionDeps {
  readonly database: Pick<Database, 'write'>;
  readonly stores: MoneyStores;
  readonly reckoning: Reckoning;
  readonly audit: Pick<AuditLog, 'append'>;
}

export function createCorrections({ database, stores, reckoning, audit }: CorrectionDeps): Corrections {
  const { periods, adjustments, view } = stores;

  const openAfter = (period: string): string =>
    nextOpen(period, ({ first, last }) => periods.standingWithin(first, last).length > 0);

  const proposalsOf = async (close: Close): Promise<Proposals> => {
    const closed: { charges: ChargeLine[]; pay: PayLine[] } = { charges: [], pay: [] };
    for (const line of periods.lines(close.id)) {
      if (line.side === 'charge') closed.charges.push(line);
      else closed.pay.push(line);
    }
    const recomputed = await reckoning.lines(close.period, { zone: close.zone });
    const posted = adjustments
      .list({ corrects: close.period })
      .filter(({ state }) => state === 'accepted')
      .map(({ adjustment }) => adjustment);
    const found = proposeAdjustments(close.period, closed, posted, recomputed);
    return { ...found, adjustments: found.adjustments.filter((one) => !adjustments.wasRejected(contentHash(one))) };
  };

  const proposals: Corrections['proposals'] = async (period) => {
    const closes = periods.standing().filter((close) => period === undefined || close.period === period);
    const proposed: Proposed[] = [];
    const unresolved: Proposals['unresolved'][number][] = [];
    for (const close of closes) {
      const found = await proposalsOf(close);
      for (const adjustment of found.adjustments) proposed.push({ corrects: close.period, adjustment });
      unresolved.push(...found.unresolved);
    }
    return { proposed, adjustments: proposed.map(({ adjustment }) => adjustment), unresolved };
  };

  /** The closed period that a correction is of: that of its line, or of the day of a class that was closed without it. */
  const closeOf = (adjustmentId: string): Close | null => {
    const parsed = parseLineId(adjustmentId);
    if (parsed === null || parsed.nth === null) return null;
    const start = view.startOf(parsed.classId);
    const holding = (close: Close): boolean => {
      const day = start === null ? '' : localDate(start, close.zone);
      return close.firstDay <= day && day <= close.lastDay;
    };
    return periods.line(parsed.lineId)?.close ?? periods.standing().find(holding) ?? null;
  };

  const settle = async (
    adjustmentId: string,
    by: By & { readonly reason: string },
    state: 'accepted' | 'rejected',
    period?: string,
  ): Promise<SavedCorrection | Refused> => {
    const gone = refused('not_found', `no correction ${adjustmentId} waits; /api/adjustments lists those that do`);
    const close = closeOf(adjustmentId);
    if (close === null) return gone;
    const settledBefore = adjustments.list({ corrects: close.period }).length;
    const adjustment = (await proposalsOf(close)).adjustments.find((one) => one.adjustmentId === adjustmentId);
    if (adjustment === undefined) return gone;
    const postedIn = state === 'rejected' ? null : (period ?? openAfter(close.period));
    const wrong = postedIn === null ? null : refuseTarget(postedIn, close);
    if (wrong !== null) return wrong;
    return storedOrRefused(database.write, () => {
      const settledNow = adjustments.list({ corrects: close.period });
      if (settledNow.length !== settledBefore) {
        refuse(refused('already_settled', 'another correction was settled meanwhile: look at /api/adjustments again'));
      }
      const accepted = settledNow.filter(
        (one) => one.state === 'accepted' && one.adjustment.lineId === adjustment.lineId,
      );
      // Numbered as they are accepted, whichever of a line's corrections that was first.
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
      audit.append({ ...by, action, subject: `line:${adjustment.lineId}`, after });
      return { kind: 'saved', settled } as const;
    });
  };

  const refuseTarget = (period: string, close: Close): Refused | null => {
    const days = periodDays(period);
    if (days === null || days.first <= close.lastDay) {
      return invalid([{ path: 'period', message: `must be a period behind ${close.period}` }]);
    }
    const [closed] = periods.standingWithin(days.first, days.last);
    return closed === undefined
      ? null
      : refused('period_closed', `${closed.period} is closed: post the correction in ${openAfter(close.period)}`);
  };

  return {
    proposals,
    accept: (adjustmentId, by, period) => settle(adjustmentId, by, 'accepted', period),
    reject: (adjustmentId, by) => settle(adjustmentId, by, 'rejected'),
  };
}

/** What a correction comes to, whatever its number and its words. */
function contentHash({ adjustmentId: _id, reason: _reason, ...content }: Adjustment): string {
  return sha256(canonicalJson(content));
}
