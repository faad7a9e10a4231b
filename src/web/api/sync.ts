import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import { SECOND_MS } from '../../core/time/duration.ts';
import { syncOfActive } from '../../actions/classes/sync.ts';
import type { ReadRequest } from '../../actions/classes/sync.ts';
import type { Job } from '../../ledger/machine/job-store.ts';
import type { Refused } from '../../refusal.ts';
import type { AppEnv, WebDeps } from '../deps.ts';
import { HttpProblem } from '../http/problem.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, createRouter, json, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { idInput } from '../http/schemas.ts';
import { scopeOf } from '../scope.ts';
import { maskResult } from './jobs.ts';

const started = z.object({ job_id: z.int(), status_url: z.string() }).openapi('StartedJob');
const finished = z
  .looseObject({ job_id: z.int(), status_url: z.string() })
  .openapi('FinishedJob', { description: 'The result of the job.', additionalProperties: true });

const headers = z.object({
  prefer: z.string().optional().openapi({
    description: '`wait=N` answers with the result when it is there within N seconds, 60 at most.',
    example: 'wait=10',
  }),
});
const responses = {
  200: json(finished, 'The job was waited for and is done.'),
  202: json(started, 'The job runs; follow it at `status_url`.'),
};

const syncClass = createRoute({
  method: 'post',
  path: '/monitoring/sync-participants/{class_id}',
  operationId: 'syncClass',
  summary: 'Reads a class from Google now',
  description: 'Asked for twice while it runs, it is one job.',
  tags: ['monitoring'],
  security: bearerAuth,
  request: { params: z.object({ class_id: idInput('a class') }), headers },
  responses: { ...responses, ...problems(400, 404, 409, 502) },
});

const syncActive = createRoute({
  method: 'post',
  path: '/monitoring/sync-all-active',
  operationId: 'syncAllActive',
  summary: 'Reads all classes that are on from Google now',
  description: 'Asked for twice while it runs, it is one job.',
  tags: ['monitoring'],
  security: bearerAuth,
  request: { headers },
  responses: { ...responses, ...problems(400, 502) },
});

const LONGEST_WAIT_S = 60;

export function syncRoutes({ actions, queue }: WebDeps): Router {
  const router = createRouter();

  const start = async (c: Context<AppEnv>, request: ReadRequest | Refused) => {
    if (request.kind === 'refused') throw refusal(request);
    const entered = actions.enterRead(request, c.get('caller').label);
    queue.wake();
    const status_url = `/api/jobs/${entered.id}`;
    const wait = preferredWait(c.req.header('prefer'));
    if (wait !== null) c.header('preference-applied', `wait=${wait}`);
    const seen = wait === null ? null : await waited(c, entered.id, wait * SECOND_MS);
    if (seen?.state === 'failed') {
      throw new HttpProblem(
        502,
        'job_failed',
        `${scopeOf(c.get('caller')).names.message(seen.lastError) ?? 'the job failed'}; see ${status_url}`,
      );
    }
    return { job_id: entered.id, status_url, result: seen?.state === 'done' ? (seen.result ?? {}) : null };
  };

  const waited = async (c: Context<AppEnv>, id: number, ms: number): Promise<Job | null> => {
    const enough = AbortSignal.any([c.req.raw.signal, c.get('closing')]);
    try {
      return await queue.waitFor(id, ms, enough);
    } catch (err) {
      if (enough.aborted) return null;
      throw err;
    }
  };

  router.openapi(syncClass, async (c) => {
    const { class_id: id } = c.req.valid('param');
    const { result, ...job } = await start(c, actions.syncOfClass(id));
    return result === null
      ? c.json(job, 202)
      : c.json({ ...maskResult(result, scopeOf(c.get('caller')).names), ...job }, 200);
  });

  router.openapi(syncActive, async (c) => {
    const { result, ...job } = await start(c, syncOfActive);
    return result === null
      ? c.json(job, 202)
      : c.json({ ...maskResult(result, scopeOf(c.get('caller')).names), ...job }, 200);
  });

  return router;
}

/** `wait=N` of a Prefer header (RFC 7240), in seconds. */
function preferredWait(header: string | undefined): number | null {
  const wanted = /(?:^|[\s,;])wait\s*=\s*"?(\d{1,9})"?(?=$|[\s,;])/i.exec(header ?? '')?.[1];
  return wanted === undefined ? null : Math.min(LONGEST_WAIT_S, Number(wanted));
}
