import { z } from '@hono/zod-openapi';

import type { Person } from '../../core/attendance/identity.ts';
import type { WebDeps } from '../deps.ts';
import { found } from '../http/problem.ts';
import { unlessRefused } from '../http/refusal.ts';
import { json, pageOf, type Router } from '../http/router.ts';
import { createRoutes } from '../http/routes.ts';
import { emailInput, idInput, page, paging, reasonInput, text, type Slice } from '../http/schemas.ts';

const roleInput = z.enum(['teacher', 'student', 'admin', 'other']);
const googleUserId = z
  .string()
  .regex(/^(users\/)?[\w-]{1,64}$/, 'must be the id of a Google account, such as 104523891234567890123')
  .transform((id) => id.replace(/^users\//, ''))
  .openapi({ description: 'Siblings may share one.', example: '104523891234567890123' });

const newPerson = z
  .strictObject({
    email: emailInput,
    name: text(300).nullish(),
    role: roleInput,
    google_user_id: googleUserId.nullish(),
  })
  .openapi('NewPerson');
const personChanges = z
  .strictObject({
    email: emailInput.optional(),
    name: text(300).nullable().optional(),
    role: roleInput.optional(),
    google_user_id: googleUserId.nullable().optional(),
    reason: reasonInput.optional(),
  })
  .openapi('PersonChanges');
const personSchema = z
  .object({
    person_id: z.int(),
    email: z.string(),
    name: z.string().nullable(),
    role: roleInput,
    google_user_id: z.string().nullable(),
  })
  .openapi('Person');
const params = { id: idInput('a person') };

export function peopleRoutes({ queries, actions }: WebDeps): Router {
  const { get, post, patch, router } = createRoutes('people');

  get('/api/people', {
    operationId: 'listPeople',
    summary: 'Lists people',
    query: {
      role: roleInput.optional(),
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
    params,
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
    description: 'What is left out stays. A change of address, name or account rebuilds the logs of their classes.',
    params,
    body: personChanges,
    answer: json(personSchema, 'The person as they are now.'),
    problems: [404, 409],
    handle({ params: { id }, body: { google_user_id: googleUserId, reason, ...changes }, actor }) {
      const saved = actions.changePerson(id, { ...changes, googleUserId }, { actor, reason });
      return showPerson(unlessRefused(saved).person);
    },
  });

  return router;
}

function showPerson({ id, email, name, role, googleUserId }: Person): z.infer<typeof personSchema> {
  return { person_id: id, email, name, role, google_user_id: googleUserId };
}
