import type { Attendance } from '../capture/rebuild.ts';
import type { WindowMargins } from '../core/schedule/class.ts';
import type { Clock } from '../core/time/clock.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { ReviewStore } from '../ledger/attendance/review-store.ts';
import type { RoomStore } from '../ledger/attendance/room-store.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';
import type { Database } from '../ledger/database.ts';
import type { JobStore } from '../ledger/machine/job-store.ts';
import type { MoneyStores } from '../ledger/money/stores.ts';
import type { AuditLog } from '../ledger/school/audit-log.ts';
import type { NewFamily, NewPerson, PeopleStore } from '../ledger/school/people-store.ts';
import type { TokenStore } from '../ledger/school/token-store.ts';
import type { Queries } from '../queries/queries.ts';
import type { By } from './action.ts';
import { backfillSince, enterRead, syncOfClass } from './classes/sync.ts';
import type { ReadRequest } from './classes/sync.ts';
import { decide } from './decisions/decide.ts';
import { undo } from './decisions/undo.ts';
import type { Changes } from './people/changes.ts';
import { addFamily, changeFamily } from './people/families.ts';
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

export interface ActionDeps {
  readonly database: Database;
  readonly stores: MoneyStores;
  readonly people: PeopleStore;
  readonly classStore: ClassStore;
  readonly roomStore: RoomStore;
  readonly sessionStore: SessionStore;
  readonly attendance: Attendance;
  readonly review: ReviewStore;
  readonly jobStore: JobStore;
  readonly tokens: TokenStore;
  readonly audit: AuditLog;
  readonly margins: WindowMargins;
  readonly queries: Pick<Queries, 'lineQuery' | 'statementQuery' | 'correctionQuery'>;
  readonly clock: Clock;
  /** IANA zone of the organisation. */
  readonly timezone: string;
}

type WithReason = By & { readonly reason: string };

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
