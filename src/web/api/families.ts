import { z } from '@hono/zod-openapi';

import type { SavedFamily } from '../../actions/people/families.ts';
import type { WebDeps } from '../deps.ts';
import { found } from '../http/problem.ts';
import { unlessRefused } from '../http/refusal.ts';
import { json, pageOf, type Router } from '../http/router.ts';
import { createRoutes } from '../http/routes.ts';
import { newAddresses, emailInput, idInput, page, paging, reasonInput, text } from '../http/schemas.ts';

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
const savedFamily = familySchema.extend({ created_people: newAddresses }).openapi('SavedFamily');
const params = { id: idInput('a family') };

export function familyRoutes({ queries, actions }: WebDeps): Router {
  const { get, post, patch, router } = createRoutes('people');

  get('/api/families', {
    operationId: 'listFamilies',
    summary: 'Lists families',
    query: paging,
    answer: json(pageOf(familySchema), 'Families in order of their number.'),
    handle: ({ query }) => page(query, ({ after, limit }) => queries.families(after, limit), showFamily),
  });

  get('/api/families/{id}', {
    operationId: 'getFamily',
    summary: 'Shows a family',
    params,
    answer: json(familySchema, 'The family.'),
    problems: [404],
    handle: ({ params: { id } }) => showFamily(found(queries.family(id), `family ${id}`)),
  });

  post('/api/families', {
    operationId: 'createFamily',
    summary: 'Enters a family',
    description: 'Students who are nobody yet become people. A student moves here from another family.',
    body: newFamily,
    status: 201,
    answer: json(savedFamily, 'The family is entered.'),
    problems: [409],
    handle({ body: { billing_email: email, student_emails: studentEmails, ...names }, actor, c }) {
      const input = { ...names, billingEmail: email ?? null, studentEmails };
      const saved = unlessRefused(actions.addFamily(input, { actor }));
      c.header('location', `/api/families/${saved.family.id}`);
      return showSaved(saved);
    },
  });

  patch('/api/families/{id}', {
    operationId: 'changeFamily',
    summary: 'Changes a family',
    description: 'What is left out stays. `student_emails` is the whole list.',
    params,
    body: familyChanges,
    answer: json(savedFamily, 'The family as it is now.'),
    problems: [404, 409],
    handle({ params: { id }, body, actor }) {
      const { billing_email: billingEmail, student_emails: studentEmails, reason, ...names } = body;
      const changes = { ...names, billingEmail, studentEmails };
      return showSaved(unlessRefused(actions.changeFamily(id, changes, { actor, reason })));
    },
  });

  return router;
}

function showFamily({ id, name, currency: code, billingEmail, studentEmails }: SavedFamily['family']) {
  return { family_id: id, name, currency: code, billing_email: billingEmail, student_emails: studentEmails };
}

function showSaved({ family, createdPeople }: SavedFamily) {
  return { ...showFamily(family), created_people: createdPeople };
}
