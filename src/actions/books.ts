import type { Clock } from '../core/time/clock.ts';
import type { Proposals } from '../core/billing/period/adjustments.ts';
import { createCorrections } from './periods/corrections.ts';
import type { By } from './action.ts';
import { decide } from './decisions/decide.ts';
import type { DecisionDeps } from './decisions/decided-class.ts';
import { undo } from './decisions/undo.ts';
import { explainLine } from '../queries/explain.ts';
import { createPayAcceptance } from './periods/acceptance.ts';
import { createPeriods } from './periods/periods.ts';
import { totalsOf } from '../core/billing/period/statements.ts';
import { proveBooks } from '../queries/verify-closes.ts';
import type { BooksProof } from '../queries/verify-closes.ts';
import { createReckoning } from '../queries/period-lines.ts';
import { surveyAttendance, surveyUnbilled } from '../queries/surveys.ts';
import { createReports } from '../queries/reports.ts';
import { createTariffs } from './prices/tariffs.ts';
import { whatIf } from './prices/what-if.ts';
import type { WhatIfInput } from './prices/what-if.ts';
import type { MoneyStores } from '../ledger/money/stores.ts';
import type { PeopleStore } from '../ledger/school/people-store.ts';
import type { AuditLog } from '../ledger/school/audit-log.ts';
import type { SettingsStore } from '../ledger/school/settings-store.ts';
import type { Interval } from '../core/time/interval.ts';

export interface BooksDeps extends DecisionDeps {
  readonly stores: MoneyStores;
  readonly clock: Clock;
  readonly people: PeopleStore;
  readonly audit: AuditLog;
  readonly settings: Pick<SettingsStore, 'get'>;
  /** IANA zone of the organisation. */
  readonly timezone: string;
}

export type Books = ReturnType<typeof createBooks>;

/** Bills, pay and periods: everything that is done with money, over the stores. */
export function createBooks(deps: BooksDeps) {
  const { database, stores, audit, clock, timezone, settings } = deps;
  const reckoning = createReckoning({ stores, settings, clock, timezone });
  const periods = createPeriods({
    database,
    stores,
    reckoning,
    proposals: (): Promise<Proposals> => corrections.proposals(),
    audit,
    clock,
  });
  const corrections = createCorrections({ database, stores, reckoning, audit });
  return {
    stores,
    periods,
    /** What families owe and teachers are paid, by currency. */
    totalsOf,
    corrections,
    tariffs: createTariffs(deps),
    decisions: {
      decide: (body: unknown, actor: string) => decide(deps, body, actor),
      undo: (id: number, by: By & { readonly reason: string }) => undo(deps, id, by),
    },
    acceptance: createPayAcceptance({ database, stores, periods, reckoning, audit, clock, timezone }),
    reports: createReports({ stores, periods, people: deps.people, audit, clock, timezone }),
    zoneOf: (period: string) => reckoning.zoneOf(period),
    explain: (lineId: string) => explainLine({ stores, reckoning }, lineId),
    whatIf: (input: WhatIfInput) => whatIf({ stores, reckoning, periods }, input),
    attendance: (period: string) => surveyAttendance(stores, period, reckoning.zoneOf(period), clock),
    unbilled: (span: Interval) => surveyUnbilled(deps, span),
    audit: { head: () => audit.head(), list: audit.list },
    /** For `verify`. */
    verifyBooks: (): Promise<BooksProof> => proveBooks({ stores, corrections, audit, clock }),
  };
}
