import { createRoute, z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import type { WebDeps } from '../deps.ts';
import { bearerAuth, createRouter, json, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { instant, instantOrNull } from '../http/schemas.ts';
import { scopeOf } from '../scope.ts';

const count = z.record(z.string(), z.int());

const statusSchema = z
  .object({
    time: instant,
    started_time: instant,
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
      .openapi({ description: 'The accounts that Google is read as, unmasked: they are what an operator mends.' }),
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
    clock_skew_ms: z.number().nullable().openapi({ description: "Google's clock minus ours, as far as it was seen." }),
    open_reviews: z.int(),
  })
  .openapi('Status');

const status = createRoute({
  method: 'get',
  path: '/monitoring/status',
  operationId: 'getStatus',
  summary: 'Shows whether evidence is captured, and what is owed',
  tags: ['monitoring'],
  security: bearerAuth,
  responses: { 200: json(statusSchema, 'The state of the daemon.'), ...problems() },
});

const SHOWN_DEBT = 100;
/** Google deletes conference records so long after the call. */
const KEPT_MS = 30 * 24 * 60 * 60_000;

export function statusRoutes(deps: WebDeps): Router {
  const { clock, health, loops, passes, sessionStore, jobs, review, meetStatus } = deps;
  const router = createRouter();
  router.openapi(status, (c) => {
    const mask = scopeOf(c.get('caller')).names;
    const { startedAt, writable, problem } = health();
    const { organizers, callsLastMinute, perMinuteLimit, clockSkewMs } = meetStatus();
    const jobCounts = jobs.counts();
    return c.json(
      {
        time: formatInstant(clock.now()),
        started_time: formatInstant(startedAt),
        ledger: { writable, problem },
        loops: loops.map(({ name, everySeconds, isRunning, nextRunAt }) => {
          const last = passes.get(name);
          return {
            name,
            every_seconds: everySeconds,
            running: isRunning,
            last_started_time: instantOrNull(last?.startedAt ?? null),
            last_finished_time: instantOrNull(last?.finishedAt ?? null),
            last_succeeded_time: instantOrNull(last?.succeededAt ?? null),
            last_summary: last?.summary ?? null,
            error: last?.error ?? null,
            next_run_time: instantOrNull(nextRunAt),
          };
        }),
        organizers: organizers.map(({ organizer, circuit, lastSuccessAt, lastFailure, callsLastMinute: calls }) => ({
          email: organizer,
          circuit,
          last_success_time: instantOrNull(lastSuccessAt),
          last_error: lastFailure,
          calls_last_minute: calls,
        })),
        coverage: sessionStore.counts(),
        quota: { calls_last_minute: callsLastMinute, limit: perMinuteLimit },
        queue: jobCounts,
        debt: sessionStore.debt(SHOWN_DEBT).map((session) => ({
          class_id: session.classId,
          session_id: session.id,
          coverage: session.coverage,
          end_time: formatInstant(session.classEnd),
          organizer_email: mask.who(session.organizerEmail),
          reason: mask.message(session.lastError),
          attempts: session.attempts,
          next_attempt_time: instantOrNull(session.nextAttemptAt),
          deadline_time: formatInstant(session.classEnd + KEPT_MS),
        })),
        clock_skew_ms: clockSkewMs,
        open_reviews: review.countOpen(),
      },
      200,
    );
  });
  return router;
}
