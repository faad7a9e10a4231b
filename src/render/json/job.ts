import { z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import type { Job } from '../../ledger/machine/job-store.ts';
import { instant, instantOrNull } from './fields.ts';
import type { Mask } from './mask.ts';

export const jobSchema = z
  .object({
    job_id: z.int(),
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    progress: z.object({ done: z.int(), total: z.int() }),
    result: z.record(z.string(), z.unknown()).nullable(),
    error: z.string().nullable(),
    created_time: instant,
    finished_time: instant.nullable(),
    undone_time: instant.nullable().openapi({ description: 'When what it changed was taken back.' }),
  })
  .openapi('Job');
export function showJob(job: Job, mask: Mask): z.infer<typeof jobSchema> {
  const { result } = job;
  return {
    job_id: job.id,
    kind: job.kind,
    state: job.state,
    progress: { done: job.progressDone, total: job.progressTotal },
    result: result === null ? null : maskResult(result, mask),
    error: mask.message(job.lastError),
    created_time: formatInstant(job.createdAt),
    finished_time: instantOrNull(job.finishedAt),
    undone_time: instantOrNull(job.undoneAt),
  };
}

/** The result of a job with its addresses masked: it holds messages of Google, which may contain some. */
export function maskResult(result: Record<string, unknown>, mask: Mask): Record<string, unknown> {
  const masked: unknown = JSON.parse(JSON.stringify(result), (_key, value: unknown) =>
    typeof value === 'string' ? mask.message(value) : value,
  );
  return masked as Record<string, unknown>;
}

export const undoneJobSchema = z
  .object({
    job: jobSchema,
    review_ids: z.array(z.int()).openapi({ description: 'The items that wait again.' }),
    kept_ids: z.array(z.int()).openapi({
      description: 'Items that the job answered and that stay, because somebody undid or answered them anew since.',
    }),
    rebuilt_class_ids: z.array(z.int()),
  })
  .openapi('UndoneJob');

export function showUndoneJob(
  undone: {
    readonly job: Job;
    readonly itemIds: readonly number[];
    readonly keptIds: readonly number[];
    readonly rebuiltClassIds: readonly number[];
  },
  mask: Mask,
): z.infer<typeof undoneJobSchema> {
  return {
    job: showJob(undone.job, mask),
    review_ids: [...undone.itemIds],
    kept_ids: [...undone.keptIds],
    rebuilt_class_ids: [...undone.rebuiltClassIds],
  };
}
