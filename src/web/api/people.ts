import { z } from '@hono/zod-openapi';

import {
  familySchema,
  personRole,
  personSchema,
  savedFamilySchema,
  showFamily,
  showPerson,
  showSavedFamily,
} from '../../render/json/people.ts';
import type { WebDeps } from '../deps.ts';
import { found, unlessRefused } from '../http/problem.ts';
import { createRoutes, json, pageOf, type Router } from '../http/routes.ts';
import { currencyInput, emailInput, idInput, page, paging, reasonInput, text, type Slice } from '../http/schemas.ts';

const googleUserId = z
  .string()
  .regex(/^(users\/)?[\w-]{1,64}$/, 'must be the id of a Google account, such as 104523891234567890123')
  .transform((id) => id.replace(/^users\//, ''))
  .openapi({ description: 'Students may share one, as siblings do.', example: '104523891234567890123' });

const newPerson = z
  .strictObject({
    email: emailInput,
    name: text(300).nullish(),
    role: personRole,
    google_user_id: googleUserId.nullish(),
  })
  .openapi('NewPerson');
const personChanges = z
  .strictObject({
    email: emailInput.optional(),
    name: text(300).nullable().optional(),
    role: personRole.optional(),
    google_user_id: googleUserId.nullable().optional(),
    reason: reasonInput.optional(),
  })
  .openapi('PersonChanges');
const students = z.array(emailInput).max(100);

const newFamily = z
  .strictObject({
    name: text(200),
    currency: currencyInput,
    billing_email: emailInput.nullish(),
    student_emails: students,
  })
  .openapi('NewFamily');
const familyChanges = z
  .strictObject({
    name: text(200).optional(),
    currency: currencyInput.optional(),
    billing_email: emailInput.nullable().optional(),
    student_emails: students.optional(),
    reason: reasonInput.optional(),
  })
  .openapi('FamilyChanges');
const personId = idInput('a person');
const familyId = idInput('a family');

export function peopleRoutes({ queries, actions }: WebDeps): Router {
  const { get, post, patch, router } = createRoutes('people');

  get('/api/people', {
    operationId: 'listPeople',
    summary: 'Lists people',
    query: {
      role: personRole.optional(),
      email: z.string().optional().openapi({ description: 'Only who has this address.' }),
      ...paging,
    },
    answer: json(pageOf(personSchema), 'People in order of their number.'),
    handle({ query: { role, email, ...place } }) {
      const find = ({ after, limit }: Slice) => {
        if (email === undefined) return queries.people({ role, after, limit });
        const person = queries.personByEmail(email);
        return person !== null && person.id > after && (role === undefined || person.role === role) ? [person] : [];
      };
      return page(place, find, showPerson);
    },
  });

  get('/api/people/{id}', {
    operationId: 'getPerson',
    summary: 'Shows a person',
    params: { id: personId },
    answer: json(personSchema, 'The person.'),
    problems: [404],
    handle: ({ params: { id } }) => showPerson(found(queries.person(id), `person ${id}`)),
  });

  post('/api/people', {
    operationId: 'createPerson',
    summary: 'Enters a person',
    body: newPerson,
    status: 201,
    answer: json(personSchema, 'The person is entered.'),
    problems: [409],
    handle({ body: { email, name, role, google_user_id: account }, actor, c }) {
      const input = { email, role, name: name ?? null, googleUserId: account ?? null };
      const { person } = unlessRefused(actions.addPerson(input, { actor }));
      c.header('location', `/api/people/${person.id}`);
      return showPerson(person);
    },
  });

  patch('/api/people/{id}', {
    operationId: 'changePerson',
    summary: 'Changes a person',
    description: 'What is left out stays. A change of address, name, account or role rebuilds the logs that follow.',
    params: { id: personId },
    body: personChanges,
    answer: json(personSchema, 'The person as they are now.'),
    problems: [404, 409],
    handle({ params: { id }, body: { google_user_id: googleUserId, reason, ...changes }, actor }) {
      const saved = actions.changePerson(id, { ...changes, googleUserId }, { actor, reason });
      return showPerson(unlessRefused(saved).person);
    },
  });

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
    params: { id: familyId },
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
    answer: json(savedFamilySchema, 'The family is entered.'),
    problems: [409],
    handle({ body: { billing_email: email, student_emails: studentEmails, ...names }, actor, c }) {
      const input = { ...names, billingEmail: email ?? null, studentEmails };
      const saved = unlessRefused(actions.addFamily(input, { actor }));
      c.header('location', `/api/families/${saved.family.id}`);
      return showSavedFamily(saved);
    },
  });

  patch('/api/families/{id}', {
    operationId: 'changeFamily',
    summary: 'Changes a family',
    description: 'What is left out stays. `student_emails` is the whole list.',
    params: { id: familyId },
    body: familyChanges,
    answer: json(savedFamilySchema, 'The family as it is now.'),
    problems: [404, 409],
    handle({ params: { id }, body, actor }) {
      const { billing_email: billingEmail, student_emails: studentEmails, reason, ...names } = body;
      const changes = { ...names, billingEmail, studentEmails };
      return showSavedFamily(unlessRefused(actions.changeFamily(id, changes, { actor, reason })));
    },
  });

  return router;
}
