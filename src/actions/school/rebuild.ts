import { judgedAnew, type JudgedAnewDeps, type Stale } from '../../capture/judged-anew.ts';
import type { Attendance } from '../../capture/rebuild.ts';
import type { Job, JobStore } from '../../ledger/machine/job-store.ts';

export interface RebuildDeps extends JudgedAnewDeps {
  readonly attendance: Pick<Attendance, 'rebuild'>;
  readonly jobStore: Pick<JobStore, 'enqueue'>;
}

/** The logs that follow a change of the rules. */
export interface RebuiltLogs {
  /** How many classes the rules judge anew. */
  readonly classes: number;
  /** What rebuilds them; null: they are rebuilt. */
  readonly job: Job | null;
}

/** Rebuilt at once, some milliseconds each; more of them are a job. */
const AT_ONCE = 100;

/** Rebuilds the logs of the classes that the rules judge anew, or enters the job that does. Joins a transaction. */
export function rebuildJudgedAnew(deps: RebuildDeps, stale: Stale, actor: string): RebuiltLogs {
  const classIds = judgedAnew(deps, stale);
  if (classIds.length <= AT_ONCE) {
    for (const classId of classIds) deps.attendance.rebuild(classId);
    return { classes: classIds.length, job: null };
  }
  const { sinceVersion, from, to } = stale;
  const { job } = deps.jobStore.enqueue({
    kind: 'rebuild_logs',
    key: JSON.stringify(stale),
    payload: { since_version: sinceVersion, from, to },
    actor,
  });
  return { classes: classIds.length, job };
}
