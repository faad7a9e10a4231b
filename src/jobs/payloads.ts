import { z } from 'zod';

import { COVERAGES } from '../core/attendance/coverage-state.ts';

/** The payload of each kind of job, as it is stored. A new kind begins with a line here; `kinds.ts` must then handle it. */
export const PAYLOADS = {
  sync_class: z.object({ class_id: z.int() }),
  sync_active: z.object({}),
  /** Epoch ms. */
  backfill: z.object({ since: z.int() }),
  /** The logs that know no later version of the settings; starts of classes in epoch ms. */
  rebuild_logs: z.object({ since_version: z.int(), from: z.int().nullable(), to: z.int().nullable() }),
};

export type JobKind = keyof typeof PAYLOADS;

/** A kind with the payload that it takes. */
export type JobPlan = {
  readonly [Kind in JobKind]: { readonly kind: Kind; readonly payload: z.infer<(typeof PAYLOADS)[Kind]> };
}[JobKind];

/** What came of reading a class: the result of a job of kind `sync_class`. */
export const classReadSchema = z.object({
  class_id: z.int(),
  session_id: z.int(),
  coverage: z.enum(COVERAGES),
  records: z.int(),
  participants: z.int(),
  logs: z.int(),
  /** The coverage. */
  changed: z.boolean(),
  error: z.string().nullable(),
});

/** The result of the jobs that read several classes. */
export const classesReadSchema = z.object({
  classes: z.int(),
  /** Not tried, because their organiser cannot be read now. */
  skipped: z.int(),
  failed: z.int(),
  results: z.array(classReadSchema),
});
