import { z } from '@hono/zod-openapi';

import type { BlockedLine, ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { policyToJson } from '../../core/billing/policy/policy-json.ts';
import type { ExplainedCorrection, ShownExplanation } from '../../queries/reports/explain.ts';
import { showClose, showIssuedWith } from './close.ts';
import { showDecision } from './decision.ts';
import { anything, showSpan } from './fields.ts';
import { showRate } from './prices.ts';
import { showAdjustment, showBlocked, showCharge, showPay } from './report.ts';

export const explanationSchema = z
  .object({
    line: anything,
    state: z.enum(['draft', 'closed']),
    close: anything.nullable().openapi({
      description: 'The close it was issued with; teachers are told what the payroll tells of it.',
    }),
    steps: z
      .array(anything)
      .openapi({ description: 'In the fixed order of the policy, each with its sentence and numbers.' }),
    evidence: z
      .array(
        z.object({
          session: z.string(),
          participant: z.string(),
          record: z.string(),
          space: z.string(),
          meet_code: z.string().nullable(),
          display_name: z.string(),
          kind: z.string(),
          start_time: z.string().openapi({ description: 'As Google wrote it.' }),
          end_time: z.string().nullable(),
        }),
      )
      .openapi({ description: 'The sessions that the presence comes from, by Google’s resource names.' }),
    decisions: z.array(anything),
    rate: anything.nullable(),
    policy: anything,
    adjustments: z.array(anything),
    correction: anything.nullable().openapi({
      description: 'Of a correction that was asked about: what it is, and the line and steps as they are now.',
    }),
  })
  .openapi('Explanation');

/** The whole derivation of a line, as the API and `rollbook explain --json` give it. */
export function showExplanation(found: ShownExplanation) {
  const { line, close, evidence, decisions, rate, policy, adjustments, correction } = found;
  const all = policyToJson(policy);
  return {
    line: { side: line.side, ...showLine(line) },
    state: close === null ? ('draft' as const) : ('closed' as const),
    close: close === null ? null : 'exceptions' in close ? showClose(close) : showIssuedWith(close),
    steps: 'steps' in line ? line.steps.map(showStep) : [],
    evidence: evidence.map((stay) => ({
      session: stay.session,
      participant: stay.participant,
      record: stay.record,
      space: stay.space,
      meet_code: stay.meetCode,
      display_name: stay.displayName,
      kind: stay.kind,
      start_time: stay.startText,
      end_time: stay.endText,
    })),
    decisions: decisions.map(showDecision),
    rate: rate === null ? null : showRate(rate),
    // Discounts and taxes are the families'.
    policy: line.side === 'pay' ? { ...all, discount: undefined, tax: undefined } : all,
    adjustments: adjustments.map(({ adjustment, state, postedIn }) => ({
      ...showAdjustment(adjustment),
      state,
      posted_in: postedIn,
    })),
    correction: correction === null ? null : showCorrection(correction),
  };
}

function showCorrection({ adjustment, state, postedIn, now }: ExplainedCorrection) {
  return {
    ...showAdjustment(adjustment),
    currency: adjustment.currency,
    state,
    posted_in: postedIn,
    line_now: now === null ? null : showLine(now),
    steps_now: now !== null && 'steps' in now ? now.steps.map(showStep) : [],
  };
}

function showLine(line: ChargeLine | PayLine | BlockedLine) {
  if (!('amountMinor' in line)) return showBlocked(line);
  const entry = line.side === 'charge' ? showCharge(line) : showPay(line);
  return { ...entry, currency: line.currency };
}

function showStep({ name, text, sets, ms, minor }: ChargeLine['steps'][number]) {
  return {
    name,
    text,
    ms,
    minor,
    sets: sets?.map(({ label, intervals }) => ({ label, intervals: intervals.map(showSpan) })),
  };
}
