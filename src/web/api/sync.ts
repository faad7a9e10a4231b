import { z } from '@hono/zod-openapi';

import type { WantedRead } from '../../actions/classes/sync.ts';
import { SECOND_MS } from '../../core/time/duration.ts';
import { maskResult } from '../../render/json/job.ts';
import type { WebDeps } from '../deps.ts';
import { HttpProblem, unlessRefused } from '../http/problem.ts';
import { createRoutes, json, type Asker, type Router } from '../http/routes.ts';
import { idInput } from '../http/schemas.ts';

const startedJob = z.object({ job_id: z.int(), status_url: z.string() }).openapi('StartedJob');
const finishedJob = z
  .looseObject({ job_id: z.int(), status_url: z.string() })
  .openapi('FinishedJob', { description: 'The result of the job.', additionalProperties: true });

/** What both routes have in common. */
const reading = {
  description: 'Asked for twice while it runs, it is one job.',
  headers: {
    prefer: z.string().optional().openapi({
      description: '`wait=N` answers with the result when it is there within N seconds, 60 at most.',
      example: 'wait=10',
    }),
  },
  answers: {
    200: json(finishedJob, 'The job was waited for and is done.'),
    202: json(startedJob, 'The job runs; follow it at `status_url`.'),
  },
};

const LONGEST_WAIT_S = 60;

export function syncRoutes({ actions, queue }: WebDeps): Router {
  const { postOther, router } = createRoutes('monitoring');

  const sync = async (wanted: WantedRead, { actor, scope: { names }, c }: Asker) => {
    const planned = unlessRefused(actions.planRead(wanted));
    const { id } = actions.requestRead(planned, { actor });
    queue.wake();
    const started = { job_id: id, status_url: `/api/jobs/${id}` };
    const wait = preferredWait(c.req.header('prefer'));
    if (wait === null) return c.json(started, 202);
    c.header('preference-applied', `wait=${wait}`);
    const enough = AbortSignal.any([c.req.raw.signal, c.get('closing')]);
    const job = await queue.waitFor(id, wait * SECOND_MS, enough).catch((err: unknown) => {
      if (enough.aborted) return null;
      throw err;
    });
    if (job?.state === 'failed') {
      const why = names.message(job.lastError) ?? 'the job failed';
      throw new HttpProblem(502, 'job_failed', `${why}; see ${started.status_url}`);
    }
    return job?.state === 'done'
      ? c.json({ ...maskResult(job.result ?? {}, names), ...started }, 200)
      : c.json(started, 202);
  };

  postOther('/monitoring/sync-participants/{class_id}', {
    operationId: 'syncClass',
    summary: 'Reads a class from Google now',
    ...reading,
    params: { class_id: idInput('a class') },
    problems: [404, 409, 502],
    handle: ({ params: { class_id: classId }, ...asked }) => sync({ of: 'class', classId }, asked),
  });

  postOther('/monitoring/sync-all-active', {
    operationId: 'syncAllActive',
    summary: 'Reads all classes that are on from Google now',
    ...reading,
    problems: [502],
    handle: (asked) => sync({ of: 'active' }, asked),
  });

  return router;
}

/** `wait=N` of a Prefer header (RFC 7240), in seconds. */
function preferredWait(header: string | undefined): number | null {
  const wanted = /(?:^|[\s,;])wait\s*=\s*"?(\d{1,9})"?(?=$|[\s,;])/i.exec(header ?? '')?.[1];
  return wanted === undefined ? null : Math.min(LONGEST_WAIT_S, Number(wanted));
}
