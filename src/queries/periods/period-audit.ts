import type { Proposals } from '../../core/billing/period/adjustments.ts';
import { auditPeriod, closable, type Invariant } from '../../core/billing/period/audit.ts';
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
  readonly money: Pick<MoneyStores, 'payAnswers'>;
  readonly statementQuery: StatementQuery;
  readonly correctionQuery: Pick<CorrectionQuery, 'waiting'>;
  readonly clock: Clock;
}

/**
 * What speaks against closing a period. For a closed one it lists what would speak against it if it were open.
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
