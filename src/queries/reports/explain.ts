import type { BlockedLine, ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { parseLineId } from '../../core/billing/line-id.ts';
import { policyOn, type PolicyVersion } from '../../core/billing/policy/policy.ts';
import type { RateRow } from '../../core/billing/policy/rates.ts';
import type { SettledAdjustment } from '../../ledger/money/adjustment-store.ts';
import type { StoredDecision } from '../../ledger/money/decision-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { EvidenceDetail } from '../../ledger/money/report-view.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { LineQuery } from '../periods/period-lines.ts';

/** The whole derivation of one line: from Google's sessions to the amount. */
export interface Explanation {
  readonly line: ChargeLine | PayLine | BlockedLine;
  /** Whose pay the line is; null: it is a charge. */
  readonly payeeId: number | null;
  /** The close it was issued with; null: a draft. */
  readonly close: Close | null;
  readonly evidence: readonly EvidenceDetail[];
  /** Of the class, those that stand. */
  readonly decisions: readonly StoredDecision[];
  /** The row as it is now; the line tells what it was. */
  readonly rate: RateRow | null;
  readonly policy: PolicyVersion;
  /** Corrections of the line, in order. */
  readonly adjustments: readonly SettledAdjustment[];
}

/** Null: there is no such line. A correction (`a1-c5-3`) is explained by the line it corrects. */
export function explainLine(
  { money, lineQuery }: { readonly money: MoneyStores; readonly lineQuery: LineQuery },
  id: string,
): Explanation | null {
  const parsed = parseLineId(id);
  if (parsed === null) return null;
  const { lineId, classId } = parsed;
  const issued = money.periods.line(lineId);
  const now = issued === null ? lineQuery.ofClass(classId) : null;
  const line =
    issued?.line ??
    [...(now?.charges ?? []), ...(now?.pay ?? []), ...(now?.blocked ?? [])].find((line) => line.lineId === lineId);
  if (line === undefined) return null;
  const rateId = 'rate' in line ? line.rate?.rateId : undefined;
  const corrects = issued?.close.period;
  return {
    line,
    payeeId: payeeOf(line),
    close: issued?.close ?? null,
    evidence: money.reports.evidence('evidence' in line ? line.evidence : []),
    decisions: money.decisions.list({ classId: line.classId, standing: true }),
    rate: rateId === undefined ? null : money.rates.get(rateId),
    policy: policyOn(money.policy.versions(), line.date),
    adjustments: money.adjustments
      .list(corrects === undefined ? {} : { corrects })
      .filter(({ adjustment }) => adjustment.lineId === lineId),
  };
}

function payeeOf(line: Explanation['line']): number | null {
  if (line.side !== 'pay') return null;
  return 'teacherId' in line ? line.teacherId : line.personId;
}

/** The explanation as a teacher may see it: without what families are charged, and what that could be calculated from. */
export function withoutCharges(found: Explanation): Explanation {
  const { line, payeeId, decisions, rate } = found;
  return {
    ...found,
    line: 'steps' in line && line.rate === null ? { ...line, steps: line.steps.filter(isOfTime) } : line,
    rate: rate?.kind === 'pay' ? rate : null,
    close: null,
    decisions: decisions.filter(({ personId }) => personId === null || personId === payeeId),
  };
}

const isOfTime = ({ name }: { readonly name: string }): boolean => !['price', 'discount', 'tax'].includes(name);
