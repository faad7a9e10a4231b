import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import { policyVersion } from '../../core/billing/policy/policy-json.ts';
import type { PolicyVersion } from '../../core/billing/policy/policy.ts';
import { overlappingRate, rateInput, type RateRow } from '../../core/billing/policy/rates.ts';
import { compareLines, type PartyDelta, type WhatIf } from '../../core/billing/what-if.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import { complaintsOf, invalid, type Refused } from '../../refusal.ts';
import type { LineQuery } from '../periods/period-lines.ts';
import type { StatementQuery } from '../periods/statements.ts';

export interface WhatIfInput {
  readonly periods: readonly string[];
  /** As for `PUT /api/policy`; without `valid_from` it holds for all days. */
  readonly policy?: Readonly<Record<string, unknown>> | undefined;
  /** As for `POST /api/rates`; each takes the place of rates that price the same on the same days. */
  readonly rates?: readonly unknown[] | undefined;
}

export interface WhatIfAnswer {
  readonly kind: 'what_if';
  readonly periods: readonly WhatIfOfPeriod[];
}

export interface WhatIfOfPeriod extends WhatIf {
  readonly period: string;
  /** What the other rules are set against: a close, or null: the period is open, and it is its lines as they are now. */
  readonly issued: Pick<Close, 'version' | 'closedAt' | 'zone' | 'documentId'> | null;
}

/**
 * Sets other rules, for the evidence as it is now, against what was issued or, of an open period, against the rules that
 * hold. Stores nothing.
 */
export async function whatIf(
  deps: {
    readonly money: MoneyStores;
    readonly lineQuery: LineQuery;
    readonly statementQuery: Pick<StatementQuery, 'check' | 'of'>;
  },
  { periods, policy, rates = [] }: WhatIfInput,
): Promise<WhatIfAnswer | Refused> {
  const { money, lineQuery } = deps;
  for (const [i, period] of periods.entries()) {
    const wrong = deps.statementQuery.check(period);
    if (wrong !== null) {
      return { ...wrong, complaints: wrong.complaints.map(({ message }) => ({ path: `periods.${i}`, message })) };
    }
  }
  const other = policy === undefined ? null : policyVersion.safeParse({ valid_from: '0001-01-01', ...policy });
  const complaints = complaintsOf(other?.error?.issues ?? [], ['policy']);
  let prices = money.rates.all();
  for (const [i, input] of rates.entries()) {
    const parsed = rateInput.safeParse(input);
    complaints.push(...complaintsOf(parsed.error?.issues ?? [], ['rates', i]));
    if (parsed.success) prices = withRate(prices, { id: -1 - i, ...parsed.data });
  }
  if (complaints.length > 0) return invalid(complaints);

  const policies =
    other?.data === undefined ? money.policy.versions() : withPolicy(money.policy.versions(), other.data);
  const names = money.view.familyNames();
  const named = (delta: PartyDelta): PartyDelta =>
    typeof delta.party === 'number' ? { ...delta, name: names.get(delta.party) ?? null } : delta;
  const answers: WhatIfOfPeriod[] = [];
  for (const period of periods) {
    const found = await deps.statementQuery.of(period);
    if (found.kind === 'refused') return found;
    const { close, lines } = found;
    const now = close === null ? lines : await lineQuery.ofPeriod(period);
    const after = await lineQuery.ofPeriod(period, { policies, rates: prices });
    const issued = close === null ? null : { ...lines, corrections: correctionsOf(money, period) };
    const compared = compareLines(now, after, issued);
    answers.push({ period, issued: close, ...compared, families: compared.families.map(named) });
  }
  return { kind: 'what_if', periods: answers };
}

/** Those that were accepted, and those by which the period took off again what it holds itself since it was reopened. */
function correctionsOf({ adjustments }: Pick<MoneyStores, 'adjustments'>, period: string): Adjustment[] {
  return adjustments
    .list({ corrects: period })
    .flatMap(({ state, adjustment }) => (state === 'accepted' ? [adjustment] : []));
}

/** From its first day on no other version holds. */
function withPolicy(versions: readonly PolicyVersion[], added: PolicyVersion): PolicyVersion[] {
  return [...versions.filter(({ validFrom }) => validFrom < added.validFrom), added];
}

function withRate(rates: readonly RateRow[], added: RateRow): RateRow[] {
  const kept = [...rates];
  for (let other = overlappingRate(kept, added); other !== null; other = overlappingRate(kept, added)) {
    kept.splice(kept.indexOf(other), 1);
  }
  return [...kept, added];
}
