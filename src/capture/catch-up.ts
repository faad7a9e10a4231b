import type { Logger } from 'pino';

import type { LogStore } from '../ledger/attendance/log-store.ts';
import type { Database } from '../ledger/database.ts';
import type { Attendance } from './rebuild.ts';

export interface CatchUpDeps {
  readonly database: Pick<Database, 'write'>;
  readonly logStore: Pick<LogStore, 'awaitingRebuild' | 'rebuilt'>;
  readonly attendance: Pick<Attendance, 'rebuild'>;
  readonly log: Logger;
}

/** So many classes are kept together: each commit waits for the disk. */
const BATCH = 200;

/**
 * Derives the logs again of the classes that a migration entered for it. A process that is killed leaves the rest to the
 * next one.
 */
export function catchUp({ database, logStore, attendance, log }: CatchUpDeps): void {
  const classIds = logStore.awaitingRebuild();
  for (let done = 0; done < classIds.length; done += BATCH) {
    database.write(() => {
      for (const classId of classIds.slice(done, done + BATCH)) {
        attendance.rebuild(classId);
        logStore.rebuilt(classId);
      }
    });
  }
  if (classIds.length > 0) log.info({ classes: classIds.length }, 'logs derived again by the rules of this version');
}
