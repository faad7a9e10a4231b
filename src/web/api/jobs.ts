import { z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';

import { jobSchema, showJob, showUndoneJob, undoneJobSchema } from '../../render/json/job.ts';
import type { Caller, WebDeps } from '../deps.ts';
import { found, HttpProblem, unlessRefused } from '../http/problem.ts';
import { createRoutes, json, type Router } from '../http/routes.ts';
import { idInput, reasonOnly } from '../http/schemas.ts';

const params = { id: idInput('a job') };

/** Proxies close a connection on which nothing is sent for about a minute. */
const HEARTBEAT_SECONDS = 15;

/** A caller follows so many jobs at once. */
const MOST_STREAMS = 10;

/** Counts the streams of each caller. */
function createStreams() {
  const open = new Map<string, number>();
  return {
    /** @throws a problem when the caller has as many as are allowed */
    begin({ role, label }: Caller): { end: () => void } {
      const who = `${role} ${label}`;
      const now = open.get(who) ?? 0;
      if (now >= MOST_STREAMS) {
        const detail = `this caller follows ${MOST_STREAMS} jobs already; end one of these streams first`;
        throw new HttpProblem(429, 'too_many_streams', detail, { headers: { 'retry-after': '5' } });
      }
      open.set(who, now + 1);
      return {
        end() {
          const left = (open.get(who) ?? 1) - 1;
          if (left === 0) open.delete(who);
          else open.set(who, left);
        },
      };
    },
  };
}

export function jobRoutes({ queries, actions, queue, log, clock }: WebDeps): Router {
  const { get, post, getOther, router } = createRoutes('jobs');
  const streams = createStreams();

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
      'Server-sent events: `progress` with the job as it is, at once and at every change, then one `done`, whose `state` is done or failed, and the stream ends. A caller may have 10 of them at once.',
    params,
    answers: { 200: { description: 'The events.', content: { 'text/event-stream': { schema: z.string() } } } },
    problems: [404],
    handle({ params: { id }, scope, caller, c }) {
      found(queries.job(id), 'such job');
      const counted = streams.begin(caller);
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
            counted.end();
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
