import { z } from '@hono/zod-openapi';

import { settingsSchema, showSettings } from '../../render/json/settings.ts';
import type { WebDeps } from '../deps.ts';
import { unlessRefused } from '../http/problem.ts';
import { createRoutes, json, type Router } from '../http/routes.ts';
import { reasonInput } from '../http/schemas.ts';

const changes = z.looseObject({ reason: reasonInput.optional() }).openapi('SettingsChange', {
  description: 'Settings to change, as `GET /api/settings` names them, and for rules of attendance `valid_from`.',
  example: { late_after_minutes: 10, valid_from: '2026-02-01', reason: 'new rules of the school' },
});

const changed = settingsSchema.extend({
  rebuilt: z.object({
    classes: z.int().openapi({ description: 'Whose attendance the new rules judge anew.' }),
    job_id: z.int().nullable().openapi({ description: 'The job that rebuilds them; null: they are rebuilt.' }),
    status_url: z.string().nullable(),
  }),
});

export function settingsRoutes({ actions, queries, queue }: WebDeps): Router {
  const { get, put, router } = createRoutes('school');

  get('/api/settings', {
    operationId: 'getSettings',
    summary: 'Shows the settings of the school',
    description: 'Its zone, its rules of attendance, what statements say about it, and every change of them.',
    answer: json(settingsSchema, 'The settings as they hold now.'),
    handle: () => showSettings(queries.settings()),
  });

  put('/api/settings', {
    operationId: 'changeSettings',
    summary: 'Changes settings of the school',
    description:
      'What is left out stays; null is the default again. Rules hold for classes from `valid_from` on, or for all that are in no closed period; the rest holds for statements that are issued later. Closed periods stay as they are.',
    body: changes,
    answer: json(changed, 'The settings as they hold now.'),
    handle({ body: { reason, ...settings }, actor }) {
      const { rebuilt } = unlessRefused(actions.changeSettings(settings, { actor, reason }));
      const { classes, job } = rebuilt;
      if (job !== null) queue.wake();
      const started = { job_id: job?.id ?? null, status_url: job === null ? null : `/api/jobs/${job.id}` };
      return { ...showSettings(queries.settings()), rebuilt: { classes, ...started } };
    },
  });

  return router;
}
