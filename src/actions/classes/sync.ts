import { KEPT_MS } from '../../core/attendance/coverage-waits.ts';
import type { WindowMargins } from '../../core/schedule/class.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { Now } from '../../core/time/clock.ts';
import type { JobPlan } from '../../jobs/payloads.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { Job, JobStore } from '../../ledger/machine/job-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import type { By } from '../action.ts';
import { noClass } from './class-verb.ts';

/** What somebody wants to be read from Google now: one class, all classes that are on, or all since an instant. */
export type WantedRead =
  | { readonly of: 'class'; readonly classId: number }
  | { readonly of: 'active' }
  /** Epoch ms. */
  | { readonly of: 'past'; readonly since: number };

/** The job that reads it. Its payload is stored as it is. */
export type PlannedRead = JobPlan & { readonly key: string };

export interface ReadDeps {
  readonly classStore: Pick<ClassStore, 'get'>;
  readonly margins: WindowMargins;
  readonly clock: Now;
}

/** The job for a read, unless there is nothing to read. Stores nothing. */
export function planRead(deps: ReadDeps, wanted: WantedRead): PlannedRead | Refused {
  if (wanted.of === 'active') return { kind: 'sync_active', key: 'active', payload: {} };
  if (wanted.of === 'class') return planOfClass(deps, wanted.classId);
  // Google has deleted what is older.
  const since = Math.max(wanted.since, deps.clock.now() - KEPT_MS);
  return { kind: 'backfill', key: String(since), payload: { since } };
}

/**
 * Enters a planned read as a job, whose row says who asked. While a job for the same read waits or runs, no other is
 * entered: the answer is that one.
 */
export function requestRead(
  { jobStore }: { readonly jobStore: Pick<JobStore, 'enqueue'> },
  planned: PlannedRead,
  { actor }: By,
): Job {
  return jobStore.enqueue({ ...planned, actor }).job;
}

function planOfClass({ classStore, margins, clock }: ReadDeps, classId: number): PlannedRead | Refused {
  const found = classStore.get(classId);
  if (found === null) return noClass(classId);
  const opens = found.start - margins.beforeMs;
  if (clock.now() < opens) {
    return refused('class_not_started', `class ${classId} has not begun: ask from ${formatInstant(opens)} on`);
  }
  return { kind: 'sync_class', key: `class:${classId}`, payload: { class_id: classId } };
}
