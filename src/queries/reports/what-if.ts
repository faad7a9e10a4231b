import { policyVersion } from '../../core/billing/policy/policy-json.ts';
import type { PolicyVersion } from '../../core/billing/policy/policy.ts';
import { overlappingRate, rateInput, type RateRow } from '../../core/billing/policy/rates.ts';
import { compareLines, type PartyDelta, type WhatIf } from '../../core/billing/what-if.ts';
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
  readonly periods: readonly ({ readonly period: string } & WhatIf)[];
}

/** Sets other rules against those that hold, for the evidence as it is now. Stores nothing. */
export async function whatIf(
  deps: {
    readonly money: MoneyStores;
    readonly lineQuery: LineQuery;
    readonly statementQuery: Pick<StatementQuery, 'check'>;
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
  const answers: WhatIfAnswer['periods'][number][] = [];
  for (const period of periods) {
    const before = await lineQuery.ofPeriod(period);
    const after = await lineQuery.ofPeriod(period, { policies, rates: prices });
    const compared = compareLines(before, after);
    answers.push({ period, ...compared, families: compared.families.map(named) });
  }
  return { kind: 'what_if', periods: answers };
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
