import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import { attendanceCsv, billingCsv, payrollCsv } from '../../reports/csv.ts';
import { statementPdf } from '../../reports/pdf.ts';
import { billingReport, payrollReport, statementReference } from '../../reports/report.ts';
import type { BillingReport, FamilyBill, PayrollReport, TeacherPay } from '../../reports/report.ts';
import { MOST_XLSX_LINES, billingXlsx, payrollXlsx } from '../../reports/xlsx.ts';
import { formatInstant, localDate } from '../../time/calendar.ts';
import { forbidden } from '../auth.ts';
import type { AppEnv, WebDeps } from '../deps.ts';
import { HttpProblem, badRequest, notFound } from '../http/problem.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, createRouter, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import { idInput } from '../http/schemas.ts';
import { teacherOf } from './disputes.ts';

const period = z.string().openapi({ example: '2026-01', description: 'A month, or `first..last` day.' });
const files = {
  period,
  format: z.enum(['json', 'csv', 'xlsx', 'pdf']).optional().openapi({ description: 'pdf: one statement.' }),
  variant: z
    .enum(['plain', 'accounting'])
    .optional()
    .openapi({ description: 'Of csv: accounting has the columns that invoices are imported from.' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional()
    .openapi({ description: 'Of pdf, for a party with statements in several currencies.' }),
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

type Books = Extract<Awaited<ReturnType<WebDeps['books']['periods']['books']>>, { kind: 'books' }>;

/** Who sends statements, until the school can be named. */
const ORGANISATION = 'Rollbook';

export function reportRoutes({ books, people, clock, timezone }: WebDeps): Router {
  const { view } = books.stores;
  const router = createRouter();

  const booksOf = async (asked: string): Promise<Books> => {
    const found = await books.periods.books(asked);
    if (found.kind === 'refused') throw refusal(found);
    return found;
  };

  /** What a report says of itself: issued or draft, and the end of the audit log to check it by. */
  const standing = ({ close }: Books) => ({
    state: close === null ? 'draft' : 'closed',
    version: close?.version ?? null,
    document_id: close?.documentId ?? null,
    closed_time: close === null ? null : formatInstant(close.closedAt),
    exceptions: close?.exceptions ?? [],
    audit: close === null ? books.audit.head() : { head: close.auditHead, count: close.auditCount },
  });

  const pdf = async (
    c: Context<AppEnv>,
    found: Books,
    statements: readonly (FamilyBill | TeacherPay)[],
    currency: string | undefined,
    of: string,
  ): Promise<Response> => {
    const wanted = statements.filter((one) => currency === undefined || one.currency === currency);
    const [statement] = wanted;
    if (statement === undefined) throw notFound(`statement of ${found.period}`);
    if (wanted.length > 1) {
      const path = new Set(wanted.map(({ currency: one }) => one)).size === wanted.length ? 'currency' : of;
      throw badRequest(path, `must name one statement: a pdf holds one, and there are ${wanted.length}`);
    }
    const { close, zone } = found;
    const reference = statementReference(found.period, statement);
    const bytes = await statementPdf({
      statement,
      organisation: ORGANISATION,
      period: found.period,
      timezone: zone,
      statementId: reference,
      version: close?.version ?? 1,
      draft: close === null,
      createdAt: close?.closedAt ?? clock.now(),
      audit: close === null ? null : { head: close.auditHead, count: close.auditCount },
      exceptions: (close?.exceptions ?? []).filter((text) => concerns(text, statement)),
    });
    return file(c, bytes, 'application/pdf', `${reference}.pdf`);
  };

  router.openapi(billing, async (c) => {
    const { period: asked, format = 'json', variant = 'plain', currency, family_id: familyId } = c.req.valid('query');
    if (familyId !== undefined && people.family(familyId) === null) throw notFound(`family ${familyId}`);
    const found = await booksOf(asked);
    const inFamily = view.familyOf();
    const report = billingReport({
      period: asked,
      zone: found.zone,
      statements: found.families.filter((one) => familyId === undefined || one.familyId === familyId),
      familyNames: view.familyNames(),
      blocked: found.lines.blocked.filter(
        ({ personId }) => familyId === undefined || inFamily.get(personId) === familyId,
      ),
    });
    const name = `billing-${asked}${familyId === undefined ? '' : `-F${familyId}`}`;
    switch (format) {
      case 'json':
        return answer(c, { ...report, ...standing(found) });
      case 'csv': {
        const emails = new Map(
          report.families.flatMap((one): [string, string][] => {
            const email =
              one.family_id === null ? one.lines[0]?.student_email : people.family(one.family_id)?.billingEmail;
            return email === null || email === undefined ? [] : [[statementReference(asked, one), email]];
          }),
        );
        const options =
          variant === 'accounting' ? { variant, accounting: { ...issueDay(found), emails } } : { variant };
        return stream(c, billingCsv(report, options), `${name}.csv`);
      }
      case 'xlsx':
        return workbook(c, report, name);
      case 'pdf':
        return pdf(c, found, report.families, currency, 'family_id');
      default:
        return format satisfies never;
    }
  });

  router.openapi(payroll, async (c) => {
    const { period: asked, format = 'json', variant = 'plain', currency, teacher_email: email } = c.req.valid('query');
    const caller = c.get('caller');
    const person = email === undefined ? undefined : people.byEmail(email);
    const own = caller.role === 'teacher' ? teacherOf(caller) : undefined;
    if (own !== undefined && email !== undefined && person?.id !== own) {
      throw forbidden('a token of role teacher shows own pay only; leave teacher_email out, or use one of role admin');
    }
    if (person === null) throw notFound(`person ${email}`);
    const teacherId = own ?? person?.id;
    const found = await booksOf(asked);
    const statements = found.teachers.filter((one) => teacherId === undefined || one.teacherId === teacherId);
    const report = payrollReport({
      period: asked,
      zone: found.zone,
      statements,
      teacherNames: view.namesOfPeople(statements.map((one) => one.teacherId)),
      blocked: found.lines.blocked.filter(({ personId }) => teacherId === undefined || personId === teacherId),
    });
    const name = `payroll-${asked}${teacherId === undefined ? '' : `-T${teacherId}`}`;
    switch (format) {
      case 'json': {
        const { exceptions, ...rest } = standing(found);
        return answer(c, { ...report, ...rest, ...(own === undefined ? { exceptions } : {}) });
      }
      case 'csv': {
        const options = variant === 'accounting' ? { variant, accounting: issueDay(found) } : { variant };
        return stream(c, payrollCsv(report, options), `${name}.csv`);
      }
      case 'xlsx':
        return workbook(c, report, name);
      case 'pdf':
        return pdf(c, found, report.teachers, currency, 'teacher_email');
      default:
        return format satisfies never;
    }
  });

  router.openapi(attendance, async (c) => {
    const { period: asked, format = 'json' } = c.req.valid('query');
    const wrong = books.periods.check(asked);
    if (wrong !== null) throw refusal(wrong);
    const months = await books.attendance(asked);
    if (format === 'csv') return stream(c, attendanceCsv(months), `attendance-${asked}.csv`);
    return answer(c, { period: asked, timezone: books.zoneOf(asked), people: months });
  });

  const issueDay = ({ close }: Books) => ({
    date: localDate(close?.closedAt ?? clock.now(), timezone),
    dueDate: null,
  });

  return router;
}

/** Whether an exception on the cover names a line of one of these people. */
function concerns(exception: string, statement: FamilyBill | TeacherPay): boolean {
  const named = /\b([cp])\d+-(\d+)\b/.exec(exception);
  if (named === null) return true;
  const [, side, person] = named;
  if ('teacher_id' in statement) return side === 'p' && Number(person) === statement.teacher_id;
  const ids = statement.lines.map(({ line_id: id }) => Number(id.split('-')[1]));
  return side === 'c' && (ids.includes(Number(person)) || statement.student_id === Number(person));
}

async function workbook(c: Context<AppEnv>, report: BillingReport | PayrollReport, name: string): Promise<Response> {
  const statements: readonly (FamilyBill | TeacherPay)[] = 'families' in report ? report.families : report.teachers;
  if (
    statements.reduce((sum, { lines, adjustments }) => sum + lines.length + adjustments.length, 0) > MOST_XLSX_LINES
  ) {
    throw new HttpProblem(400, 'report_too_large', `a workbook holds ${MOST_XLSX_LINES} lines: read the report as csv`);
  }
  const bytes = await ('families' in report ? billingXlsx(report) : payrollXlsx(report));
  return file(c, bytes, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', `${name}.xlsx`);
}

function answer(c: Context<AppEnv>, value: object): Response {
  return c.body(JSON.stringify(value), 200, { 'content-type': 'application/json' });
}

function file(c: Context<AppEnv>, bytes: Uint8Array, type: string, name: string): Response {
  return c.body(new Uint8Array(bytes).buffer, 200, { 'content-type': type, ...attachment(name) });
}

/** Sent as it is written: a long report is never held whole. */
function stream(c: Context<AppEnv>, chunks: AsyncGenerator<string>, name: string): Response {
  const encoder = new TextEncoder();
  const bytes = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
  return c.body(bytes, 200, { 'content-type': 'text/csv; charset=utf-8', ...attachment(name) });
}

function attachment(name: string): Record<string, string> {
  return { 'content-disposition': `attachment; filename="${name}"` };
}
