import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import type { Refused } from '../../refusal.ts';
import { attendanceCsv } from '../../render/csv/csv.ts';
import { renderReport, REPORT_FORMATS } from '../../render/report.ts';
import { showMonth } from '../../render/json/report.ts';
import type { AnyReport, Rendered, ReportWish } from '../../render/report.ts';
import type { AppEnv, WebDeps } from '../deps.ts';
import { forbidden, notFound } from '../http/problem.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, createRouter, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { idInput } from '../http/schemas.ts';
import { onlyOf, scopeOf } from '../scope.ts';

const period = z.string().openapi({ example: '2026-01', description: 'A month, or `first..last` day.' });
const files = {
  period,
  format: z
    .enum(REPORT_FORMATS)
    .optional()
    .openapi({ description: 'pdf: one statement a party and currency, each on pages of its own.' }),
  variant: z
    .enum(['plain', 'accounting'])
    .optional()
    .openapi({ description: 'Of csv: accounting has the columns that invoices are imported from.' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional()
    .openapi({ description: 'Of pdf: only statements in it.' }),
};
const content = {
  'application/json': { schema: z.looseObject({ period: z.string(), timezone: z.string() }) },
  'text/csv': { schema: z.string() },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: z.string() },
  'application/pdf': { schema: z.string() },
};
const shared = { tags: ['reports'], security: bearerAuth };

const billing = createRoute({
  ...shared,
  method: 'get',
  path: '/api/reports/billing',
  operationId: 'billingReport',
  summary: 'What families owe for a period',
  description: 'As issued when the period is closed; a draft otherwise, which says so.',
  request: { query: z.strictObject({ ...files, family_id: idInput('a family').optional() }) },
  responses: { 200: { description: 'The report.', content }, ...problems(400, 404) },
});
const payroll = createRoute({
  ...shared,
  method: 'get',
  path: '/api/reports/payroll',
  operationId: 'payrollReport',
  summary: 'What teachers are paid for a period',
  description: 'Teachers see their own.',
  request: { query: z.strictObject({ ...files, teacher_email: z.string().min(1).optional() }) },
  responses: { 200: { description: 'The report.', content }, ...problems(400, 404) },
});
const attendance = createRoute({
  ...shared,
  method: 'get',
  path: '/api/reports/attendance',
  operationId: 'attendanceReport',
  summary: 'Who came how often, by person and month',
  request: { query: z.strictObject({ period, format: z.enum(['json', 'csv']).optional() }) },
  responses: {
    200: {
      description: 'The summary.',
      content: { 'application/json': content['application/json'], 'text/csv': content['text/csv'] },
    },
    ...problems(400),
  },
});

export function reportRoutes({ queries, clock, timezone }: WebDeps): Router {
  const router = createRouter();
  const rendered = (view: AnyReport | Refused, wish: ReportWish): Promise<Rendered | Refused> =>
    view.kind === 'refused' ? Promise.resolve(view) : renderReport(view, { ...wish, now: clock.now(), timezone });

  router.openapi(billing, async (c) => {
    const { family_id: party, period: asked, format = 'json', ...wish } = c.req.valid('query');
    if (party !== undefined && queries.family(party) === null) throw notFound(`family ${party}`);
    return answer(c, await rendered(await queries.bills(asked, party), { ...wish, format }));
  });

  router.openapi(payroll, async (c) => {
    const { teacher_email: email, period: asked, format = 'json', ...wish } = c.req.valid('query');
    const caller = c.get('caller');
    const person = email === undefined ? undefined : queries.personByEmail(email);
    const own = onlyOf(scopeOf(caller).payOf);
    if (own !== undefined && email !== undefined && person?.id !== own) {
      throw forbidden('a token of role teacher shows own pay only; leave teacher_email out, or use one of role admin');
    }
    if (person === null) throw notFound(`person ${email}`);
    return answer(c, await rendered(await queries.payroll(asked, own ?? person?.id), { ...wish, format }));
  });

  router.openapi(attendance, async (c) => {
    const { period: asked, format = 'json' } = c.req.valid('query');
    const wrong = queries.checkPeriod(asked);
    if (wrong !== null) throw refusal(wrong);
    const months = await queries.attendance(asked);
    if (format === 'json') {
      return answer(c, {
        kind: 'data',
        data: { period: asked, timezone: queries.zoneOf(asked), people: months.map(showMonth) },
      });
    }
    const name = `attendance-${asked}.csv`;
    return answer(c, { kind: 'file', name, type: 'text/csv; charset=utf-8', body: attendanceCsv(months) });
  });

  return router;
}

function answer(c: Context<AppEnv>, rendered: Rendered | Refused): Response {
  if (rendered.kind === 'refused') throw refusal(rendered);
  if (rendered.kind === 'data') {
    return c.body(JSON.stringify(rendered.data), 200, { 'content-type': 'application/json' });
  }
  const { name, type, body } = rendered;
  const headers = { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
  return c.body(body instanceof Uint8Array ? new Uint8Array(body).buffer : streamOf(body), 200, headers);
}

/** Sent as it is written: a long report is never held whole. */
function streamOf(chunks: Generator<string>): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks).pipeThrough(new TextEncoderStream());
}
