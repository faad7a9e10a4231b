import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import { formatInstant } from '../../core/time/calendar.ts';
import { withoutCharges } from '../../queries/reports/explain.ts';
import type { Refused } from '../../refusal.ts';
import { explanationSchema, showExplanation } from '../../render/json/explanation.ts';
import { anything, instant } from '../../render/json/fields.ts';
import { showUnbilled } from '../../render/json/report.ts';
import { showWhatIf, whatIfSchema } from '../../render/json/what-if.ts';
import {
  CSV_VARIANTS,
  FORMATS,
  renderReport,
  renderSummary,
  REPORT_FORMATS,
  SUMMARY_FORMATS,
  type AnyReport,
  type Rendered,
  type ReportFormat,
  type ReportWish,
} from '../../render/report.ts';
import type { AppEnv, WebDeps } from '../deps.ts';
import { badRequest, found, unlessRefused } from '../http/problem.ts';
import { createRoutes, json, type Router } from '../http/routes.ts';
import { currencyInput, idInput, momentInput, periodInput, spanOf } from '../http/schemas.ts';
import { includes, mayFilter, onlyOf } from '../scope.ts';

const files = {
  period: periodInput,
  format: z
    .enum(REPORT_FORMATS)
    .optional()
    .openapi({ description: 'pdf: one statement a party and currency, each on pages of its own.' }),
  variant: z.enum(CSV_VARIANTS).optional().openapi({
    description:
      'Of csv: xero (also called accounting) and quickbooks have the columns that these import from, invoices of families and bills of pay.',
  }),
  currency: currencyInput.optional().openapi({ description: 'Of pdf: only statements in it.' }),
};
const report = z.looseObject({ period: z.string(), timezone: z.string() });
/** What answers may be, by the media type without its parameters. */
const contentOf = (formats: readonly ReportFormat[]) =>
  Object.fromEntries(
    formats.map((format) => [FORMATS[format].type.split(';')[0]!, { schema: format === 'json' ? report : z.string() }]),
  );
const content = contentOf(REPORT_FORMATS);

const whatIfWish = z
  .strictObject({
    periods: z.array(z.string()).min(1, 'must name a period').max(12, 'must have at most 12 periods'),
    policy: z.looseObject({}).optional(),
    rates: z.array(z.looseObject({})).max(1000).optional(),
  })
  .openapi('WhatIf', { example: { periods: ['2026-01'], policy: { preset: 'standard_tutoring' } } });

export function reportRoutes({ queries, clock, timezone }: WebDeps): Router {
  const { get, post, getOther, router } = createRoutes('reports');

  const rendered = async (view: AnyReport | Refused, wish: ReportWish): Promise<Rendered> =>
    unlessRefused(await renderReport(unlessRefused(view), { ...wish, now: clock.now() }));

  getOther('/api/reports/billing', {
    operationId: 'billingReport',
    summary: 'What families owe for a period',
    description: 'As issued when the period is closed; a draft otherwise, which says so.',
    query: { ...files, family_id: idInput('a family').optional() },
    answers: { 200: { description: 'The report.', content } },
    problems: [404],
    async handle({ query: { family_id: id, period, format = 'json', ...wish }, c }) {
      return answer(c, await rendered(await queries.bills(period, id), { ...wish, format }));
    },
  });

  getOther('/api/reports/payroll', {
    operationId: 'payrollReport',
    summary: 'What teachers are paid for a period',
    description: 'Teachers see their own.',
    query: { ...files, teacher_email: z.string().min(1).optional() },
    answers: { 200: { description: 'The report.', content } },
    problems: [404],
    async handle({ query: { teacher_email: email, period, format = 'json', ...wish }, scope, c }) {
      const person = email === undefined ? undefined : queries.personByEmail(email);
      const own = onlyOf(scope.payOf);
      if (person !== undefined) mayFilter(scope, 'teacher_email', includes(scope.payOf, person?.id ?? null));
      const teacherIds = person === undefined ? own : [found(person, `person ${email}`).id];
      return answer(c, await rendered(await queries.payroll(period, teacherIds), { ...wish, format }));
    },
  });

  getOther('/api/reports/attendance', {
    operationId: 'attendanceReport',
    summary: 'Who came how often, by person and month',
    query: { period: periodInput, format: z.enum(SUMMARY_FORMATS).optional() },
    answers: { 200: { description: 'The summary.', content: contentOf(SUMMARY_FORMATS) } },
    async handle({ query: { period, format = 'json' }, c }) {
      return answer(c, renderSummary(unlessRefused(await queries.attendance(period)), format));
    },
  });

  get('/api/reports/lines/{id}/explain', {
    operationId: 'explainLine',
    summary: 'Shows where the amount of a line comes from',
    description: 'Teachers may ask for lines of their own pay.',
    params: { id: z.string().openapi({ example: 'c5-3' }) },
    answer: json(explanationSchema, 'The whole derivation.'),
    problems: [404],
    handle({ params: { id }, scope: { payOf, charges } }) {
      const line = queries.explain(id);
      // Of a line of somebody else not even that it exists.
      const explanation = found(line !== null && includes(payOf, line.payeeId) ? line : null, 'such line');
      return showExplanation(charges ? explanation : withoutCharges(explanation));
    },
  });

  post('/api/reports/what-if', {
    operationId: 'whatIf',
    summary: 'Computes periods under another policy or other rates',
    description: 'Nothing is stored. `policy` as for PUT /api/policy, `rates` as for POST /api/rates.',
    body: whatIfWish,
    answer: json(z.object({ periods: z.array(whatIfSchema) }), 'What would change for every family and teacher.'),
    handle: async ({ body }) => ({ periods: unlessRefused(await queries.whatIf(body)).periods.map(showWhatIf) }),
  });

  get('/api/reports/unbilled', {
    operationId: 'unbilledReport',
    summary: 'Lists meetings that look like lessons and are on no bill',
    query: { from: momentInput, to: momentInput },
    answer: json(
      z.object({ from: instant, to: instant, items: z.array(anything), next_cursor: z.null() }),
      'The meetings.',
    ),
    handle({ query }) {
      const { from, to } = spanOf(query, timezone());
      if (from === undefined) throw badRequest('from', 'must be a day such as 2026-01-01');
      if (to === undefined) throw badRequest('to', 'must be a day such as 2026-01-31');
      const { meetings } = unlessRefused(queries.unbilled({ start: from, end: to }));
      const span = { from: formatInstant(from), to: formatInstant(to) };
      return { ...span, items: meetings.map(showUnbilled), next_cursor: null };
    },
  });

  return router;
}

function answer(c: Context<AppEnv>, rendered: Rendered): Response {
  if (rendered.kind === 'data') {
    return c.body(JSON.stringify(rendered.data), 200, { 'content-type': FORMATS.json.type });
  }
  const { name, type, body } = rendered;
  const headers = { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
  return c.body(body instanceof Uint8Array ? new Uint8Array(body).buffer : streamOf(body), 200, headers);
}

/** Sent as it is written: a long report is never held whole. */
function streamOf(chunks: Generator<string>): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks).pipeThrough(new TextEncoderStream());
}
