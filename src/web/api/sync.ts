import type { WantedRead } from '../../actions/classes/sync.ts';
import type { WebDeps } from '../deps.ts';
import { unlessRefused } from '../http/problem.ts';
import { createRoutes, type Asker, type Router } from '../http/routes.ts';
import { idInput } from '../http/schemas.ts';
import { answerWithJob, startsJob } from '../http/started-job.ts';

const reading = { description: 'Asked for twice while it runs, it is one job.', ...startsJob };

export function syncRoutes({ actions, queue }: WebDeps): Router {
  const { postOther, router } = createRoutes('monitoring');

  const sync = (wanted: WantedRead, asked: Asker) => {
    const planned = unlessRefused(actions.planRead(wanted));
    return answerWithJob({ queue }, actions.requestRead(planned, { actor: asked.actor }).id, asked);
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
