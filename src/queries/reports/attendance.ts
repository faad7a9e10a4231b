import { attendanceSummary, type SummarisedLog } from '../../core/reports/attendance-summary.ts';
import { addDays, periodDays, startOfDay } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { Refused } from '../../refusal.ts';
import type { LineQuery } from '../periods/period-lines.ts';
import type { StatementQuery } from '../periods/statements.ts';

const WEEK = 7;

export interface AttendanceDeps {
  readonly money: Pick<MoneyStores, 'reports'>;
  readonly lineQuery: Pick<LineQuery, 'calendarOf'>;
  readonly statementQuery: Pick<StatementQuery, 'check'>;
  readonly clock: Pick<Clock, 'yield'>;
}

export type AttendanceSummary = Exclude<Awaited<ReturnType<typeof attendanceOf>>, Refused>;

/**
 * Who came how often in a period, by person and month. Reads a week at a time.
 *
 * @returns `zone`: its calendar gives the classes of the period their day
 */
export async function attendanceOf({ money, lineQuery, statementQuery, clock }: AttendanceDeps, period: string) {
  const wrong = statementQuery.check(period);
  if (wrong !== null) return wrong;
  const { zone } = lineQuery.calendarOf(period);
  const { first, last } = periodDays(period)!;
  const logs: SummarisedLog[] = [];
  for (let day = first; day <= last; day = addDays(day, WEEK)) {
    const next = addDays(day, WEEK);
    const end = next <= last ? next : addDays(last, 1);
    for (const log of money.reports.logs({ start: startOfDay(day, zone), end: startOfDay(end, zone) })) logs.push(log);
    await clock.yield();
  }
  return { kind: 'attendance', period, zone, people: attendanceSummary(logs, zone) } as const;
}
