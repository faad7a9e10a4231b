import type { ReviewStore } from '../ledger/attendance/review-store.ts';
import type { JobStore } from '../ledger/machine/job-store.ts';
import type { MoneyStores } from '../ledger/money/stores.ts';
import type { AuditLog } from '../ledger/school/audit-log.ts';
import type { NewFamily, NewPerson } from '../ledger/school/people-store.ts';
import type { TokenStore } from '../ledger/school/token-store.ts';
import type { Queries } from '../queries/queries.ts';
import type { By, WithReason } from './action.ts';
import type { Changes } from './changes.ts';
import { cancelClass } from './classes/cancel.ts';
import { changeClass } from './classes/change.ts';
import type { ClassInput } from './classes/class-input.ts';
import { importClasses } from './classes/import.ts';
import { scheduleClass } from './classes/schedule.ts';
import type { ScheduleDeps } from './classes/schedule-change.ts';
import { backfillSince, enterRead, syncOfClass } from './classes/sync.ts';
import type { ReadRequest } from './classes/sync.ts';
import type { ImportOptions } from './csv-import.ts';
import { decide } from './decisions/decide.ts';
import { undo } from './decisions/undo.ts';
import { addFamily, changeFamily } from './people/families.ts';
import { importPeople } from './people/import.ts';
import { addPerson, changePerson } from './people/people.ts';
import { createToken, revokeToken } from './people/tokens.ts';
import type { TokenInput } from './people/tokens.ts';
import { acceptPay } from './periods/accept-pay.ts';
import { closePeriod } from './periods/close.ts';
import { acceptCorrection, rejectCorrection } from './periods/correct.ts';
import { closeDispute, openDispute } from './periods/dispute.ts';
import { reopenPeriod } from './periods/reopen.ts';
import { addEnrolment, changeEnrolment } from './prices/enrolments.ts';
import type { EnrolmentInput } from './prices/enrolments.ts';
import { addPolicy } from './prices/policy.ts';
import { addRate, changeRate } from './prices/rates.ts';
import { acceptReview } from './review/accept.ts';
import type { AcceptInput } from './review/accept.ts';
import { ignoreReview } from './review/ignore.ts';
import { refuseReview } from './review/refuse.ts';
import type { RefuseInput } from './review/refuse.ts';
import { undoReview } from './review/undo.ts';

export interface ActionDeps extends ScheduleDeps {
  readonly stores: MoneyStores;
  readonly audit: AuditLog;
  readonly review: ReviewStore;
  readonly jobStore: JobStore;
  readonly tokens: TokenStore;
  readonly queries: Pick<Queries, 'lineQuery' | 'statementQuery' | 'correctionQuery'>;
  /** IANA zone of the organisation. */
  readonly timezone: string;
}

export type Actions = ReturnType<typeof createActions>;

/** Every verb with the parts it works on. Each refuses or writes, and audits what it wrote. */
export function createActions({ queries, ...rest }: ActionDeps) {
  const { lineQuery, statementQuery, correctionQuery } = queries;
  const deps = { ...rest, lineQuery, statementQuery, correctionQuery };
  return {
    closePeriod: (period: string, wish: Parameters<typeof closePeriod>[2], by: By) =>
      closePeriod(deps, period, wish, by),
    reopenPeriod: (period: string, by: WithReason) => reopenPeriod(deps, period, by),
    acceptCorrection: (id: string, by: WithReason, period?: string) => acceptCorrection(deps, id, by, period),
    rejectCorrection: (id: string, by: WithReason) => rejectCorrection(deps, id, by),
    acceptPay: (period: string, teacherId: number, actor: string) => acceptPay(deps, period, teacherId, actor),
    openDispute: (wish: Parameters<typeof openDispute>[1], actor: string) => openDispute(deps, wish, actor),
    closeDispute: (id: number, outcome: 'upheld' | 'refused', by: WithReason) => closeDispute(deps, id, outcome, by),
    addPolicy: (body: unknown, by: By) => addPolicy(deps, body, by),
    addRate: (body: unknown, by: By) => addRate(deps, body, by),
    changeRate: (id: number, changes: Readonly<Record<string, unknown>>, by: By) => changeRate(deps, id, changes, by),
    addEnrolment: (input: EnrolmentInput, by: By) => addEnrolment(deps, input, by),
    changeEnrolment: (id: number, changes: Parameters<typeof changeEnrolment>[2], by: By) =>
      changeEnrolment(deps, id, changes, by),
    addPerson: (input: NewPerson, by: By) => addPerson(deps, input, by),
    changePerson: (id: number, changes: Changes<NewPerson>, by: By) => changePerson(deps, id, changes, by),
    addFamily: (input: NewFamily, by: By) => addFamily(deps, input, by),
    changeFamily: (id: number, changes: Changes<NewFamily>, by: By) => changeFamily(deps, id, changes, by),
    createToken: (input: TokenInput, by: By) => createToken(deps, input, by),
    revokeToken: (id: number, by: By) => revokeToken(deps, id, by),
    scheduleClass: (input: ClassInput, by: By, signal: AbortSignal) => scheduleClass(deps, input, by, signal),
    changeClass: (id: number, changes: Changes<ClassInput>, by: By, signal: AbortSignal) =>
      changeClass(deps, id, changes, by, signal),
    cancelClass: (id: number, who: Parameters<typeof cancelClass>[2], by: WithReason) => cancelClass(deps, id, who, by),
    importClasses: (text: string, options: ImportOptions) => importClasses(deps, text, options),
    importPeople: (text: string, options: ImportOptions) => importPeople(deps, text, options),
    syncOfClass: (classId: number) => syncOfClass(deps, classId),
    backfillSince: (since: number) => backfillSince(deps, since),
    enterRead: (request: ReadRequest, actor: string) => enterRead(deps, request, actor),
    acceptReview: (id: number, input: AcceptInput, by: WithReason) => acceptReview(deps, id, input, by),
    refuseReview: (id: number, input: RefuseInput, by: WithReason) => refuseReview(deps, id, input, by),
    ignoreReview: (id: number, by: WithReason) => ignoreReview(deps, id, by),
    undoReview: (id: number, by: WithReason) => undoReview(deps, id, by),
    decide: (body: unknown, actor: string) => decide(deps, body, actor),
    undoDecision: (id: number, by: WithReason) => undo(deps, id, by),
  };
}
