import type { AccountStore } from '../ledger/attendance/account-store.ts';
import type { LogStore } from '../ledger/attendance/log-store.ts';
import type { ReviewStore } from '../ledger/attendance/review-store.ts';
import type { SightingStore } from '../ledger/attendance/sighting-store.ts';
import type { Anchors } from '../ledger/files/anchors.ts';
import type { JobStore } from '../ledger/machine/job-store.ts';
import type { MoneyStores } from '../ledger/money/stores.ts';
import type { AuditLog } from '../ledger/school/audit-log.ts';
import type { SettingsStore } from '../ledger/school/settings-store.ts';
import type { TokenStore } from '../ledger/school/token-store.ts';
import type { PeriodQueries } from '../queries/queries.ts';
import { cancelClass } from './classes/cancel.ts';
import { changeClass } from './classes/change.ts';
import type { ScheduleDeps } from './classes/class-verb.ts';
import { importClasses } from './classes/import.ts';
import { reinstateClass } from './classes/reinstate.ts';
import { scheduleClass } from './classes/schedule.ts';
import { planRead, requestRead } from './classes/sync.ts';
import { decide } from './decisions/decide.ts';
import { undoDecision } from './decisions/undo.ts';
import { addFamily, changeFamily } from './people/families.ts';
import { importPeople } from './people/import.ts';
import { addPerson, changePerson } from './people/people.ts';
import { createToken, revokeToken, useToken } from './people/tokens.ts';
import { acceptPay } from './periods/accept-pay.ts';
import { closePeriod } from './periods/close.ts';
import { acceptCorrection, rejectCorrection } from './periods/correct.ts';
import { closeDispute, openDispute } from './periods/dispute.ts';
import { reopenPeriod } from './periods/reopen.ts';
import { addEnrolment, changeEnrolment } from './prices/enrolments.ts';
import { addPolicy } from './prices/policy.ts';
import { addRate, changeRate } from './prices/rates.ts';
import { acceptReview } from './review/accept.ts';
import { answerReview, requestReview, undoJob } from './review/bulk.ts';
import { ignoreReview } from './review/ignore.ts';
import { refuseReview } from './review/refuse.ts';
import { undoReview } from './review/undo.ts';
import { changeSettings } from './school/settings.ts';
import { changeZone } from './school/zone.ts';

export interface ActionDeps extends ScheduleDeps, PeriodQueries {
  readonly money: MoneyStores;
  readonly audit: AuditLog;
  readonly anchors: Anchors;
  readonly review: ReviewStore;
  readonly logStore: LogStore;
  readonly sightings: SightingStore;
  readonly jobStore: JobStore;
  readonly tokens: TokenStore;
  readonly accountStore: AccountStore;
  readonly settings: SettingsStore;
  /** IANA zone of the school. */
  readonly timezone: () => string;
}

export type Actions = ReturnType<typeof createActions>;

/** Every verb with the parts it works on. Each refuses, or writes and audits what it wrote; see README.md for the exceptions. */
export function createActions(deps: ActionDeps) {
  const bound =
    <Input extends unknown[], Answer>(verb: (parts: ActionDeps, ...input: Input) => Answer) =>
    (...input: Input): Answer =>
      verb(deps, ...input);
  return {
    closePeriod: bound(closePeriod),
    reopenPeriod: bound(reopenPeriod),
    acceptCorrection: bound(acceptCorrection),
    rejectCorrection: bound(rejectCorrection),
    acceptPay: bound(acceptPay),
    openDispute: bound(openDispute),
    closeDispute: bound(closeDispute),
    changeSettings: bound(changeSettings),
    changeZone: bound(changeZone),
    addPolicy: bound(addPolicy),
    addRate: bound(addRate),
    changeRate: bound(changeRate),
    addEnrolment: bound(addEnrolment),
    changeEnrolment: bound(changeEnrolment),
    addPerson: bound(addPerson),
    changePerson: bound(changePerson),
    addFamily: bound(addFamily),
    changeFamily: bound(changeFamily),
    createToken: bound(createToken),
    revokeToken: bound(revokeToken),
    useToken: bound(useToken),
    scheduleClass: bound(scheduleClass),
    changeClass: bound(changeClass),
    cancelClass: bound(cancelClass),
    reinstateClass: bound(reinstateClass),
    importClasses: bound(importClasses),
    importPeople: bound(importPeople),
    planRead: bound(planRead),
    requestRead: bound(requestRead),
    acceptReview: bound(acceptReview),
    refuseReview: bound(refuseReview),
    ignoreReview: bound(ignoreReview),
    undoReview: bound(undoReview),
    requestReview: bound(requestReview),
    answerReview: bound(answerReview),
    undoJob: bound(undoJob),
    decide: bound(decide),
    undoDecision: bound(undoDecision),
  };
}
