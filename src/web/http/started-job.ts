import { z } from '@hono/zod-openapi';

import { SECOND_MS } from '../../core/time/duration.ts';
import { maskResult } from '../../render/json/job.ts';
import type { WebDeps } from '../deps.ts';
import { HttpProblem } from './problem.ts';
import { json, type Asker } from './routes.ts';

const startedJob = z.object({ job_id: z.int(), status_url: z.string() }).openapi('StartedJob');
const finishedJob = z
  .looseObject({ job_id: z.int(), status_url: z.string() })
  .openapi('FinishedJob', { description: 'The result of the job.', additionalProperties: true });

/** What the routes that start a job have in common. */
export const startsJob = {
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

/** The answer of a route that entered a job: at once, or when the job is done within the time that was asked for. */
export async function answerWithJob(
  { queue }: Pick<WebDeps, 'queue'>,
  id: number,
  { scope: { names }, c }: Pick<Asker, 'scope' | 'c'>,
) {
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
}

/** `wait=N` of a Prefer header (RFC 7240), in seconds. */
function preferredWait(header: string | undefined): number | null {
  const wanted = /(?:^|[\s,;])wait\s*=\s*"?(\d{1,9})"?(?=$|[\s,;])/i.exec(header ?? '')?.[1];
  return wanted === undefined ? null : Math.min(LONGEST_WAIT_S, Number(wanted));
}
