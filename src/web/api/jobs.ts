import { createRoute, z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';

import { formatInstant } from '../../core/time/calendar.ts';
import type { Job } from '../../ledger/machine/job-store.ts';
import { instant, instantOrNull } from '../../render/json/instant.ts';
import type { Mask } from '../../render/json/mask.ts';
import type { WebDeps } from '../deps.ts';
import { notFound } from '../http/problem.ts';
import { bearerAuth, createRouter, json, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { idInput } from '../http/schemas.ts';
import { scopeOf } from '../scope.ts';

const jobSchema = z
  .object({
    job_id: z.int(),
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    progress: z.object({ done: z.int(), total: z.int() }),
    result: z.record(z.string(), z.unknown()).nullable(),
    error: z.string().nullable(),
    created_time: instant,
    finished_time: instant.nullable(),
  })
  .openapi('Job');
const params = z.object({ id: idInput('a job') });

const detail = createRoute({
  method: 'get',
  path: '/api/jobs/{id}',
  operationId: 'getJob',
  summary: 'Shows a job',
  tags: ['jobs'],
  security: bearerAuth,
  request: { params },
  responses: { 200: json(jobSchema, 'The job.'), ...problems(400, 404) },
});

const events = createRoute({
  method: 'get',
  path: '/api/jobs/{id}/events',
  operationId: 'watchJob',
  summary: 'Follows a job',
  description:
    'Server-sent events: `progress` with the job as it is, at once and at every change, then one `done`, whose `state` is done or failed, and the stream ends.',
  tags: ['jobs'],
  security: bearerAuth,
  request: { params },
  responses: {
    200: { description: 'The events.', content: { 'text/event-stream': { schema: z.string() } } },
    ...problems(400, 404),
  },
});

/** Proxies close a connection that says nothing for a minute or so. */
const HEARTBEAT_SECONDS = 15;

export function jobRoutes({ queries, queue, log, clock }: WebDeps): Router {
  const router = createRouter();

  router.openapi(detail, (c) => {
    const { id } = c.req.valid('param');
    const job = queries.job(id);
    if (job === null) throw notFound(`job ${id}`);
    return c.json(showJob(job, scopeOf(c.get('caller')).names), 200);
  });

  router.openapi(events, (c) => {
    const { id } = c.req.valid('param');
    if (queries.job(id) === null) throw notFound(`job ${id}`);
    const mask = scopeOf(c.get('caller')).names;
    const closing = c.get('closing');
    return streamSSE(
      c,
      async (stream) => {
        const ended = Promise.withResolvers<void>();
        let sent = 0;
        let over = false;
        // One after the other: the events of a job arrive in its order.
        let writing = Promise.resolve();
        const write = (work: () => Promise<unknown>) => {
          writing = writing.then(work).then(
            () => undefined,
            () => ended.resolve(),
          );
        };
        const tell = (job: Job) => {
          if (over) return;
          over = job.state === 'done' || job.state === 'failed';
          sent += 1;
          const message = {
            id: String(sent),
            event: over ? 'done' : 'progress',
            data: JSON.stringify(showJob(job, mask)),
          };
          write(() => stream.writeSSE(message));
          if (over) void writing.then(ended.resolve);
        };
        const stop = () => ended.resolve();
        stream.onAbort(stop);
        closing.addEventListener('abort', stop, { once: true });
        using _heartbeat = clock.every(HEARTBEAT_SECONDS, 'UTC', () => write(() => stream.write(': still here\n\n')));
        const unsubscribe = queue.subscribe(id, tell);
        try {
          const now = queries.job(id);
          if (now !== null) tell(now);
          if (!closing.aborted) await ended.promise;
        } finally {
          unsubscribe();
          closing.removeEventListener('abort', stop);
        }
      },
      (err) => {
        log.warn({ err, job: id }, 'events of a job broke off');
        return Promise.resolve();
      },
    );
  });

  return router;
}

function showJob(job: Job, mask: Mask): z.infer<typeof jobSchema> {
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
  };
}

/** The result of a job holds what Google said, which may name somebody. */
export function maskResult(result: Record<string, unknown>, mask: Mask): Record<string, unknown> {
  const masked: unknown = JSON.parse(JSON.stringify(result), (_key, value: unknown) =>
    typeof value === 'string' ? mask.message(value) : value,
  );
  return masked as Record<string, unknown>;
}
