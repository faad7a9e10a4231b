import { attendanceSummary, type MonthOfAttendance, type SummarisedLog } from '../core/reports/attendance-summary.ts';
import { addDays, periodDays, startOfDay } from '../core/time/calendar.ts';
import type { Clock } from '../core/time/clock.ts';
import type { MoneyStores } from '../ledger/money/stores.ts';

const WEEK = 7;

/** Who came how often in a period, by person and month. Reads a week at a time. */
export async function attendanceOf(
  { reports }: Pick<MoneyStores, 'reports'>,
  period: string,
  zone: string,
  clock: Pick<Clock, 'yield'>,
): Promise<MonthOfAttendance[]> {
  const { first, last } = periodDays(period)!;
  const logs: SummarisedLog[] = [];
  for (let day = first; day <= last; day = addDays(day, WEEK)) {
    const next = addDays(day, WEEK);
    const end = next <= last ? next : addDays(last, 1);
    for (const log of reports.logs({ start: startOfDay(day, zone), end: startOfDay(end, zone) })) logs.push(log);
    await clock.yield();
  }
  return attendanceSummary(logs, zone);
}
