import type { Logger } from 'pino';

import type { Clock } from '../core/time/clock.ts';
import { MINUTE_MS } from '../core/time/duration.ts';
import type { LogStore } from '../ledger/attendance/log-store.ts';
import type { Database } from '../ledger/database.ts';
import type { Attendance } from './rebuild.ts';

export interface CatchUpDeps {
  readonly database: Pick<Database, 'write'>;
  readonly logStore: Pick<LogStore, 'awaitingRebuild' | 'awaitingCount' | 'rebuilt'>;
  readonly attendance: Pick<Attendance, 'rebuild'>;
  readonly log: Logger;
}

export interface CatchUpOptions {
  /** More than some hundred classes are left to {@link catchUpBeside}. */
  readonly mayWait?: boolean;
}

/** So many classes are kept together: each commit waits for the disk. */
const BATCH = 200;
/** So many do not keep a daemon from starting: about a second. */
const AT_ONCE = 500;
/** Beside a daemon that works: some tens of milliseconds. */
const SMALL_BATCH = 20;

/**
 * Derives the logs again of the classes that a migration entered for it. A process that is killed leaves the rest to the
 * next one.
 */
export function catchUp(deps: CatchUpDeps, { mayWait = false }: CatchUpOptions = {}): void {
  if (mayWait && deps.logStore.awaitingCount() > AT_ONCE) return;
  let [classes, done] = [0, 0];
  do {
    done = deriveSome(deps, BATCH);
    classes += done;
  } while (done === BATCH);
  tell(deps, classes);
}

/** The same while other work goes on. A batch that cannot be stored is tried again. */
export async function catchUpBeside(
  deps: CatchUpDeps & { readonly clock: Clock; readonly database: Pick<Database, 'write' | 'whenFree'> },
  signal: AbortSignal,
): Promise<void> {
  const { clock, database, log } = deps;
  let [classes, isMore] = [0, true];
  while (isMore) {
    signal.throwIfAborted();
    await database.whenFree(clock, signal);
    try {
      const done = deriveSome(deps, SMALL_BATCH);
      classes += done;
      isMore = done === SMALL_BATCH;
      await clock.yield();
    } catch (err) {
      log.error({ err }, 'logs not derived again');
      await clock.sleep(MINUTE_MS, signal);
    }
  }
  tell(deps, classes);
}

/** @returns how many classes there were */
function deriveSome({ database, logStore, attendance }: CatchUpDeps, most: number): number {
  const classIds = logStore.awaitingRebuild(most);
  if (classIds.length === 0) return 0;
  database.write(() => {
    for (const classId of classIds) {
      attendance.rebuild(classId);
      logStore.rebuilt(classId);
    }
  });
  return classIds.length;
}

function tell({ log }: CatchUpDeps, classes: number): void {
  if (classes > 0) log.info({ classes }, 'logs derived again by the rules of this version');
}
