import { expect, test } from 'vitest';

import { createStrayFinder, type Described } from './described.ts';

const named = { type: 'object', properties: { person_id: {} }, required: ['person_id'] };
const schema = { allOf: [{ $ref: '#/components/schemas/Person' }, { type: 'object', properties: { warnings: {} } }] };
const reference: Described = {
  paths: { '/api/people/{id}': { get: { responses: { 200: { content: { 'application/json': { schema } } } } } } },
  components: { schemas: { Person: named } },
};
const strayOf = createStrayFinder();
const stray = (json: unknown) =>
  strayOf(() => Promise.resolve(reference), {
    method: 'GET',
    path: '/api/people/5?limit=1',
    status: 200,
    type: 'application/json',
    json,
  });

test('an answer with what the reference names is as it should be, and a field beside that is found', async () => {
  expect(await stray({ person_id: 5, warnings: [] })).toBeNull();
  expect(await stray({ person_id: 5, shoe_size: 42 })).toContain('"additionalProperty":"shoe_size"');
  expect(await stray({ warnings: [] })).toContain('person_id');
});
