import { z } from '@hono/zod-openapi';

import { saysMissing } from '../../core/missing.ts';
import { A_DAY, isDate } from '../../core/time/calendar.ts';
import {
  enrolmentSchema,
  policyVersionSchema,
  rateSchema,
  showEnrolment,
  showPolicy,
  showRate,
} from '../../render/json/prices.ts';
import type { WebDeps } from '../deps.ts';
import { found, unlessRefused } from '../http/problem.ts';
import { createRoutes, json, pageOf, type Router } from '../http/routes.ts';
import { emailInput, idInput, page, paging, reasonInput, text, type Slice } from '../http/schemas.ts';

const day = z.string(saysMissing(A_DAY)).refine(isDate, A_DAY).openapi({ format: 'date' });
const reason = { reason: reasonInput.optional() };

const newPolicy = z.looseObject({ ...reason }).openapi('NewPolicy', {
  example: { valid_from: '2026-02-01', preset: 'standard_tutoring', round: { increment: 15, mode: 'up' } },
});

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

export function priceRoutes({ actions, queries }: WebDeps): Router {
  const { get, post, put, patch, router } = createRoutes('money');

  get('/api/policy', {
    operationId: 'listPolicies',
    summary: 'Lists the versions of the policy',
    description:
      'In the order they were made; of two from one day the later holds. Without any the preset actual_time holds.',
    answer: json(z.object({ items: z.array(policyVersionSchema), next_cursor: z.null() }), 'The versions.'),
    handle: () => ({ items: queries.policyVersions().map(showPolicy), next_cursor: null }),
  });

  put('/api/policy', {
    operationId: 'addPolicy',
    summary: 'Makes a version of the policy',
    description:
      'A preset with the settings changed, from a day on. Classes before that day keep the version they have.',
    body: newPolicy,
    answer: json(policyVersionSchema.extend({ warnings: z.array(z.string()) }), 'The new version.'),
    handle({ body: { reason, ...settings }, actor }) {
      const { policy, warnings } = unlessRefused(actions.addPolicy(settings, { actor, reason }));
      return { ...showPolicy(policy), warnings };
    },
  });

  get('/api/rates', {
    operationId: 'listRates',
    summary: 'Lists rates',
    query: { kind: z.enum(['charge', 'pay']).optional(), ...paging },
    answer: json(pageOf(rateSchema), 'Rates in order of their number.'),
    handle: ({ query: { kind, ...place } }) => page(place, (slice) => queries.rates({ kind, ...slice }), showRate),
  });

  post('/api/rates', {
    operationId: 'createRate',
    summary: 'Enters a rate',
    description: 'Two rates that are equally specific and share a day are refused.',
    body: newRate,
    status: 201,
    answer: json(rateSchema, 'The rate is entered.'),
    problems: [409],
    handle: ({ body: { reason, ...rate }, actor }) =>
      showRate(unlessRefused(actions.addRate(rate, { actor, reason })).rate),
  });

  patch('/api/rates/{id}', {
    operationId: 'changeRate',
    summary: 'Ends or corrects a rate',
    description:
      'What is left out stays. Closed periods stay as they were issued; the difference is proposed as a correction.',
    params: { id: idInput('a rate') },
    body: rateChanges,
    answer: json(rateSchema, 'The rate as it is now.'),
    problems: [404, 409],
    handle: ({ params: { id }, body: { reason, ...changes }, actor }) =>
      showRate(unlessRefused(actions.changeRate(id, changes, { actor, reason })).rate),
  });

  get('/api/enrolments', {
    operationId: 'listEnrolments',
    summary: 'Lists enrolments',
    query: { student_email: z.string().min(1).optional(), ...paging },
    answer: json(pageOf(enrolmentSchema), 'Enrolments in order of their number.'),
    problems: [404],
    handle({ query: { student_email: email, ...place } }) {
      const find = (slice: Slice) => {
        const student = email === undefined ? undefined : found(queries.personByEmail(email), `person ${email}`);
        return queries.enrolments({ personId: student?.id, ...slice });
      };
      return page(place, find, showEnrolment);
    },
  });

  post('/api/enrolments', {
    operationId: 'createEnrolment',
    summary: 'Enrols a student from a day on',
    description: 'A student on a roster outside these days is flagged `not_enrolled` and not charged.',
    body: newEnrolment,
    status: 201,
    answer: json(enrolmentSchema, 'The enrolment.'),
    handle({ body: { student_email: studentEmail, series_id, subject, from, to, reason }, actor }) {
      const enrolment = { studentEmail, seriesId: series_id ?? null, subject: subject ?? null, from, to: to ?? null };
      return showEnrolment(unlessRefused(actions.addEnrolment(enrolment, { actor, reason })).enrolment);
    },
  });

  patch('/api/enrolments/{id}', {
    operationId: 'changeEnrolment',
    summary: 'Changes the days of an enrolment',
    params: { id: idInput('an enrolment') },
    body: enrolmentChanges,
    answer: json(enrolmentSchema, 'The enrolment as it is now.'),
    problems: [404],
    handle: ({ params: { id }, body: { reason, ...days }, actor }) =>
      showEnrolment(unlessRefused(actions.changeEnrolment(id, days, { actor, reason })).enrolment),
  });

  return router;
}
