import { z } from 'zod';

import type { JobPlan } from '../../jobs/payloads.ts';
import type { AliasScope } from '../../ledger/attendance/review-store.ts';
import type { Job, JobStore } from '../../ledger/machine/job-store.ts';
import { certainAbsences } from '../../queries/reports/absences.ts';
import { invalid, refused, type Refused } from '../../refusal.ts';
import { audited, stop, type ByWithReason } from '../action.ts';
import { acceptReview, notAPerson } from './accept.ts';
import type { Answered, AnsweredBy, ReviewDeps } from './answer.ts';
import { ignoreReview } from './ignore.ts';
import { refuseReview } from './refuse.ts';
import { undoReview } from './undo.ts';

/** One answer for many items. */
export interface ReviewWish {
  readonly answer: 'accept' | 'refuse' | 'ignore';
  /** Who it is, or is not; left out: of each item who was suggested. */
  readonly userEmail?: string | undefined;
  readonly scope?: AliasScope | undefined;
}

export interface BulkDeps extends ReviewDeps {
  readonly jobStore: JobStore;
}

/**
 * Enters the job that answers many items. Asked for twice while it runs, it is one job. Each item is looked at when its
 * turn comes: what cannot be answered then, also because it is not there, is skipped, and the result says why.
 */
export function requestReview(
  { people, jobStore }: Pick<BulkDeps, 'people' | 'jobStore'>,
  ids: readonly number[],
  { answer, userEmail, scope }: ReviewWish,
  { actor, reason }: ByWithReason,
): { readonly kind: 'requested'; readonly job: Job } | Refused {
  if (userEmail !== undefined && people.byEmail(userEmail) === null) {
    return invalid([{ path: 'user_email', message: notAPerson(userEmail) }]);
  }
  const payload = {
    ids: [...new Set(ids)],
    answer,
    user_email: userEmail ?? null,
    scope: scope ?? null,
    actor,
    reason,
  };
  const plan: JobPlan = { kind: 'answer_review', payload };
  return { kind: 'requested', job: jobStore.enqueue({ ...plan, key: JSON.stringify(payload), actor }).job };
}

/** One of the answers of such a job. An item that the job has answered in an earlier run is left as it is. */
export function answerReview(
  deps: ReviewDeps,
  id: number,
  wish: ReviewWish,
  by: AnsweredBy & { readonly jobId: number },
): Answered | Refused {
  const item = deps.review.get(id);
  if (item?.jobId === by.jobId) {
    return { kind: 'answered', item, rebuiltClassIds: [], absences: certainAbsences(deps, [item.classId]) };
  }
  const { answer, userEmail, scope } = wish;
  switch (answer) {
    case 'accept':
      return acceptReview(deps, id, { userEmail, scope }, by);
    case 'refuse':
      return refuseReview(deps, id, { userEmail, scope }, by);
    case 'ignore':
      return ignoreReview(deps, id, { scope }, by);
    default:
      return answer satisfies never;
  }
}

/** What an undo asks of the result of such a job. */
const answeredSchema = z.object({ answered: z.array(z.int()) });

export interface UndoneJob {
  readonly kind: 'undone';
  readonly job: Job;
  /** The review items that wait again. */
  readonly itemIds: readonly number[];
  /** Those that it had answered and that stay as somebody left them since, ascending. */
  readonly keptIds: readonly number[];
  /** Classes whose logs changed, ascending. */
  readonly rebuiltClassIds: readonly number[];
}

/**
 * Takes back what a job changed, as a whole: all of it or nothing. What somebody answered anew since stays, and so does
 * what was taken back since.
 */
export function undoJob(deps: BulkDeps, id: number, by: ByWithReason): UndoneJob | Refused {
  const { jobStore, review } = deps;
  return audited(deps, by, (note) => {
    const before = jobStore.get(id) ?? stop(refused('not_found', `there is no job ${id}`));
    if (before.kind !== 'answer_review') {
      stop(refused('not_undoable', `job ${id} changed nothing that can be taken back: only answers to reviews can`));
    }
    if (before.state === 'queued' || before.state === 'running') {
      stop(refused('job_not_over', `job ${id} is ${before.state}: wait until it is done`));
    }
    if (before.undoneAt !== null) stop(refused('already_settled', `job ${id} was taken back before`));
    const rebuilt = new Set<number>();
    const itemIds: number[] = [];
    for (const item of review.answeredBy(id)) {
      const undone = undoReview(deps, item.id, { ...by, jobId: id });
      if (undone.kind === 'refused') continue;
      itemIds.push(item.id);
      for (const classId of undone.rebuiltClassIds) rebuilt.add(classId);
    }
    const job = jobStore.markUndone(id);
    itemIds.reverse();
    const keptIds = answeredSchema
      .parse(before.result ?? { answered: [] })
      .answered.filter((itemId) => !itemIds.includes(itemId))
      .sort((a, b) => a - b);
    const rebuiltClassIds = [...rebuilt].sort((a, b) => a - b);
    note({
      action: 'job.undo',
      subject: `job:${id}`,
      after: { item_ids: itemIds, kept_ids: keptIds, rebuilt_class_ids: rebuiltClassIds },
    });
    return { kind: 'undone', job, itemIds, keptIds, rebuiltClassIds };
  });
}
