import type { Logger } from 'pino';

import type { Actions } from '../actions/actions.ts';
import type { Importer } from '../actions/import-file.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Queue } from '../jobs/queue.ts';
import type { Role } from '../ledger/school/role.ts';
import type { Queries } from '../queries/queries.ts';
import type { Unready } from '../queries/readiness.ts';
import type { Status } from '../queries/status.ts';

/** What the routes work with. */
export interface WebDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** IANA zone of the school. */
  readonly timezone: () => string;
  readonly adminToken: string | null;
  /** Addresses and ranges of the proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  readonly actions: Actions;
  readonly queries: Queries;
  /** Enters files. A daemon does it in a thread of its own. */
  readonly importFile: Importer;
  /** Waits some seconds for somebody else who is writing the ledger. Whether nobody is any more. @throws the reason of the signal */
  readonly awaitTurn: (signal: AbortSignal) => Promise<boolean>;
  readonly queue: Pick<Queue, 'wake' | 'waitFor' | 'subscribe'>;
  /** Lists at most `limit` of the sessions that are owed. */
  readonly status: (limit: number) => Status;
  /** Why evidence may be lost now; empty when all is well. */
  readonly whyNotReady: () => readonly Unready[];
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
    /** Aborts when the server closes, to end requests that wait or stream. */
    closing: AbortSignal;
  };
}
