import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import type { Refused } from '../../refusal.ts';
import { attendanceCsv } from '../../render/csv/csv.ts';
import { showMonth } from '../../render/json/report.ts';
import {
  FORMATS,
  renderReport,
  REPORT_FORMATS,
  type Rendered,
  type AnyReport,
  type ReportFormat,
  type ReportWish,
} from '../../render/report.ts';
import type { AppEnv, WebDeps } from '../deps.ts';
import { forbidden, found } from '../http/problem.ts';
import { unlessRefused } from '../http/refusal.ts';
import type { Router } from '../http/router.ts';
import { createRoutes } from '../http/routes.ts';
import { idInput, periodInput } from '../http/schemas.ts';
import { includes, onlyOf } from '../scope.ts';

const files = {
  period: periodInput,
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
const report = z.looseObject({ period: z.string(), timezone: z.string() });
/** What answers may be, by the media type without its parameters. */
const contentOf = (formats: readonly ReportFormat[]) =>
  Object.fromEntries(
    formats.map((format) => [FORMATS[format].type.split(';')[0]!, { schema: format === 'json' ? report : z.string() }]),
  );
const content = contentOf(REPORT_FORMATS);
const summaryFormats = ['json', 'csv'] as const;

export function reportRoutes({ queries, clock, timezone }: WebDeps): Router {
  const { getOther, router } = createRoutes('reports');

  const rendered = async (view: AnyReport | Refused, wish: ReportWish): Promise<Rendered> =>
    unlessRefused(await renderReport(unlessRefused(view), { ...wish, now: clock.now(), timezone }));

  getOther('/api/reports/billing', {
    operationId: 'billingReport',
    summary: 'What families owe for a period',
    description: 'As issued when the period is closed; a draft otherwise, which says so.',
    query: { ...files, family_id: idInput('a family').optional() },
    answer: { description: 'The report.', content },
    problems: [404],
    async handle({ query: { family_id: id, period, format = 'json', ...wish }, c }) {
      if (id !== undefined) found(queries.family(id), `family ${id}`);
      return answer(c, await rendered(await queries.bills(period, id), { ...wish, format }));
    },
  });

  getOther('/api/reports/payroll', {
    operationId: 'payrollReport',
    summary: 'What teachers are paid for a period',
    description: 'Teachers see their own.',
    query: { ...files, teacher_email: z.string().min(1).optional() },
    answer: { description: 'The report.', content },
    problems: [404],
    async handle({ query: { teacher_email: email, period, format = 'json', ...wish }, scope, c }) {
      const person = email === undefined ? undefined : queries.personByEmail(email);
      const own = onlyOf(scope.payOf);
      if (person !== undefined && !includes(scope.payOf, person?.id ?? null)) {
        throw forbidden(
          'a token of role teacher shows own pay only; leave teacher_email out, or use one of role admin',
        );
      }
      const teacherIds = person === undefined ? own : [found(person, `person ${email}`).id];
      return answer(c, await rendered(await queries.payroll(period, teacherIds), { ...wish, format }));
    },
  });

  getOther('/api/reports/attendance', {
    operationId: 'attendanceReport',
    summary: 'Who came how often, by person and month',
    query: { period: periodInput, format: z.enum(summaryFormats).optional() },
    answer: { description: 'The summary.', content: contentOf(summaryFormats) },
    async handle({ query: { period, format = 'json' }, c }) {
      const { zone, people } = unlessRefused(await queries.attendance(period));
      if (format === 'json') {
        return answer(c, { kind: 'data', data: { period, timezone: zone, people: people.map(showMonth) } });
      }
      const name = `attendance-${period}.csv`;
      return answer(c, { kind: 'file', name, type: FORMATS.csv.type, body: attendanceCsv(people) });
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
