import { z } from '@hono/zod-openapi';

import type { BlockedLine, ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { policyToJson } from '../../core/billing/policy/policy-json.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { SECOND_MS } from '../../core/time/duration.ts';
import type { ExplainedCorrection, ShownExplanation } from '../../queries/reports/explain.ts';
import { showClose, showIssuedWith } from './close.ts';
import { showDecision } from './decision.ts';
import { anything, instant, showSpan } from './fields.ts';
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
          changes: z
            .array(
              z.object({
                field: z.enum(['start_time', 'end_time', 'missing', 'display_name']),
                was: z.string().nullable(),
                is: z.string().nullable(),
                read_time: instant,
                since_issue: z.boolean(),
              }),
            )
            .openapi({
              description:
                'What Google said before and when it was read otherwise, with whether that was after the line was issued: the steps of an issued line come from what was known then.',
            }),
        }),
      )
      .openapi({ description: 'The sessions that the presence comes from, by Google’s resource names.' }),
    decisions: z.array(anything),
    rate: anything.nullable(),
    policy: anything,
    adjustments: z
      .array(anything)
      .openapi({ description: 'Corrections of the line in order, and last, as `proposed`, one that waits.' }),
    waits_for: z
      .array(z.object({ review_item_id: z.int(), display_name: z.string(), present_seconds: z.int() }))
      .openapi({ description: 'Whom somebody has to name before the line is certain.' }),
    correction: anything.nullable().openapi({
      description: 'Of a correction that was asked about: what it is, and the line and steps as they are now.',
    }),
  })
  .openapi('Explanation');

const FIELDS = { start: 'start_time', end: 'end_time', missing: 'missing', display_name: 'display_name' } as const;

/** The whole derivation of a line, as the API and `rollbook explain --json` give it. */
export function showExplanation(found: ShownExplanation) {
  const { line, close, evidence, decisions, rate, policy, adjustments, waiting, waitsFor, correction } = found;
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
      changes: stay.changes.map(({ field, was, is, readAt, sinceIssue }) => ({
        field: FIELDS[field],
        was,
        is,
        read_time: formatInstant(readAt),
        since_issue: sinceIssue,
      })),
    })),
    decisions: decisions.map(showDecision),
    rate: rate === null ? null : showRate(rate),
    // Discounts and taxes are the families'.
    policy: line.side === 'pay' ? { ...all, discount: undefined, tax: undefined } : all,
    adjustments: [
      ...adjustments.map(({ adjustment, state, postedIn }) => ({
        ...showAdjustment(adjustment),
        state,
        posted_in: postedIn,
      })),
      ...waiting.map((adjustment) => ({ ...showAdjustment(adjustment), state: 'proposed', posted_in: null })),
    ],
    waits_for: waitsFor.map(({ id, displayName, presentMs }) => ({
      review_item_id: id,
      display_name: displayName,
      present_seconds: Math.floor(presentMs / SECOND_MS),
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
