import { createRoute, z } from '@hono/zod-openapi';

import type { Person } from '../../core/attendance/identity.ts';
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

const role = z.enum(['teacher', 'student', 'admin', 'other']);
const googleUserId = z
  .string()
  .regex(/^(users\/)?[\w-]{1,64}$/, 'must be the id of a Google account, such as 104523891234567890123')
  .transform((id) => id.replace(/^users\//, ''))
  .openapi({ description: 'Siblings may share one.', example: '104523891234567890123' });

const newPerson = z
  .strictObject({ email: emailInput, name: text(300).nullish(), role, google_user_id: googleUserId.nullish() })
  .openapi('NewPerson');
const personChanges = z
  .strictObject({
    email: emailInput.optional(),
    name: text(300).nullable().optional(),
    role: role.optional(),
    google_user_id: googleUserId.nullable().optional(),
    reason: reasonInput.optional(),
  })
  .openapi('PersonChanges');
const personSchema = z
  .object({
    person_id: z.int(),
    email: z.string(),
    name: z.string().nullable(),
    role,
    google_user_id: z.string().nullable(),
  })
  .openapi('Person');
const params = z.object({ id: idInput('a person') });

const list = createRoute({
  method: 'get',
  path: '/api/people',
  operationId: 'listPeople',
  summary: 'Lists people',
  tags: ['people'],
  security: bearerAuth,
  request: {
    query: z.strictObject({
      role: role.optional(),
      email: z.string().optional().openapi({ description: 'Only who has this address.' }),
      limit: limitInput,
      cursor: cursorInput,
    }),
  },
  responses: { 200: json(pageOf(personSchema), 'People in order of their number.'), ...problems(400) },
});

const detail = createRoute({
  method: 'get',
  path: '/api/people/{id}',
  operationId: 'getPerson',
  summary: 'Shows a person',
  tags: ['people'],
  security: bearerAuth,
  request: { params },
  responses: { 200: json(personSchema, 'The person.'), ...problems(400, 404) },
});

const create = createRoute({
  method: 'post',
  path: '/api/people',
  operationId: 'createPerson',
  summary: 'Enters a person',
  tags: ['people'],
  security: bearerAuth,
  request: { body: body(newPerson) },
  responses: { 201: json(personSchema, 'The person is entered.'), ...problems(400, 409, 413, 415) },
});

const change = createRoute({
  method: 'patch',
  path: '/api/people/{id}',
  operationId: 'changePerson',
  summary: 'Changes a person',
  description: 'What is left out stays. A change of address, name or account rebuilds the logs of their classes.',
  tags: ['people'],
  security: bearerAuth,
  request: { params, body: body(personChanges) },
  responses: { 200: json(personSchema, 'The person as they are now.'), ...problems(400, 404, 409, 413, 415) },
});

export function peopleRoutes({ queries, actions }: WebDeps): Router {
  const router = createRouter();

  router.openapi(list, (c) => {
    const { role: wanted, email, limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
    const [after = 0] = readCursor(cursor, 1) ?? [];
    if (email !== undefined) {
      const one = queries.personByEmail(email);
      const fits = one !== null && one.id > after && (wanted === undefined || one.role === wanted);
      return c.json({ items: fits ? [show(one)] : [], next_cursor: null }, 200);
    }
    const found = queries.people({ role: wanted, after, limit: limit + 1 });
    return c.json(
      page(found, limit, show, ({ id }) => [id]),
      200,
    );
  });

  router.openapi(detail, (c) => {
    const { id } = c.req.valid('param');
    const found = queries.person(id);
    if (found === null) throw notFound(`person ${id}`);
    return c.json(show(found), 200);
  });

  router.openapi(create, (c) => {
    const { google_user_id: account, name, ...given } = c.req.valid('json');
    const saved = actions.addPerson(
      { ...given, name: name ?? null, googleUserId: account ?? null },
      { actor: c.get('caller').label },
    );
    if (saved.kind === 'refused') throw refusal(saved);
    c.header('location', `/api/people/${saved.person.id}`);
    return c.json(show(saved.person), 201);
  });

  router.openapi(change, (c) => {
    const { google_user_id: account, reason, ...given } = c.req.valid('json');
    const by = { actor: c.get('caller').label, reason };
    const saved = actions.changePerson(c.req.valid('param').id, { ...given, googleUserId: account }, by);
    if (saved.kind === 'refused') throw refusal(saved);
    return c.json(show(saved.person), 200);
  });

  return router;
}

function show({ id, email, name, role: is, googleUserId: account }: Person): z.infer<typeof personSchema> {
  return { person_id: id, email, name, role: is, google_user_id: account };
}
