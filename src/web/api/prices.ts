import { createRoute, z } from '@hono/zod-openapi';

import { isDate } from '../../core/time/calendar.ts';
import type { Enrolment } from '../../ledger/money/enrolment-store.ts';
import { instant } from '../../render/json/instant.ts';
import { showPolicy } from '../../render/json/money.ts';
import { rateToJson } from '../../render/json/rates.ts';
import type { WebDeps } from '../deps.ts';
import { notFound } from '../http/problem.ts';
import { refusal } from '../http/refusal.ts';
import { bearerAuth, body, createRouter, json, pageOf, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';
import {
  cursorInput,
  DEFAULT_LIMIT,
  emailInput,
  idInput,
  limitInput,
  page,
  readCursor,
  reasonInput,
  text,
} from '../http/schemas.ts';

const day = z.string().refine(isDate, 'must be a day such as 2026-01-31').openapi({ format: 'date' });
const reason = { reason: reasonInput.optional() };
const paging = { limit: limitInput, cursor: cursorInput };

const policySchema = z
  .looseObject({ valid_from: z.string(), preset: z.string() })
  .openapi('Policy', { description: 'Every setting of the policy; see the table of settings in the README.' });
const policyEntry = z
  .object({
    policy_id: z.int(),
    policy: policySchema,
    actor: z.string(),
    reason: z.string().nullable(),
    created_time: instant,
  })
  .openapi('PolicyVersion');
const newPolicy = z.looseObject({ ...reason }).openapi('NewPolicy', {
  example: { valid_from: '2026-02-01', preset: 'standard_tutoring', round: { increment: 15, mode: 'up' } },
});

const rateSchema = z
  .object({
    rate_id: z.int(),
    kind: z.enum(['charge', 'pay']),
    amount: z.string(),
    currency: z.string(),
    unit: z.enum(['hour', 'lesson']),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    scope: z.object({
      class_id: z.int().nullable(),
      student_email: z.string().nullable(),
      teacher_email: z.string().nullable(),
      subject: z.string().nullable(),
      series_id: z.string().nullable(),
    }),
  })
  .openapi('Rate');
const rateFields = {
  kind: z.unknown().optional(),
  amount: z.unknown().optional(),
  currency: z.unknown().optional(),
  unit: z.unknown().optional(),
  valid_from: z.unknown().optional(),
  valid_to: z.unknown().optional(),
  scope: z.unknown().optional(),
  ...reason,
};
const newRate = z.strictObject(rateFields).openapi('NewRate', {
  example: {
    kind: 'charge',
    amount: '42.00',
    currency: 'EUR',
    unit: 'hour',
    valid_from: '2026-01-01',
    scope: { subject: 'Algebra' },
  },
});
const rateChanges = z.strictObject(rateFields).openapi('RateChanges', { example: { valid_to: '2026-06-30' } });

const enrolmentSchema = z
  .object({
    enrolment_id: z.int(),
    student_email: z.string(),
    series_id: z.string().nullable(),
    subject: z.string().nullable(),
    from: z.string(),
    to: z.string().nullable(),
  })
  .openapi('Enrolment');
const newEnrolment = z
  .strictObject({
    student_email: emailInput,
    series_id: text(200).nullish(),
    subject: text(200).nullish(),
    from: day,
    to: day.nullish(),
    ...reason,
  })
  .refine(({ series_id: series, subject }) => (series ?? null) === null || (subject ?? null) === null, {
    path: ['subject'],
    message: 'goes without series_id: an enrolment is in a series or in a subject',
  })
  .refine(({ series_id: series, subject }) => (series ?? subject ?? null) !== null, {
    path: ['subject'],
    message: 'say what the student is enrolled in: subject or series_id',
  })
  .openapi('NewEnrolment');
const enrolmentChanges = z
  .strictObject({ from: day.optional(), to: day.nullable().optional(), ...reason })
  .openapi('EnrolmentChanges');

const shared = { tags: ['money'], security: bearerAuth };

const policies = createRoute({
  ...shared,
  method: 'get',
  path: '/api/policy',
  operationId: 'listPolicies',
  summary: 'Lists the versions of the policy',
  description:
    'In the order they were made; of two from one day the later holds. Without any the preset actual_time holds.',
  responses: {
    200: json(z.object({ items: z.array(policyEntry), next_cursor: z.null() }), 'The versions.'),
    ...problems(),
  },
});
const putPolicy = createRoute({
  ...shared,
  method: 'put',
  path: '/api/policy',
  operationId: 'addPolicy',
  summary: 'Makes a version of the policy',
  description: 'A preset with the settings changed, from a day on. Classes before that day keep the version they have.',
  request: { body: body(newPolicy) },
  responses: {
    200: json(policyEntry.extend({ warnings: z.array(z.string()) }), 'The new version.'),
    ...problems(400, 413, 415),
  },
});
const rates = createRoute({
  ...shared,
  method: 'get',
  path: '/api/rates',
  operationId: 'listRates',
  summary: 'Lists rates',
  request: { query: z.strictObject({ kind: z.enum(['charge', 'pay']).optional(), ...paging }) },
  responses: { 200: json(pageOf(rateSchema), 'Rates in order of their number.'), ...problems(400) },
});
const postRate = createRoute({
  ...shared,
  method: 'post',
  path: '/api/rates',
  operationId: 'createRate',
  summary: 'Enters a rate',
  description: 'Two rates that are equally specific and share a day are refused.',
  request: { body: body(newRate) },
  responses: { 201: json(rateSchema, 'The rate is entered.'), ...problems(400, 409, 413, 415) },
});
const patchRate = createRoute({
  ...shared,
  method: 'patch',
  path: '/api/rates/{id}',
  operationId: 'changeRate',
  summary: 'Ends or corrects a rate',
  description:
    'What is left out stays. Closed periods stay as they were issued; the difference is proposed as a correction.',
  request: { params: z.object({ id: idInput('a rate') }), body: body(rateChanges) },
  responses: { 200: json(rateSchema, 'The rate as it is now.'), ...problems(400, 404, 409, 413, 415) },
});
const enrolments = createRoute({
  ...shared,
  method: 'get',
  path: '/api/enrolments',
  operationId: 'listEnrolments',
  summary: 'Lists enrolments',
  request: { query: z.strictObject({ student_email: z.string().min(1).optional(), ...paging }) },
  responses: { 200: json(pageOf(enrolmentSchema), 'Enrolments in order of their number.'), ...problems(400, 404) },
});
const postEnrolment = createRoute({
  ...shared,
  method: 'post',
  path: '/api/enrolments',
  operationId: 'createEnrolment',
  summary: 'Enrols a student from a day on',
  description: 'A student on a roster outside these days is flagged `not_enrolled` and not charged.',
  request: { body: body(newEnrolment) },
  responses: { 201: json(enrolmentSchema, 'The enrolment.'), ...problems(400, 413, 415) },
});
const patchEnrolment = createRoute({
  ...shared,
  method: 'patch',
  path: '/api/enrolments/{id}',
  operationId: 'changeEnrolment',
  summary: 'Changes the days of an enrolment',
  request: { params: z.object({ id: idInput('an enrolment') }), body: body(enrolmentChanges) },
  responses: { 200: json(enrolmentSchema, 'The enrolment as it is now.'), ...problems(400, 404, 413, 415) },
});

export function priceRoutes({ actions, queries }: WebDeps): Router {
  const router = createRouter();

  router.openapi(policies, (c) => c.json({ items: queries.policyVersions().map(showPolicy), next_cursor: null }, 200));

  router.openapi(putPolicy, (c) => {
    const { reason: why, ...given } = c.req.valid('json');
    const saved = actions.addPolicy(given, { actor: c.get('caller').label, reason: why });
    if (saved.kind === 'refused') throw refusal(saved);
    return c.json({ ...showPolicy(saved.policy), warnings: [...saved.warnings] }, 200);
  });

  router.openapi(rates, (c) => {
    const { kind, limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
    const [after = 0] = readCursor(cursor, 1) ?? [];
    const found = queries.rates({ kind, after, limit: limit + 1 });
    return c.json(
      page(found, limit, rateToJson, ({ id }) => [id]),
      200,
    );
  });

  router.openapi(postRate, (c) => {
    const { reason: why, ...given } = c.req.valid('json');
    const saved = actions.addRate(given, { actor: c.get('caller').label, reason: why });
    if (saved.kind === 'refused') throw refusal(saved);
    return c.json(rateToJson(saved.rate), 201);
  });

  router.openapi(patchRate, (c) => {
    const { reason: why, ...given } = c.req.valid('json');
    const by = { actor: c.get('caller').label, reason: why };
    const saved = actions.changeRate(c.req.valid('param').id, given, by);
    if (saved.kind === 'refused') throw refusal(saved);
    return c.json(rateToJson(saved.rate), 200);
  });

  router.openapi(enrolments, (c) => {
    const { student_email: email, limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
    const [after = 0] = readCursor(cursor, 1) ?? [];
    const student = email === undefined ? undefined : queries.personByEmail(email);
    if (student === null) throw notFound(`person ${email}`);
    const found = queries.enrolments({ personId: student?.id, after, limit: limit + 1 });
    return c.json(
      page(found, limit, showEnrolment, ({ id }) => [id]),
      200,
    );
  });

  router.openapi(postEnrolment, (c) => {
    const { student_email: studentEmail, series_id: seriesId, subject, from, to, reason: why } = c.req.valid('json');
    const saved = actions.addEnrolment(
      { studentEmail, seriesId: seriesId ?? null, subject: subject ?? null, from, to: to ?? null },
      { actor: c.get('caller').label, reason: why },
    );
    if (saved.kind === 'refused') throw refusal(saved);
    return c.json(showEnrolment(saved.enrolment), 201);
  });

  router.openapi(patchEnrolment, (c) => {
    const { from, to, reason: why } = c.req.valid('json');
    const by = { actor: c.get('caller').label, reason: why };
    const saved = actions.changeEnrolment(c.req.valid('param').id, { from, to }, by);
    if (saved.kind === 'refused') throw refusal(saved);
    return c.json(showEnrolment(saved.enrolment), 200);
  });

  return router;
}

function showEnrolment({ id, email, seriesId, subject, from, to }: Enrolment): z.infer<typeof enrolmentSchema> {
  return { enrolment_id: id, student_email: email, series_id: seriesId, subject, from, to };
}
