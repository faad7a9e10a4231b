import { localDate, monthOf } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { Refused } from '../../refusal.ts';
import { auditWithWarnings, type WarnedAuditDeps } from './period-audit.ts';
import type { PeriodStatements, StatementQuery } from './statements.ts';

export interface PeriodsDeps {
  readonly money: Pick<MoneyStores, 'periods'>;
  readonly statementQuery: Pick<StatementQuery, 'of'>;
  readonly clock: Pick<Clock, 'now'>;
  /** IANA zone of the school. */
  readonly timezone: () => string;
}

/** The last months, newest first, and behind them the spans of days that were closed, the latest first. */
export async function periodsOf({ money, statementQuery, clock, timezone }: PeriodsDeps, months: number) {
  const closed = money.periods.standing().map(({ period }) => period);
  const spans = closed.filter((period) => period.includes('..')).reverse();
  const periods: PeriodStatements[] = [];
  for (const period of [...lastMonths(monthOf(localDate(clock.now(), timezone())), months), ...spans]) {
    const found = await statementQuery.of(period);
    if (found.kind === 'refused') return found;
    periods.push(found);
  }
  return { kind: 'periods', periods } as const;
}

/** `2026-03`, `2026-02`, … */
function lastMonths(month: string, count: number): string[] {
  const last = Temporal.PlainYearMonth.from(month);
  return Array.from({ length: count }, (_, i) => last.subtract({ months: i }).toString());
}

export type PeriodView = Exclude<Awaited<ReturnType<typeof periodOf>>, Refused>;

/**
 * A period with what must hold before it is closed.
 *
 * @returns `acceptances`: the pay that each teacher accepted last; `closes`: all versions, the newest first
 */
export async function periodOf(deps: WarnedAuditDeps, period: string) {
  const audit = await auditWithWarnings(deps, period);
  if (audit.kind === 'refused') return audit;
  const { payAnswers, periods } = deps.money;
  const closes = periods.list().filter((close) => close.period === period);
  return { ...audit, kind: 'period', acceptances: payAnswers.acceptances(period), closes } as const;
}
