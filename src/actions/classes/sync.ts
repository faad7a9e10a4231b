import { KEPT_MS } from '../../core/attendance/coverage.ts';
import type { WindowMargins } from '../../core/schedule/class.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { Now } from '../../core/time/clock.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { Job, JobStore } from '../../ledger/machine/job-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { noClass } from './schedule-change.ts';

/** A job that reads Google now. Its payload is stored as it is. */
export type ReadRequest = { readonly key: string } & (
  | { readonly kind: 'sync_class'; readonly payload: { readonly class_id: number } }
  | { readonly kind: 'sync_active'; readonly payload: Readonly<Record<string, never>> }
  | { readonly kind: 'backfill'; readonly payload: { readonly since: number } }
);

export interface SyncDeps {
  readonly classStore: Pick<ClassStore, 'get'>;
  readonly jobStore: Pick<JobStore, 'enqueue'>;
  readonly margins: WindowMargins;
  readonly clock: Now;
}

/** The read of one class, unless there is nothing to read for it. */
export function syncOfClass({ classStore, margins, clock }: SyncDeps, classId: number): ReadRequest | Refused {
  const found = classStore.get(classId);
  if (found === null) return noClass(classId);
  if (found.status === 'canceled') {
    return refused('class_canceled', `class ${classId} is canceled: there is nothing to read for it`);
  }
  const opens = found.start - margins.beforeMs;
  if (clock.now() < opens) {
    return refused('class_not_started', `class ${classId} has not begun: ask from ${formatInstant(opens)} on`);
  }
  return { kind: 'sync_class', key: `class:${classId}`, payload: { class_id: classId } };
}

/** The read of all classes that are on. */
export const syncOfActive: ReadRequest = { kind: 'sync_active', key: 'active', payload: {} };

/**
 * The read of everything since an instant, no further back than Google remembers.
 *
 * @param since epoch ms
 */
export function backfillSince({ clock }: Pick<SyncDeps, 'clock'>, since: number): ReadRequest {
  const from = Math.max(since, clock.now() - KEPT_MS);
  return { kind: 'backfill', key: String(from), payload: { since: from } };
}

/** Enters a read as a job; asking twice is asking once. The job's row tells who asked. */
export function enterRead({ jobStore }: Pick<SyncDeps, 'jobStore'>, request: ReadRequest, actor: string): Job {
  return jobStore.enqueue({ ...request, actor }).job;
}
