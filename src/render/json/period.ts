import type { BlockedLine } from '../../core/billing/lesson/line.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import { totalsOf } from '../../core/billing/period/statements.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { PeriodStatements } from '../../queries/statements.ts';
import { showClose } from './money.ts';
import { showAdjustment, showBlocked } from './report.ts';

export function showStatements(statements: PeriodStatements) {
  const { period, zone, close: standing, lines } = statements;
  const problemsByCode: Record<string, number> = {};
  for (const { code } of lines.blocked) problemsByCode[code] = (problemsByCode[code] ?? 0) + 1;
  return {
    period,
    timezone: zone,
    state: standing === null ? ('open' as const) : ('closed' as const),
    version: standing?.version ?? null,
    totals: totalsOf(statements),
    lines: lines.charges.length + lines.pay.length,
    problems: problemsByCode,
    close: standing === null ? null : showClose(standing),
  };
}

export function showUnresolved(line: BlockedLine) {
  return { side: line.side, ...showBlocked(line) };
}

export function showProposal(corrects: string, adjustment: Adjustment) {
  const { side, currency } = adjustment;
  return { ...showAdjustment(adjustment), side, currency, corrects, state: 'proposed' };
}

export function showSettled({ adjustment, corrects, state, postedIn, actor, reason, createdAt }: SettledAdjustment) {
  const settled = { state, posted_in: postedIn, settled_by: actor, settle_reason: reason };
  return { ...showProposal(corrects, adjustment), ...settled, settled_time: formatInstant(createdAt) };
}
