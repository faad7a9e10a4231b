import { parseLineId } from '../../core/billing/line-id.ts';
import { payHash } from '../../core/billing/period/statements.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { Database } from '../../ledger/database.ts';
import type { Acceptance, Dispute } from '../../ledger/money/teacher-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import { localDate, monthOf, periodBounds } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import { invalid, refuse, refused, storedOrRefused } from '../action.ts';
import type { By, Refused } from '../action.ts';
import type { Periods } from './periods.ts';
import type { Reckoning } from '../../queries/period-lines.ts';

/** Teachers look at their own pay: yes to a period, no to a line. */
export interface PayAcceptance {
  accept(
    period: string,
    teacherId: number,
    actor: string,
  ): Promise<{ kind: 'accepted'; acceptance: Acceptance } | Refused>;
  dispute(
    lineId: string,
    teacherId: number,
    text: string,
    actor: string,
  ): { kind: 'disputed'; dispute: Dispute } | Refused;
  /** `upheld`: the teacher was right, and a decision or rate puts it right. The line itself stays what it follows from. */
  closeDispute(
    id: number,
    outcome: 'upheld' | 'refused',
    by: By & { readonly reason: string },
  ): { kind: 'disputed'; dispute: Dispute } | Refused;
}

export interface PayAcceptanceDeps {
  readonly database: Pick<Database, 'write'>;
  readonly stores: MoneyStores;
  readonly periods: Periods;
  readonly reckoning: Reckoning;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  readonly timezone: string;
}

export function createPayAcceptance(deps: PayAcceptanceDeps): PayAcceptance {
  const { database, stores, periods, reckoning, audit, clock, timezone } = deps;
  const { teachers, view } = stores;

  /** The pay line of a teacher, issued or as it is now, and the period it is in. */
  const ownLine = (lineId: string, teacherId: number): { readonly period: string } | null => {
    const closed = stores.periods.line(lineId);
    if (closed !== null) {
      const { line, close } = closed;
      return line.side === 'pay' && line.teacherId === teacherId ? { period: close.period } : null;
    }
    const classId = parseLineId(lineId)?.classId ?? 0;
    const lines = reckoning.linesOfClass(classId);
    const found =
      lines?.pay.some((line) => line.lineId === lineId && line.teacherId === teacherId) === true ||
      lines?.blocked.some((line) => line.lineId === lineId && line.personId === teacherId) === true;
    const start = view.startOf(classId);
    if (!found || start === null) return null;
    return { period: monthOf(localDate(start, timezone)) };
  };

  return {
    async accept(period, teacherId, actor) {
      const books = await periods.books(period);
      if (books.kind === 'refused') return books;
      if (books.close !== null) {
        return refused('period_closed', `${period} is closed: dispute a line, or wait for the next period`);
      }
      if (clock.now() < periodBounds(period, books.zone).end) {
        return refused('period_not_over', `${period} is not over: accept the pay when all of it is there`);
      }
      return storedOrRefused(database.write, () => {
        const hash = payHash(books.teachers, teacherId);
        const acceptance = teachers.accept(period, teacherId, hash);
        const totals = books.teachers
          .filter((statement) => statement.teacherId === teacherId)
          .map(({ currency, totalMinor }) => ({ currency, total_minor: totalMinor }));
        const after = { teacher_email: acceptance.teacherEmail, pay_hash: hash, totals };
        audit.append({ actor, action: 'period.accept', subject: `period:${period}`, after });
        return { kind: 'accepted', acceptance } as const;
      });
    },

    dispute: (lineId, teacherId, text, actor) =>
      storedOrRefused(database.write, () => {
        const line = ownLine(lineId, teacherId);
        if (line === null) refuse(invalid([{ path: 'line_id', message: 'is not a line of your pay' }]));
        const open = teachers.openDisputeOf(lineId);
        if (open !== null) refuse(refused('already_settled', `line ${lineId} is disputed already: dispute ${open.id}`));
        const dispute = teachers.addDispute({ lineId, period: line.period, personId: teacherId, text });
        audit.append({ actor, action: 'dispute.open', subject: `line:${lineId}`, after: dispute, reason: text });
        return { kind: 'disputed', dispute } as const;
      }),

    closeDispute: (id, outcome, by) =>
      storedOrRefused(database.write, () => {
        const before = teachers.dispute(id) ?? refuse(refused('not_found', `there is no dispute ${id}`));
        if (before.closedAt !== null) refuse(refused('already_settled', `dispute ${id} is closed: ${before.outcome}`));
        const dispute = teachers.closeDispute(id, outcome, by.actor, by.reason);
        audit.append({ ...by, action: 'dispute.close', subject: `line:${before.lineId}`, before, after: dispute });
        return { kind: 'disputed', dispute } as const;
      }),
  };
}
