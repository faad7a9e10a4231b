import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { createAdjustmentStore } from './adjustment-store.ts';
import { createBillingView } from './billing-view.ts';
import { createDecisionStore } from './decision-store.ts';
import { createEnrolmentStore } from './enrolment-store.ts';
import { createPayAnswerStore } from './pay-answer-store.ts';
import { createPeriodStore } from './period-store.ts';
import { createPolicyStore } from './policy-store.ts';
import { createRateStore } from './rate-store.ts';
import { createReportView } from './report-view.ts';

export type MoneyStores = ReturnType<typeof createMoneyStores>;

/** Everything that bills and pay are kept in. */
export function createMoneyStores(database: Database, clock: Now) {
  return {
    policy: createPolicyStore(database, clock),
    rates: createRateStore(database, clock),
    enrolments: createEnrolmentStore(database, clock),
    decisions: createDecisionStore(database, clock),
    periods: createPeriodStore(database, clock),
    adjustments: createAdjustmentStore(database, clock),
    payAnswers: createPayAnswerStore(database, clock),
    view: createBillingView(database),
    reports: createReportView(database),
  };
}
