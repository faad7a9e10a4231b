import type { BlockedLine, ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { policyToJson } from '../../core/billing/policy/policy-json.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { Explanation } from '../../queries/explain.ts';
import { showClose, showDecision } from './money.ts';
import { showRate } from './rates.ts';
import { showAdjustment, showBlocked, showCharge, showPay } from './report.ts';

/** The whole derivation of a line, as the API and `rollbook explain --json` give it. */
export function showExplanation(found: Explanation) {
  const { line, close, evidence, decisions, rate, policy, adjustments } = found;
  const all = policyToJson(policy);
  return {
    line: plain({ side: line.side, ...showLine(line) }),
    state: close === null ? ('draft' as const) : ('closed' as const),
    close: close === null ? null : plain(showClose(close)),
    steps: 'steps' in line ? line.steps.map(showStep) : [],
    evidence: evidence.map((one) => ({
      session: one.session,
      participant: one.participant,
      record: one.record,
      space: one.space,
      meet_code: one.meetCode,
      display_name: one.displayName,
      kind: one.kind,
      start_time: one.startText,
      end_time: one.endText,
    })),
    decisions: decisions.map((one) => plain(showDecision(one))),
    rate: rate === null ? null : plain(showRate(rate)),
    // Discounts and taxes are the families'.
    policy: plain(line.side === 'pay' ? { ...all, discount: undefined, tax: undefined } : all),
    adjustments: adjustments.map(({ adjustment, state, postedIn }) =>
      plain({ ...showAdjustment(adjustment), state, posted_in: postedIn }),
    ),
  };
}

function showLine(line: ChargeLine | PayLine | BlockedLine): object {
  if (!('amountMinor' in line)) return showBlocked(line);
  const entry = line.side === 'charge' ? showCharge(line) : showPay(line);
  return { ...entry, currency: line.currency };
}

function showStep({ name, text, sets, ms, minor }: ChargeLine['steps'][number]) {
  return plain({
    name,
    text,
    ms,
    minor,
    sets: sets?.map(({ label, intervals }) => ({
      label,
      intervals: intervals.map(({ start, end }) => ({
        start_time: formatInstant(start),
        end_time: formatInstant(end),
      })),
    })),
  });
}

type Plain = { [key: string]: Plain } | Plain[] | string | number | boolean | null;

/** As it will be sent. */
function plain(value: object): Record<string, Plain> {
  return JSON.parse(JSON.stringify(value)) as Record<string, Plain>;
}
