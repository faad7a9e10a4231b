import { z } from 'zod';

import { COVERAGES } from '../core/attendance/coverage-state.ts';
import { IDENTITY_SCOPES } from '../core/attendance/identity/knowledge.ts';

/** The payload of each kind of job, as it is stored. A new kind begins with a line here; `kinds.ts` must then handle it. */
export const PAYLOADS = {
  sync_class: z.object({ class_id: z.int() }),
  sync_active: z.object({}),
  /** Epoch ms. */
  backfill: z.object({ since: z.int() }),
  /** The logs that know no later version of the settings; starts of classes in epoch ms. */
  rebuild_logs: z.object({ since_version: z.int(), from: z.int().nullable(), to: z.int().nullable() }),
  /** One answer for many review items. */
  answer_review: z.object({
    ids: z.array(z.int()),
    answer: z.enum(['accept', 'refuse', 'ignore']),
    user_email: z.string().nullable(),
    scope: z.enum(IDENTITY_SCOPES).nullable(),
    actor: z.string(),
    reason: z.string(),
  }),
};

export type JobKind = keyof typeof PAYLOADS;

/** A kind with the payload that it takes. */
export type JobPlan = {
  readonly [Kind in JobKind]: { readonly kind: Kind; readonly payload: z.infer<(typeof PAYLOADS)[Kind]> };
}[JobKind];

const toldLog = z
  .object({
    status: z.string(),
    provisional: z.boolean(),
    join_time: z.string().nullable(),
    leave_time: z.string().nullable(),
    duration_seconds: z.int(),
    devices: z.int(),
    /** So many participant sessions of Google that its minutes stand on. */
    sessions: z.int(),
    /** By what the person was recognised; null: nobody was. */
    identity: z.string().nullable(),
    flags: z.array(z.string()),
  })
  .nullable();

/** Somebody's log before and after a read; null: there was or is none. */
export const logChangeSchema = z.object({ user_email: z.string().nullable(), before: toldLog, after: toldLog });

/** What came of reading a class: the result of a job of kind `sync_class`. */
export const classReadSchema = z.object({
  class_id: z.int(),
  session_id: z.int(),
  coverage: z.enum(COVERAGES),
  records: z.int(),
  participants: z.int(),
  logs: z.int(),
  /** Any log. */
  changed: z.boolean(),
  /** Left out where so many classes are read that the list would be too long. */
  changes: z.array(logChangeSchema).optional(),
  error: z.string().nullable(),
});

/** The result of a job of kind `answer_review`. */
export const reviewAnsweredSchema = z.object({
  answered: z.array(z.int()),
  /** Items that could not be answered, and why: an answer before it may have settled them, or there is no such item. */
  skipped: z.array(z.object({ id: z.int(), code: z.string(), message: z.string() })),
  rebuilt_class_ids: z.array(z.int()),
  /** People whose absence is certain since, each class once. */
  absent: z.array(z.object({ class_id: z.int(), user_email: z.string() })),
});

/** The result of the jobs that read several classes. */
export const classesReadSchema = z.object({
  classes: z.int(),
  /** Not tried, because their organiser cannot be read now. */
  skipped: z.int(),
  failed: z.int(),
  results: z.array(classReadSchema),
});
