import { addDays, localDate } from '../time/calendar.ts';

/**
 * The day until which a bill is to be paid, `YYYY-MM-DD`; null where nothing is issued or the school names no term.
 *
 * @param issuedAt epoch ms, on the calendar of the zone; null: a draft
 */
export function dueDate(issuedAt: number | null, dueDays: number | null, zone: string): string | null {
  return issuedAt === null || dueDays === null ? null : addDays(localDate(issuedAt, zone), dueDays);
}
