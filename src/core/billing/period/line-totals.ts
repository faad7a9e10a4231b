import { z } from 'zod';

const entry = z.object({ start: z.int(), currency: z.string(), amountMinor: z.int() });
const charge = entry.extend({ studentEmail: z.string(), billedMs: z.int() });
const pay = entry.extend({ teacherEmail: z.string(), paidMs: z.int() });
const lines = z.object({ charges: z.array(charge), pay: z.array(pay) });

/**
 * Who owes or is owed what for which time, as text: equal for a document of a period and the lines it was made from,
 * in any order.
 *
 * @throws {z.ZodError} neither
 */
export function lineTotals(source: unknown): string {
  const { charges, pay: paid } = lines.parse(source);
  const rows = [
    ...charges.map((line) => ['charge', line.start, line.studentEmail, line.billedMs, line.amountMinor, line.currency]),
    ...paid.map((line) => ['pay', line.start, line.teacherEmail, line.paidMs, line.amountMinor, line.currency]),
  ];
  return rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join('\n');
}
