import type { Proposals } from '../../core/billing/period/adjustments.ts';
import { auditPeriod, closable, type Invariant } from '../../core/billing/period/audit.ts';
import { periodDays } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { Refused } from '../../refusal.ts';
import type { CorrectionQuery } from './corrections.ts';
import type { PeriodStatements, StatementQuery } from './statements.ts';

export interface PeriodAudit {
  readonly kind: 'audit';
  readonly statements: PeriodStatements;
  readonly invariants: readonly Invariant[];
  readonly closable: ReturnType<typeof closable>;
}

export interface PeriodAuditDeps {
  readonly money: Pick<MoneyStores, 'payAnswers' | 'periods'>;
  readonly statementQuery: StatementQuery;
  readonly correctionQuery: Pick<CorrectionQuery, 'waiting'>;
  readonly clock: Clock;
}

/**
 * What speaks against closing a period. A closed one, or one that shares days with a closed one, is not closed again.
 *
 * @param proposals corrections that wait; left out: those of all closed periods, each of which is computed again for it
 */
export async function auditOf(
  deps: PeriodAuditDeps,
  period: string,
  proposals?: Proposals,
): Promise<PeriodAudit | Refused> {
  const { money, statementQuery, correctionQuery, clock } = deps;
  const found = await statementQuery.of(period);
  if (found.kind === 'refused') return found;
  const { zone, lines } = found;
  const invariants = auditPeriod(
    {
      period,
      zone,
      closed: closedDays(money, period),
      lines,
      adjustments: found.adjustments,
      proposals: proposals ?? (await correctionQuery.waiting()),
      carriedIn: statementQuery.carriedInto(period),
      disputed: lines.pay.filter(({ flags }) => flags.includes('disputed')).map(({ lineId }) => lineId),
      acceptedPay: new Map(money.payAnswers.acceptances(period).map(({ personId, payHash }) => [personId, payHash])),
    },
    clock.now(),
  );
  return { kind: 'audit', statements: found, invariants, closable: closable(invariants) };
}

/** Which closes stand on days of a period, a sentence each. */
export function closedDays({ periods }: Pick<MoneyStores, 'periods'>, period: string): string[] {
  const { first, last } = periodDays(period)!;
  return periods
    .standingWithin(first, last)
    .map((other) =>
      other.period === period
        ? `${period} is closed already as version ${other.version}; what has changed since waits in "rollbook adjust list" and GET /api/adjustments`
        : `${other.period} is closed and shares days with ${period}: a day belongs to one period`,
    );
}
