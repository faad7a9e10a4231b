import type { Logger } from 'pino';

import type { LogStore } from '../ledger/attendance/log-store.ts';
import type { Database } from '../ledger/database.ts';
import type { Attendance } from './rebuild.ts';

export interface CatchUpDeps {
  readonly database: Pick<Database, 'write' | 'isReadonly'>;
  readonly logStore: Pick<LogStore, 'awaitingRebuild' | 'rebuilt'>;
  readonly attendance: Pick<Attendance, 'rebuild'>;
  readonly log: Logger;
}

/**
 * Derives the logs again of the classes that a migration entered for it, each in a transaction of its own: a process
 * that is killed leaves the rest to the next one, and one that may only read leaves all of it.
 */
export function catchUp({ database, logStore, attendance, log }: CatchUpDeps): void {
  if (database.isReadonly) return;
  const classIds = logStore.awaitingRebuild();
  for (const classId of classIds) {
    database.write(() => {
      attendance.rebuild(classId);
      logStore.rebuilt(classId);
    });
  }
  if (classIds.length > 0) log.info({ classes: classIds.length }, 'logs derived again by the rules of this version');
}
