import { addDays, localDate, monthOf, periodDays } from '../../core/time/calendar.ts';
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

/**
 * The last months, newest first, and behind them the spans of days that were closed, the latest first. Of a month that is
 * partly closed by such spans the days that are left are shown instead, so that no line stands in two periods.
 */
export async function periodsOf({ money, statementQuery, clock, timezone }: PeriodsDeps, months: number) {
  const closed = money.periods.standing().map(({ period }) => period);
  const spans = closed.filter((period) => period.includes('..')).reverse();
  const periods: PeriodStatements[] = [];
  const today = localDate(clock.now(), timezone());
  const wanted = lastMonths(monthOf(today), months).flatMap((month) => openPartsOf(money.periods, month, today));
  for (const period of [...wanted, ...spans]) {
    const found = await statementQuery.of(period);
    if (found.kind === 'refused') return found;
    periods.push(found);
  }
  return { kind: 'periods', periods } as const;
}

/** A month, or what other closes leave of its days until today. */
function openPartsOf({ standingOf, standingWithin }: PeriodsDeps['money']['periods'], month: string, today: string) {
  const { first, last } = periodDays(month)!;
  const closes = standingWithin(first, last).toSorted((a, b) => (a.firstDay < b.firstDay ? -1 : 1));
  if (closes.length === 0 || standingOf(month) !== null) return [month];
  const parts: { first: string; last: string }[] = [];
  let from = first;
  for (const { firstDay, lastDay } of closes) {
    if (from < firstDay) parts.push({ first: from, last: addDays(firstDay, -1) });
    if (lastDay >= from) from = addDays(lastDay, 1);
  }
  if (from <= last) parts.push({ first: from, last });
  return parts
    .filter((part) => part.first <= today)
    .map((part) => `${part.first}..${part.last}`)
    .toReversed();
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
