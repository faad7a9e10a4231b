import { z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import type { Status } from '../../queries/status.ts';
import { instant, instantOrNull } from './fields.ts';
import type { Mask } from './mask.ts';

const count = z.record(z.string(), z.int());

export const statusSchema = z
  .object({
    time: instant,
    started_time: instant,
    ready: z.boolean().openapi({ description: 'Evidence is captured, as `/readyz` says.' }),
    not_ready: z
      .array(
        z.object({
          reason: z.enum(['ledger', 'loop_failed', 'loop_late', 'nothing_read', 'unread', 'refused']),
          message: z.string(),
          class_ids: z.array(z.int()),
          organizers: z.array(z.string()),
        }),
      )
      .openapi({ description: 'Why evidence may be lost now, with the live classes and their organisers.' }),
    ledger: z.object({ writable: z.boolean(), problem: z.string().nullable() }),
    loops: z.array(
      z.object({
        name: z.string(),
        every_seconds: z.number(),
        running: z.boolean(),
        last_started_time: instant.nullable(),
        last_finished_time: instant.nullable(),
        last_succeeded_time: instant.nullable(),
        last_summary: z.record(z.string(), z.unknown()).nullable(),
        error: z.string().nullable(),
        next_run_time: instant.nullable(),
      }),
    ),
    organizers: z
      .array(
        z.object({
          email: z.string(),
          circuit: z.enum(['closed', 'half_open', 'open']),
          last_success_time: instant.nullable(),
          last_error: z.string().nullable(),
          calls_last_minute: z.int(),
        }),
      )
      .openapi({ description: 'The accounts that Google is read as.' }),
    call_listings: z
      .array(
        z.object({
          organizer_email: z.string(),
          last_listed_time: instant.nullable(),
          last_attempt_time: instant,
          next_attempt_time: instant,
          last_error: z.string().nullable(),
        }),
      )
      .openapi({
        description:
          'Whose calls without a class are listed, when that last found out about all of them, and why it did not since.',
      }),
    coverage: count.openapi({ description: 'Sessions by coverage.' }),
    quota: z.object({ calls_last_minute: z.int(), limit: z.int() }),
    queue: z.object({ queued: z.int(), running: z.int(), done: z.int(), failed: z.int() }),
    debt: z
      .array(
        z.object({
          class_id: z.int(),
          session_id: z.int(),
          coverage: z.string(),
          end_time: instant,
          organizer_email: z.string(),
          reason: z.string().nullable(),
          attempts: z.int(),
          next_attempt_time: instant.nullable(),
          deadline_time: instant,
        }),
      )
      .openapi({
        description:
          'Ended classes without final coverage, the oldest first; Google deletes its records at the deadline.',
      }),
    unwatched: z.int().openapi({ description: 'Classes that have begun and that no pass has looked at yet.' }),
    clock_skew_ms: z.number().nullable().openapi({ description: "Google's clock minus ours, as far as it was seen." }),
    open_reviews: z.int(),
    logs_to_derive: z.int().openapi({
      description: 'Classes whose logs are still to be derived again by the rules of this version, after an upgrade.',
    }),
  })
  .openapi('Status');

/**
 * @param names shows or hides people, but for organisers of classes: who watches the machine mends their access. A teacher whose
 *   calls are listed by delegation is none
 */
export function showStatus(status: Status, names: Mask) {
  const { google, ledger, coverage, jobs, classOrganizers } = status;
  const account = (email: string): string => (classOrganizers.has(email.toLowerCase()) ? email : names.who(email));
  return {
    time: formatInstant(status.now),
    started_time: instantOrNull(status.startedAt),
    ready: status.unready.length === 0,
    not_ready: status.unready.map(({ reason, message, classIds, organizers }) => ({
      reason,
      message,
      class_ids: classIds,
      organizers,
    })),
    ledger,
    loops: status.loops.map(({ name, state, last, error }) => ({
      name,
      every_seconds: state?.everySeconds ?? null,
      running: state?.isRunning ?? null,
      last_started_time: instantOrNull(last?.startedAt ?? null),
      last_finished_time: instantOrNull(last?.finishedAt ?? null),
      last_succeeded_time: instantOrNull(last?.succeededAt ?? null),
      last_summary: last?.summary ?? null,
      error: names.message(error),
      next_run_time: instantOrNull(state?.nextRunAt ?? null),
    })),
    organizers: google.organizers.map(({ organizer, circuit, lastSuccessAt, lastFailure, callsLastMinute: calls }) => ({
      email: account(organizer),
      circuit,
      last_success_time: instantOrNull(lastSuccessAt),
      last_error: names.message(lastFailure, account(organizer)),
      calls_last_minute: calls,
    })),
    call_listings: status.callListings.map((listing) => ({
      organizer_email: account(listing.organizerEmail),
      last_listed_time: instantOrNull(listing.listedAt),
      last_attempt_time: formatInstant(listing.triedAt),
      next_attempt_time: formatInstant(listing.nextAttemptAt),
      last_error: names.message(listing.lastError, account(listing.organizerEmail)),
    })),
    coverage,
    quota: { calls_last_minute: google.callsLastMinute, limit: google.perMinuteLimit },
    queue: jobs,
    debt: status.debt.map((session) => ({
      class_id: session.classId,
      session_id: session.id,
      coverage: session.coverage,
      end_time: formatInstant(session.classEnd),
      organizer_email: session.organizerEmail,
      reason: names.message(session.lastError, session.organizerEmail),
      attempts: session.attempts,
      next_attempt_time: instantOrNull(session.nextAttemptAt),
      deadline_time: formatInstant(session.deadline),
    })),
    unwatched: status.unwatched,
    clock_skew_ms: google.clockSkewMs,
    open_reviews: status.openReviews,
    logs_to_derive: status.toDerive,
  };
}
