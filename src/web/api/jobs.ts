import { z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';

import { jobSchema, showJob, showUndoneJob, undoneJobSchema } from '../../render/json/job.ts';
import type { WebDeps } from '../deps.ts';
import { found, unlessRefused } from '../http/problem.ts';
import { createRoutes, json, type Router } from '../http/routes.ts';
import { idInput, reasonOnly } from '../http/schemas.ts';

const params = { id: idInput('a job') };

/** Proxies close a connection on which nothing is sent for about a minute. */
const HEARTBEAT_SECONDS = 15;

export function jobRoutes({ queries, actions, queue, log, clock }: WebDeps): Router {
  const { get, post, getOther, router } = createRoutes('jobs');

  get('/api/jobs/{id}', {
    operationId: 'getJob',
    summary: 'Shows a job',
    params,
    answer: json(jobSchema, 'The job.'),
    problems: [404],
    handle: ({ params: { id }, scope }) => showJob(found(queries.job(id), 'such job'), scope.names),
  });

  post('/api/jobs/{id}/undo', {
    operationId: 'undoJob',
    summary: 'Takes back what a job changed',
    description:
      'All of it in one step, for answers to many reviews. What was answered anew since stays. Each answer that is taken back is an entry of the audit log.',
    params,
    body: reasonOnly,
    answer: json(undoneJobSchema, 'The job, the review items that wait again, and the classes whose logs changed.'),
    problems: [404, 409],
    handle: ({ params: { id }, body: { reason }, actor, scope }) =>
      showUndoneJob(unlessRefused(actions.undoJob(id, { actor, reason })), scope.names),
  });

  getOther('/api/jobs/{id}/events', {
    operationId: 'watchJob',
    summary: 'Follows a job',
    description:
      'Server-sent events: `progress` with the job as it is, at once and at every change, then one `done`, whose `state` is done or failed, and the stream ends.',
    params,
    answers: { 200: { description: 'The events.', content: { 'text/event-stream': { schema: z.string() } } } },
    problems: [404],
    handle({ params: { id }, scope, c }) {
      found(queries.job(id), 'such job');
      const mask = scope.names;
      const closing = c.get('closing');
      return streamSSE(
        c,
        async (stream) => {
          const ended = Promise.withResolvers<void>();
          const stop = () => ended.resolve();
          let sent = 0;
          let over = false;
          // One message is written after the other, so that the events arrive in their order.
          let writing: Promise<unknown> = Promise.resolve();
          const send = (work: () => Promise<unknown>) => {
            writing = writing.then(work).catch(stop);
          };
          const tell = (job: Parameters<typeof showJob>[0]) => {
            if (over) return;
            over = job.state === 'done' || job.state === 'failed';
            sent += 1;
            const data = JSON.stringify(showJob(job, mask));
            const message = { id: String(sent), event: over ? 'done' : 'progress', data };
            send(() => stream.writeSSE(message));
            if (over) void writing.then(stop);
          };
          stream.onAbort(stop);
          closing.addEventListener('abort', stop, { once: true });
          using _heartbeat = clock.every(HEARTBEAT_SECONDS, 'UTC', () => send(() => stream.write(': still here\n\n')));
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
    },
  });

  return router;
}
