import { payHash } from '../../core/billing/period/statements.ts';
import { periodBounds } from '../../core/time/calendar.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Acceptance } from '../../ledger/money/pay-answer-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { StatementQuery } from '../../queries/periods/statements.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type By } from '../action.ts';

export interface AcceptPayDeps extends AuditedDeps {
  readonly money: Pick<MoneyStores, 'payAnswers' | 'periods'>;
  readonly statementQuery: Pick<StatementQuery, 'of'>;
  readonly clock: Now;
}

/** A teacher says yes to the pay of a period that is over: to each line as it is now. */
export async function acceptPay(
  deps: AcceptPayDeps,
  period: string,
  teacherId: number,
  by: By,
): Promise<{ readonly kind: 'accepted'; readonly acceptance: Acceptance } | Refused> {
  const { money, statementQuery, clock } = deps;
  const found = await statementQuery.of(period);
  if (found.kind === 'refused') return found;
  if (clock.now() < periodBounds(period, found.zone).end) {
    return refused('period_not_over', `${period} is not over: accept the pay after its last day`);
  }
  return audited(deps, by, (note) => {
    // Somebody else may have closed it while its lines were computed.
    if (found.close !== null || money.periods.standingOf(period) !== null) {
      stop(
        refused(
          'period_closed',
          `${period} is closed: pay is accepted between its last day and the close; dispute a line instead`,
        ),
      );
    }
    if (!found.teachers.some((statement) => statement.teacherId === teacherId)) {
      stop(refused('not_found', `there is no pay in ${period} to accept`));
    }
    const hash = payHash(found.teachers, teacherId);
    const acceptance = money.payAnswers.accept(period, teacherId, hash);
    const totals = found.teachers
      .filter((statement) => statement.teacherId === teacherId)
      .map(({ currency, totalMinor }) => ({ currency, total_minor: totalMinor }));
    const after = { teacher_email: acceptance.teacherEmail, pay_hash: hash, totals };
    note({ action: 'period.accept', subject: `period:${period}`, after });
    return { kind: 'accepted', acceptance } as const;
  });
}
