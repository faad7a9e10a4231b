import { parseLineId } from '../../core/billing/line-id.ts';
import { monthOf } from '../../core/time/calendar.ts';
import type { Dispute } from '../../ledger/money/pay-answer-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { LineQuery } from '../../queries/periods/period-lines.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type By, type ByWithReason } from '../action.ts';

export interface DisputeDeps extends AuditedDeps {
  readonly money: Pick<MoneyStores, 'payAnswers' | 'periods'>;
  readonly lineQuery: Pick<LineQuery, 'ofClass'>;
}

export interface Disputed {
  readonly kind: 'disputed';
  readonly dispute: Dispute;
}

/** A teacher disputes a line of their own pay, with the reason in `text`. */
export function openDispute(
  deps: DisputeDeps,
  { lineId, teacherId, text }: { readonly lineId: string; readonly teacherId: number; readonly text: string },
  { actor }: By,
): Disputed | Refused {
  const { payAnswers } = deps.money;
  return audited(deps, { actor, reason: text }, (note) => {
    const line = ownLine(deps, lineId, teacherId);
    if (line === null) stop(refused('not_found', 'there is no such line of your pay'));
    const open = payAnswers.openDisputeOf(lineId);
    if (open !== null) stop(refused('already_settled', `line ${lineId} is disputed already: dispute ${open.id}`));
    const dispute = payAnswers.addDispute({ lineId, period: line.period, personId: teacherId, text });
    note({ action: 'dispute.open', subject: `line:${lineId}`, after: dispute });
    return { kind: 'disputed', dispute } as const;
  });
}

/** `upheld`: the teacher was right. The line does not change by that: a decision or a rate has to put it right. */
export function closeDispute(
  deps: DisputeDeps,
  id: number,
  outcome: 'upheld' | 'refused',
  by: ByWithReason,
): Disputed | Refused {
  const { payAnswers } = deps.money;
  return audited(deps, by, (note) => {
    const before = payAnswers.dispute(id) ?? stop(refused('not_found', `there is no dispute ${id}`));
    if (before.closedAt !== null) stop(refused('already_settled', `dispute ${id} is closed: ${before.outcome}`));
    const dispute = payAnswers.closeDispute(id, outcome, by.actor, by.reason);
    note({ action: 'dispute.close', subject: `line:${before.lineId}`, before, after: dispute });
    return { kind: 'disputed', dispute } as const;
  });
}

/** The pay line of a teacher, issued or as it is now, and the period it is in. */
function ownLine(
  { money, lineQuery }: DisputeDeps,
  lineId: string,
  teacherId: number,
): { readonly period: string } | null {
  const closed = money.periods.line(lineId);
  if (closed !== null) {
    const { line, close } = closed;
    return line.side === 'pay' && line.teacherId === teacherId ? { period: close.period } : null;
  }
  const lines = lineQuery.ofClass(parseLineId(lineId)?.classId ?? 0);
  const line =
    lines?.pay.find((own) => own.lineId === lineId && own.teacherId === teacherId) ??
    lines?.blocked.find((own) => own.lineId === lineId && own.personId === teacherId);
  if (line === undefined) return null;
  // A class that was entered late may belong to a period that is closed.
  return { period: money.periods.standingAt(line.start)?.period ?? monthOf(line.date) };
}
