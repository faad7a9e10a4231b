import { z } from '@hono/zod-openapi';

import { acceptedPaySchema, showAcceptedPay } from '../../render/json/acceptance.ts';
import { disputeSchema, showDispute } from '../../render/json/dispute.ts';
import type { WebDeps } from '../deps.ts';
import { unlessRefused } from '../http/problem.ts';
import { createRoutes, json, pageOf, type Router } from '../http/routes.ts';
import { idInput, page, paging, periodInput, reasonInput, text, type Slice } from '../http/schemas.ts';
import { onlyOf, teacherOf } from '../scope.ts';

export function disputeRoutes({ actions, queries }: WebDeps): Router {
  const { get, post, router } = createRoutes('pay');

  post('/api/periods/{period}/accept', {
    operationId: 'acceptPay',
    summary: 'Accepts the own pay of a period',
    description: 'For teachers. Holds for the pay as it is now: when a line changes, it has to be accepted again.',
    params: { period: periodInput },
    answer: json(acceptedPaySchema, 'It is noted.'),
    problems: [409],
    async handle({ params: { period }, caller, actor }) {
      const { acceptance } = unlessRefused(await actions.acceptPay(period, teacherOf(caller), { actor }));
      return showAcceptedPay(period, acceptance);
    },
  });

  get('/api/disputes', {
    operationId: 'listDisputes',
    summary: 'Lists disputed pay',
    description: 'Teachers see their own.',
    query: { period: periodInput.optional(), open: z.enum(['true']).optional(), ...paging },
    answer: json(pageOf(disputeSchema), 'Disputes in order of their number.'),
    handle({ query: { period, open, ...place }, scope }) {
      const find = (slice: Slice) =>
        unlessRefused(queries.disputes({ period, personIds: onlyOf(scope.payOf), open: open === 'true', ...slice }))
          .disputes;
      return page(place, find, showDispute);
    },
  });

  post('/api/disputes', {
    operationId: 'disputeLine',
    summary: 'Disputes a line of the own pay',
    description: 'For teachers. The period closes with an exception while it is open; the other lines are payable.',
    body: z.strictObject({ line_id: text(100), text: text(2000) }),
    status: 201,
    answer: json(disputeSchema, 'It is noted.'),
    problems: [404, 409],
    handle({ body: { line_id: lineId, text: why }, caller, actor }) {
      const wish = { lineId, teacherId: teacherOf(caller), text: why };
      return showDispute(unlessRefused(actions.openDispute(wish, { actor })).dispute);
    },
  });

  post('/api/disputes/{id}/close', {
    operationId: 'closeDispute',
    summary: 'Settles a dispute',
    description: 'Where the teacher was right, a decision or a rate puts the line right.',
    params: { id: idInput('a dispute') },
    body: z.strictObject({ outcome: z.enum(['upheld', 'refused']), reason: reasonInput }),
    answer: json(disputeSchema, 'It is settled.'),
    problems: [404, 409],
    handle: ({ params: { id }, body: { outcome, reason }, actor }) =>
      showDispute(unlessRefused(actions.closeDispute(id, outcome, { actor, reason })).dispute),
  });

  return router;
}
