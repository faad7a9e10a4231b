import { createRoute, z } from '@hono/zod-openapi';

import type { Family } from '../../ledger/school/people-store.ts';
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

const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217 in capitals, such as EUR')
  .openapi({ example: 'EUR' });
const students = z.array(emailInput).max(100);

const newFamily = z
  .strictObject({ name: text(200), currency, billing_email: emailInput.nullish(), student_emails: students })
  .openapi('NewFamily');
const familyChanges = z
  .strictObject({
    name: text(200).optional(),
    currency: currency.optional(),
    billing_email: emailInput.nullable().optional(),
    student_emails: students.optional(),
    reason: reasonInput.optional(),
  })
  .openapi('FamilyChanges');
const familySchema = z
  .object({
    family_id: z.int(),
    name: z.string(),
    currency: z.string(),
    billing_email: z.string().nullable(),
    student_emails: z.array(z.string()),
  })
  .openapi('Family');
const savedFamily = familySchema
  .extend({ created_people: z.array(z.string()).openapi({ description: 'Addresses that were nobody before.' }) })
  .openapi('SavedFamily');
const params = z.object({ id: idInput('a family') });

const list = createRoute({
  method: 'get',
  path: '/api/families',
  operationId: 'listFamilies',
  summary: 'Lists families',
  tags: ['people'],
  security: bearerAuth,
  request: { query: z.strictObject({ limit: limitInput, cursor: cursorInput }) },
  responses: { 200: json(pageOf(familySchema), 'Families in order of their number.'), ...problems(400) },
});

const detail = createRoute({
  method: 'get',
  path: '/api/families/{id}',
  operationId: 'getFamily',
  summary: 'Shows a family',
  tags: ['people'],
  security: bearerAuth,
  request: { params },
  responses: { 200: json(familySchema, 'The family.'), ...problems(400, 404) },
});

const create = createRoute({
  method: 'post',
  path: '/api/families',
  operationId: 'createFamily',
  summary: 'Enters a family',
  description: 'Students who are nobody yet become people. A student moves here from another family.',
  tags: ['people'],
  security: bearerAuth,
  request: { body: body(newFamily) },
  responses: { 201: json(savedFamily, 'The family is entered.'), ...problems(400, 409, 413, 415) },
});

const change = createRoute({
  method: 'patch',
  path: '/api/families/{id}',
  operationId: 'changeFamily',
  summary: 'Changes a family',
  description: 'What is left out stays. `student_emails` is the whole list.',
  tags: ['people'],
  security: bearerAuth,
  request: { params, body: body(familyChanges) },
  responses: { 200: json(savedFamily, 'The family as it is now.'), ...problems(400, 404, 409, 413, 415) },
});

export function familyRoutes({ queries, actions }: WebDeps): Router {
  const router = createRouter();

  router.openapi(list, (c) => {
    const { limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
    const [after = 0] = readCursor(cursor, 1) ?? [];
    const found = queries.families(after, limit + 1);
    return c.json(
      page(found, limit, show, ({ id }) => [id]),
      200,
    );
  });

  router.openapi(detail, (c) => {
    const { id } = c.req.valid('param');
    const found = queries.family(id);
    if (found === null) throw notFound(`family ${id}`);
    return c.json(show(found), 200);
  });

  router.openapi(create, (c) => {
    const { billing_email: billingEmail, student_emails: studentEmails, ...given } = c.req.valid('json');
    const saved = actions.addFamily(
      { ...given, billingEmail: billingEmail ?? null, studentEmails },
      { actor: c.get('caller').label },
    );
    if (saved.kind === 'refused') throw refusal(saved);
    c.header('location', `/api/families/${saved.family.id}`);
    return c.json({ ...show(saved.family), created_people: [...saved.createdPeople] }, 201);
  });

  router.openapi(change, (c) => {
    const { billing_email: billingEmail, student_emails: studentEmails, reason, ...given } = c.req.valid('json');
    const by = { actor: c.get('caller').label, reason };
    const saved = actions.changeFamily(c.req.valid('param').id, { ...given, billingEmail, studentEmails }, by);
    if (saved.kind === 'refused') throw refusal(saved);
    return c.json({ ...show(saved.family), created_people: [...saved.createdPeople] }, 200);
  });

  return router;
}

function show({ id, name, currency: code, billingEmail, studentEmails }: Family): z.infer<typeof familySchema> {
  return { family_id: id, name, currency: code, billing_email: billingEmail, student_emails: [...studentEmails] };
}
