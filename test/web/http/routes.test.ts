import { z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';

import { createRouter, createRoutes, json } from '../../../src/web/http/routes.ts';

const { get, post, router } = createRoutes('lessons');
const lesson = z.object({ id: z.int(), notes: z.array(z.string()) });

get('/lessons', {
  operationId: 'listLessons',
  summary: 'Lists lessons',
  answer: json(z.array(lesson), 'All of them.'),
  handle: () => [],
});
post('/lessons/{id}/notes', {
  operationId: 'addNote',
  summary: 'Adds a note',
  params: { id: z.string().transform(Number) },
  body: z.strictObject({ note: z.string() }),
  status: 201,
  answer: json(lesson, 'The lesson with the note.'),
  problems: [404],
  handle: ({ params: { id }, body: { note }, actor, scope }) => ({
    id,
    notes: [`${actor} of ${String(scope.payOf)}: ${note}`],
  }),
});

const paths = router.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '1' } }).paths;
const statusesOf = (path: string, method: 'get' | 'post') => Object.keys(paths?.[path]?.[method]?.responses ?? {});

test('a route without input has the problems of every route', () => {
  expect(statusesOf('/lessons', 'get')).toEqual(['200', '401', '403', '429', '500', '503']);
});

test('a route with a body has the problems of input and of bodies, and its own', () => {
  expect(statusesOf('/lessons/{id}/notes', 'post')).toEqual([
    '201',
    '400',
    '401',
    '403',
    '404',
    '413',
    '415',
    '429',
    '500',
    '503',
  ]);
});

test('the handler gets what fits the schemas, who asks and what they may see, and its answer is sent as JSON', async () => {
  const app = createRouter();
  app.use(async (c, next) => {
    c.set('caller', { label: 'Ana', role: 'teacher', personId: 7 });
    await next();
  });
  app.route('/', router);
  const ask = (body: unknown) =>
    app.request('/lessons/5/notes', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  const answer = await ask({ note: 'fractions' });

  expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/json']);
  expect(await answer.json()).toEqual({ id: 5, notes: ['Ana of 7: fractions'] });
});
