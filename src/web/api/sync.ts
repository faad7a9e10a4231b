import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import type { WantedRead } from '../../actions/classes/sync.ts';
import { SECOND_MS } from '../../core/time/duration.ts';
import { maskResult } from '../../render/json/job.ts';
import type { AppEnv, WebDeps } from '../deps.ts';
import { HttpProblem } from '../http/problem.ts';
import { unlessRefused } from '../http/refusal.ts';
import { bearerAuth, createRouter, json, problems, type Router } from '../http/router.ts';
import { idInput } from '../http/schemas.ts';
import { scopeOf } from '../scope.ts';

const startedJob = z.object({ job_id: z.int(), status_url: z.string() }).openapi('StartedJob');
const finishedJob = z
  .looseObject({ job_id: z.int(), status_url: z.string() })
  .openapi('FinishedJob', { description: 'The result of the job.', additionalProperties: true });

const headers = z.object({
  prefer: z.string().optional().openapi({
    description: '`wait=N` answers with the result when it is there within N seconds, 60 at most.',
    example: 'wait=10',
  }),
});
const shared = { method: 'post' as const, tags: ['monitoring'], security: bearerAuth };
const description = 'Asked for twice while it runs, it is one job.';
const answers = {
  200: json(finishedJob, 'The job was waited for and is done.'),
  202: json(startedJob, 'The job runs; follow it at `status_url`.'),
};

const syncClass = createRoute({
  ...shared,
  path: '/monitoring/sync-participants/{class_id}',
  operationId: 'syncClass',
  summary: 'Reads a class from Google now',
  description,
  request: { params: z.object({ class_id: idInput('a class') }), headers },
  responses: { ...answers, ...problems(400, 404, 409, 502) },
});

const syncActive = createRoute({
  ...shared,
  path: '/monitoring/sync-all-active',
  operationId: 'syncAllActive',
  summary: 'Reads all classes that are on from Google now',
  description,
  request: { headers },
  responses: { ...answers, ...problems(400, 502) },
});

const LONGEST_WAIT_S = 60;

export function syncRoutes({ actions, queue }: WebDeps): Router {
  const router = createRouter();

  const waited = async (c: Context<AppEnv>, id: number, ms: number) => {
    const enough = AbortSignal.any([c.req.raw.signal, c.get('closing')]);
    try {
      return await queue.waitFor(id, ms, enough);
    } catch (err) {
      if (enough.aborted) return null;
      throw err;
    }
  };

  const sync = async (c: Context<AppEnv>, wanted: WantedRead) => {
    const { id } = unlessRefused(actions.requestRead(wanted, { actor: c.get('caller').label }));
    queue.wake();
    const started = { job_id: id, status_url: `/api/jobs/${id}` };
    const wait = preferredWait(c.req.header('prefer'));
    if (wait === null) return c.json(started, 202);
    c.header('preference-applied', `wait=${wait}`);
    const job = await waited(c, id, wait * SECOND_MS);
    const { names } = scopeOf(c.get('caller'));
    if (job?.state === 'failed') {
      const why = names.message(job.lastError) ?? 'the job failed';
      throw new HttpProblem(502, 'job_failed', `${why}; see ${started.status_url}`);
    }
    return job?.state === 'done'
      ? c.json({ ...maskResult(job.result ?? {}, names), ...started }, 200)
      : c.json(started, 202);
  };

  router.openapi(syncClass, (c) => sync(c, { of: 'class', classId: c.req.valid('param').class_id }));
  router.openapi(syncActive, (c) => sync(c, { of: 'active' }));

  return router;
}

/** `wait=N` of a Prefer header (RFC 7240), in seconds. */
function preferredWait(header: string | undefined): number | null {
  const wanted = /(?:^|[\s,;])wait\s*=\s*"?(\d{1,9})"?(?=$|[\s,;])/i.exec(header ?? '')?.[1];
  return wanted === undefined ? null : Math.min(LONGEST_WAIT_S, Number(wanted));
}
