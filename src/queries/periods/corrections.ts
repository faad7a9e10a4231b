import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { parseLineId } from '../../core/billing/line-id.ts';
import type { PeriodLines } from '../../core/billing/lines.ts';
import { canonicalJson, sha256 } from '../../core/billing/money/canonical.ts';
import { proposeAdjustments, type Adjustment, type Proposals } from '../../core/billing/period/adjustments.ts';
import type { SettledSince } from '../../core/billing/period/causes.ts';
import { nextOpen } from '../../core/billing/period/names.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { StoredDecision } from '../../ledger/money/decision-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { LineQuery } from './period-lines.ts';

/** A correction that waits until a person accepts or rejects it, and the closed period that it corrects. */
export interface Proposed {
  readonly corrects: string;
  /** The open period that takes it when it is accepted without another one being named. */
  readonly proposedIn: string;
  readonly adjustment: Adjustment;
}

/** What closed periods would be today, set against what was issued. */
export interface CorrectionQuery {
  /** Corrections that wait, of every closed period or of one. What was refused before is left out. */
  waiting(period?: string): Promise<Proposals & { readonly proposed: readonly Proposed[] }>;
  /** Those of one close. */
  ofClose(close: Close): Promise<Proposals>;
  /** Those of one line of a close, or of one that it was closed without. */
  ofLine(close: Close, lineId: string): Proposals;
  /** The first period behind a closed one that is open. */
  openAfter(period: string): string;
}

export interface CorrectionQueryDeps {
  readonly money: Pick<MoneyStores, 'periods' | 'adjustments' | 'decisions' | 'policy'>;
  readonly lineQuery: LineQuery;
}

export function createCorrectionQuery({ money, lineQuery }: CorrectionQueryDeps): CorrectionQuery {
  const { periods, adjustments, decisions, policy } = money;

  /** By class. A dearer rate changes every line of a period, so the decisions are read once, and only when they are told. */
  const settledSince = (closedAt: number): ((classId: number) => readonly SettledSince[]) => {
    let byClass: Map<number | null, StoredDecision[]> | null = null;
    return (classId) => {
      byClass ??= Map.groupBy(decisions.list({}), (decision) => decision.classId);
      return (byClass.get(classId) ?? []).flatMap((decision) => settledOf(decision, closedAt));
    };
  };

  /** @param answered corrections of these lines that a person settled */
  const propose = (
    close: Close,
    issued: Iterable<ChargeLine | PayLine>,
    recomputed: PeriodLines,
    answered: readonly SettledAdjustment[],
  ): Proposals => {
    const closed: { charges: ChargeLine[]; pay: PayLine[] } = { charges: [], pay: [] };
    for (const line of issued) {
      if (line.side === 'charge') closed.charges.push(line);
      else closed.pay.push(line);
    }
    const inState = (wanted: string) =>
      answered.filter(({ state }) => state === wanted).map(({ adjustment }) => adjustment);
    const found = proposeAdjustments(close.period, closed, inState('accepted'), recomputed, {
      settled: settledSince(close.closedAt),
      isOtherPolicy: policy.list().some(({ createdAt }) => createdAt >= close.closedAt),
      numbersGiven: adjustments.numbersGiven(),
    });
    const rejected = new Set(answered.filter(isRejectedOf(close)).map((one) => one.contentHash));
    const isNew = (proposed: Adjustment) => !rejected.has(contentHash(proposed));
    // What changes one line belongs together: where a part of it was rejected with something else, it is proposed again.
    const newLines = new Set(found.adjustments.filter(isNew).map(({ lineId }) => lineId));
    return { ...found, adjustments: found.adjustments.filter(({ lineId }) => newLines.has(lineId)) };
  };

  const ofClose = async (close: Close): Promise<Proposals> => {
    const recomputed = await lineQuery.ofPeriod(close.period);
    return propose(close, periods.lines(close.id), recomputed, adjustments.list({ corrects: close.period }));
  };

  const ofLine: CorrectionQuery['ofLine'] = (close, lineId) => {
    const issued = periods.line(lineId);
    const now = lineQuery.ofClass(parseLineId(lineId)?.classId ?? 0);
    const own = <Line extends { readonly lineId: string }>(lines: readonly Line[] = []): Line[] =>
      lines.filter((line) => line.lineId === lineId);
    const recomputed = { charges: own(now?.charges), pay: own(now?.pay), blocked: own(now?.blocked) };
    const answered = adjustments
      .list({ corrects: close.period })
      .filter(({ adjustment }) => adjustment.lineId === lineId);
    return propose(close, issued === null ? [] : [issued.line], recomputed, answered);
  };

  const openAfter: CorrectionQuery['openAfter'] = (period) =>
    nextOpen(period, ({ first, last }) => periods.standingWithin(first, last).length > 0);

  const waiting: CorrectionQuery['waiting'] = async (period) => {
    const closes = periods.standing().filter((close) => period === undefined || close.period === period);
    const proposed: Proposed[] = [];
    const unresolved: Proposals['unresolved'][number][] = [];
    for (const close of closes) {
      const found = await ofClose(close);
      const proposedIn = openAfter(close.period);
      for (const adjustment of found.adjustments) proposed.push({ corrects: close.period, proposedIn, adjustment });
      unresolved.push(...found.unresolved);
    }
    return { proposed, adjustments: proposed.map(({ adjustment }) => adjustment), unresolved };
  };

  return { waiting, ofClose, ofLine, openAfter };
}

function settledOf(decision: StoredDecision, closedAt: number): readonly SettledSince[] {
  const since = decidedSince(decision, closedAt);
  if (since === null) return [];
  const { personId, kind, payload } = decision;
  const overrunMinutes = kind === 'approve_overrun' ? payload.minutes : null;
  return [{ personId, undone: since.undone, overrunMinutes }];
}

/**
 * What somebody wrote about a decision that was made, or taken back, after a close; null: it changes nothing of it.
 *
 * @param until epoch ms; what came later is left out
 */
export function decidedSince(
  { reason, createdAt, undoneAt, undoReason }: StoredDecision,
  closedAt: number,
  until = Infinity,
): { readonly undone: boolean; readonly reason: string } | null {
  if (undoneAt === null || undoneAt > until) {
    return createdAt < closedAt || createdAt > until ? null : { undone: false, reason };
  }
  // What was made and taken back since the close changes nothing.
  if (createdAt >= closedAt || undoneAt < closedAt) return null;
  return { undone: true, reason: undoReason ?? '' };
}

/** Whether it was rejected while this close stood: with a reopening its rejections fall away. */
export function isRejectedOf({ closedAt }: Close): (settled: SettledAdjustment) => boolean {
  return ({ state, createdAt }) => state === 'rejected' && createdAt >= closedAt;
}

/** A hash of what a correction changes. Its number and its reason do not count. */
export function contentHash({ adjustmentId: _id, reason: _reason, ...content }: Adjustment): string {
  return sha256(canonicalJson(content));
}
