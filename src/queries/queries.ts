import { MINUTE_MS } from '../core/time/duration.ts';
import type { Interval } from '../core/time/interval.ts';
import type { UsageStore } from '../google/call/limiter.ts';
import type { ClassFilter } from '../ledger/attendance/class-store.ts';
import type { ReviewStore } from '../ledger/attendance/review-store.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';
import type { JobStore } from '../ledger/machine/job-store.ts';
import type { DisputeFilter } from '../ledger/money/pay-answer-store.ts';
import type { AuditLog } from '../ledger/school/audit-log.ts';
import type { PeopleStore } from '../ledger/school/people-store.ts';
import type { SettingsStore } from '../ledger/school/settings-store.ts';
import type { TokenStore } from '../ledger/school/token-store.ts';
import { classesOf, classOf, type ClassDeps } from './classes.ts';
import { adjustmentsOf, type AdjustmentFilter } from './periods/adjustments.ts';
import { createCorrectionQuery, type CorrectionQuery } from './periods/corrections.ts';
import { disputesOf } from './periods/disputes.ts';
import { createLineQuery, type LineQuery, type LineQueryDeps } from './periods/period-lines.ts';
import { periodOf, periodsOf, type PeriodsDeps } from './periods/periods.ts';
import { createStatementQuery, type StatementQuery } from './periods/statements.ts';
import { attendanceOf } from './reports/attendance.ts';
import { billsOf } from './reports/bills.ts';
import { explainLine } from './reports/explain.ts';
import { payrollOf } from './reports/payroll.ts';
import { unbilledMeetings, type UnbilledDeps } from './reports/unbilled.ts';
import { whatIf, type WhatIfInput } from './reports/what-if.ts';
import { settingsView } from './school/settings.ts';
import { readinessOf, statusOf, type DaemonState, type StatusDeps } from './status.ts';
import { classesNow, type TodayDeps } from './today.ts';
import { verify, type VerifyDeps, type VerifyWish } from './verify.ts';

/** What several views and verbs compute periods with. */
export interface PeriodQueries {
  readonly lineQuery: LineQuery;
  readonly statementQuery: StatementQuery;
  readonly correctionQuery: CorrectionQuery;
}

export function createPeriodQueries(deps: LineQueryDeps): PeriodQueries {
  const lineQuery = createLineQuery(deps);
  const statementQuery = createStatementQuery({ ...deps, lineQuery });
  return { lineQuery, statementQuery, correctionQuery: createCorrectionQuery({ ...deps, lineQuery }) };
}

/** What the views read, and what several of them are computed with. */
export type QueryDeps = PeriodQueries &
  VerifyDeps &
  ClassDeps &
  TodayDeps &
  StatusDeps &
  PeriodsDeps &
  UnbilledDeps & {
    readonly people: PeopleStore;
    readonly sessionStore: Pick<SessionStore, 'get'>;
    readonly review: ReviewStore;
    readonly tokens: Pick<TokenStore, 'list'>;
    readonly jobStore: Pick<JobStore, 'get' | 'isOpen'>;
    readonly usage: Pick<UsageStore, 'since'>;
    readonly audit: AuditLog;
    readonly settings: SettingsStore;
  };

export type Queries = ReturnType<typeof createQueries>;

/** Every view with what it is computed from. */
export function createQueries(deps: QueryDeps) {
  const { money, people, sessionStore, review, audit, clock } = deps;
  return {
    periods: (months: number) => periodsOf(deps, months),
    period: (period: string) => periodOf(deps, period),
    adjustments: (filter: AdjustmentFilter) => adjustmentsOf(deps, filter),
    bills: (period: string, familyId?: number) => billsOf(deps, period, familyId),
    payroll: (period: string, teacherIds?: readonly number[]) => payrollOf(deps, period, teacherIds),
    attendance: (period: string) => attendanceOf(deps, period),
    unbilled: (span: Interval) => unbilledMeetings(deps, span),
    explain: (lineId: string) => explainLine(deps, lineId),
    whatIf: (input: WhatIfInput) => whatIf(deps, input),
    disputes: (filter: DisputeFilter) => disputesOf(deps, filter),
    decisions: money.decisions.list,
    policyVersions: money.policy.list,
    rates: money.rates.list,
    allRates: money.rates.all,
    enrolments: money.enrolments.list,
    auditLog: audit.list,
    auditHead: () => audit.head(),
    verify: (wish: VerifyWish) => verify(deps, wish),

    class: (id: number) => classOf(deps, id),
    classes: (filter: ClassFilter) => classesOf(deps, filter),
    classesNow: (teacherIds: readonly number[] | undefined) => classesNow(deps, teacherIds),
    session: sessionStore.get,
    logs: deps.logStore.list,
    reviewItem: review.get,
    reviewItems: review.list,
    readiness: (daemon: DaemonState | null) => readinessOf(deps, daemon),
    status: (daemon: DaemonState | null, limit?: number) => statusOf(deps, daemon, limit),
    job: deps.jobStore.get,
    /** By organiser: calls that this process and others made to Google. */
    callsLastMinute: () => deps.usage.since(clock.now() - MINUTE_MS),

    person: people.get,
    personByEmail: people.byEmail,
    people: people.list,
    family: people.family,
    families: people.families,
    tokens: deps.tokens.list,
    settings: () => settingsView(deps),
    /** The zones that the periods which stand were closed in, each once. */
    closedZones: () => [...new Set(money.periods.standing().map(({ zone }) => zone))],
  };
}
