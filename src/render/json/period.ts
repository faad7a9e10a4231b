import { z } from '@hono/zod-openapi';

import type { BlockedLine } from '../../core/billing/lesson/line.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import type { Invariant } from '../../core/billing/period/audit.ts';
import { againstText } from '../../core/billing/period/exceptions.ts';
import { totalsOf } from '../../core/billing/period/statements.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { Proposed } from '../../queries/periods/corrections.ts';
import type { PeriodView } from '../../queries/periods/periods.ts';
import type { PeriodStatements } from '../../queries/periods/statements.ts';
import { acceptanceSchema, showAcceptance } from './acceptance.ts';
import { closeSchema, showClose } from './close.ts';
import { anything } from './fields.ts';
import { showAdjustment, showBlocked } from './report.ts';

const totals = z.array(z.object({ currency: z.string(), billed_minor: z.int(), paid_minor: z.int() }));
export const periodSchema = z
  .object({
    period: z.string(),
    timezone: z.string(),
    state: z.enum(['open', 'closed']),
    version: z.int().nullable(),
    totals,
    lines: z.int(),
    problems: z
      .record(z.string(), z.int())
      .openapi({ description: 'How many lines have no amount yet, by the code of what is missing.' }),
    close: closeSchema.nullable(),
  })
  .openapi('Period');

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

export const invariantSchema = z.object({
  name: z.string(),
  claim: z.string(),
  holds: z.boolean(),
  problem: z.string().nullable().openapi({ description: 'What stands against it, counted; null where it holds.' }),
  severity: z.enum(['blocks', 'warns', 'fault']),
  against: z.array(z.string()),
});

export function showInvariant({ name, claim, holds, problem, severity, against }: Invariant) {
  return { name, claim, holds, problem, severity, against: against.map(againstText) };
}

export const periodViewSchema = periodSchema.extend({
  closable: z.enum(['clean', 'with_exceptions', 'no']),
  invariants: z.array(invariantSchema),
  blocked: z.array(anything),
  acceptances: z.array(acceptanceSchema),
  closes: z.array(closeSchema).openapi({ description: 'All versions, the newest first.' }),
});

/** A period with what must hold before it is closed, and whether it can be. */
export function showPeriod({ statements, closable, invariants, acceptances, closes }: PeriodView) {
  return {
    ...showStatements(statements),
    closable,
    invariants: invariants.map(showInvariant),
    blocked: statements.lines.blocked.map(showUnresolved),
    acceptances: acceptances.map(showAcceptance),
    closes: closes.map(showClose),
  };
}

export function showUnresolved(line: BlockedLine) {
  return { side: line.side, ...showBlocked(line) };
}

export const reopenedSchema = closeSchema.extend({
  withdrawn_adjustments: z.array(z.string()),
  taken_off_adjustments: z.array(z.string()),
  dropped_rejections: z.array(z.string()).openapi({
    description: 'Corrections that were rejected: the next version is computed with what they were about.',
  }),
});

/** A close that no longer stands, with what a reopening takes back. */
export function showReopened({
  close,
  withdrawn,
  takenOff,
  dropped,
}: {
  readonly close: Close;
  readonly withdrawn: readonly SettledAdjustment[];
  readonly takenOff: readonly SettledAdjustment[];
  readonly dropped: readonly SettledAdjustment[];
}) {
  const ids = (settled: readonly SettledAdjustment[]) => settled.map(({ adjustment }) => adjustment.adjustmentId);
  return {
    ...showClose(close),
    withdrawn_adjustments: ids(withdrawn),
    taken_off_adjustments: ids(takenOff),
    dropped_rejections: ids(dropped),
  };
}

export const adjustmentSchema = z
  .looseObject({ adjustment_id: z.string(), line_id: z.string(), corrects: z.string(), state: z.string() })
  .openapi('Adjustment');

/** What people wrote about the decisions and changes behind a correction, in a list of corrections. */
interface WithReasons {
  readonly decisionReasons?: readonly string[];
}

export function showProposal({ corrects, proposedIn, adjustment, decisionReasons }: Proposed & WithReasons) {
  const decided = { decision_reasons: decisionReasons };
  return { ...showCorrection(corrects, adjustment), ...decided, state: 'proposed', proposed_in: proposedIn };
}

function showCorrection(corrects: string, adjustment: Adjustment) {
  const { side, currency } = adjustment;
  return { ...showAdjustment(adjustment), side, currency, corrects };
}

/** A correction that was answered, with the numbers of those of its line that were settled with it. */
export function showAnswered(answer: {
  readonly settled: SettledAdjustment;
  readonly together: readonly SettledAdjustment[];
}) {
  const together = answer.together.map(({ adjustment }) => adjustment.adjustmentId);
  return { ...showSettled(answer.settled), settled_together_with: together };
}

export function showSettled(correction: SettledAdjustment & WithReasons) {
  const { adjustment, corrects, state, postedIn, actor, reason, createdAt, decisionReasons } = correction;
  const settled = {
    decision_reasons: decisionReasons,
    state,
    posted_in: postedIn,
    settled_by: actor,
    settle_reason: reason,
  };
  return { ...showCorrection(corrects, adjustment), ...settled, settled_time: formatInstant(createdAt) };
}
