import type { Logger } from 'pino';

import type { Actions } from '../actions/actions.ts';
import type { Booking } from '../actions/classes/booking.ts';
import type { Imports } from '../actions/classes/imports.ts';
import type { Loop } from '../capture/loop.ts';
import type { WindowMargins } from '../core/schedule/class.ts';
import type { Clock } from '../core/time/clock.ts';
import type { MeetClient } from '../google/meet/meet-client.ts';
import type { Queue } from '../jobs/queue.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { LogStore } from '../ledger/attendance/log-store.ts';
import type { ReviewStore } from '../ledger/attendance/review-store.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';
import type { Database, LedgerHealth } from '../ledger/database.ts';
import type { JobStore } from '../ledger/machine/job-store.ts';
import type { PassStore } from '../ledger/machine/machine-store.ts';
import type { AuditLog } from '../ledger/school/audit-log.ts';
import type { PeopleStore } from '../ledger/school/people-store.ts';
import type { Role } from '../ledger/school/role.ts';
import type { TokenStore } from '../ledger/school/token-store.ts';
import type { Queries } from '../queries/queries.ts';
import type { Status } from '../queries/status.ts';

/** What the routes work with. */
export interface WebDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** IANA zone of the organisation. */
  readonly timezone: string;
  readonly adminToken: string | null;
  readonly margins: WindowMargins;
  readonly people: PeopleStore;
  readonly classStore: ClassStore;
  readonly sessionStore: SessionStore;
  readonly logStore: Pick<LogStore, 'list'>;
  readonly review: ReviewStore;
  readonly tokens: Pick<TokenStore, 'authenticate'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly booking: Booking;
  readonly actions: Actions;
  readonly queries: Queries;
  readonly imports: Imports;
  readonly jobs: JobStore;
  readonly queue: Pick<Queue, 'wake' | 'waitFor' | 'subscribe'>;
  readonly meetStatus: () => ReturnType<MeetClient['status']>;
  /** At most so many owed sessions. */
  readonly status: (limit: number) => Status;
  readonly loops: readonly Pick<Loop, 'name' | 'everySeconds' | 'isRunning' | 'nextRunAt'>[];
  readonly passes: Pick<PassStore, 'list' | 'get'>;
  readonly health: () => Pick<LedgerHealth, 'writable' | 'problem'> & { readonly startedAt: number };
  readonly write: Database['write'];
}

/** Who asks. */
export interface Caller {
  /** The label of the token: the actor in the audit log. */
  readonly label: string;
  readonly role: Role;
  /** The teacher whose token it is. */
  readonly personId: number | null;
}

export interface AppEnv {
  Variables: {
    requestId: string;
    caller: Caller;
    /** Aborts when the server closes: what waits or streams ends then. */
    closing: AbortSignal;
  };
}
