import { fc } from '@fast-check/vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

import { algebra, webWorld } from './web-world.ts';
import type { WebWorld } from './web-world.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
}
interface Operation {
  readonly operationId: string;
  readonly security?: unknown;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly securitySchemes: unknown };
}

async function documentOf(world: WebWorld): Promise<Document> {
  return (await world.admin('GET', '/openapi.json')).json;
}

const operations = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test('the document is OpenAPI 3.1: every operation named, every reference met, every route but two secured', async () => {
  await using world = webWorld();
  const document = await documentOf(world);
  const all = operations(document);

  expect(document.openapi).toBe('3.1.0');
  expect(document.components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
  expect(all.filter(({ operation }) => operation.security === undefined).map(({ path }) => path)).toEqual([
    '/healthz',
    '/readyz',
  ]);
  for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
    expect(document.components.schemas).toHaveProperty(ref!);
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const schema of Object.values(document.components.schemas)) {
    expect(ajv.validateSchema(schema)).toBe(true);
  }
  expect(document.paths['/api/classes/{id}']?.['get']?.parameters).toMatchObject([
    { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
  ]);
});

/** Values that fit a schema, and a few that do not. */
function valuesOf(schema: Schema, { components }: Document): fc.Arbitrary<unknown> {
  const follow = (inner: Schema): fc.Arbitrary<unknown> => {
    if (inner.$ref !== undefined) return follow(components.schemas[inner.$ref.split('/').at(-1)!]!);
    if (inner.enum !== undefined) return fc.constantFrom(...inner.enum);
    if (inner.anyOf !== undefined) return fc.oneof(...inner.anyOf.map(follow));
    const type = Array.isArray(inner.type)
      ? fc.constantFrom<string>(...(inner.type as string[]))
      : fc.constant(String(inner.type));
    return type.chain((one): fc.Arbitrary<unknown> => {
      switch (one) {
        case 'object': {
          const required = new Set(inner.required);
          const fields = Object.entries(inner.properties ?? {}).map(([name, field]) => [name, follow(field)] as const);
          return fc.record(Object.fromEntries(fields), {
            requiredKeys: [...required].filter((name) => inner.properties?.[name]),
          });
        }
        case 'array':
          return fc.array(follow(inner.items ?? {}), { maxLength: 3 });
        case 'integer':
          return fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer());
        case 'null':
          return fc.constant(null);
        default:
          return fc.oneof(
            fc.constantFrom(
              'ana@school.example',
              'ben@home.example',
              'abc-defg-hij',
              '2026-01-16T15:00:00Z',
              '2026-01-16',
              'EUR',
              '104523891',
            ),
            fc.string({ maxLength: 30 }),
          );
      }
    });
  };
  return fc.oneof({ arbitrary: follow(schema), weight: 9 }, { arbitrary: fc.jsonValue({ maxDepth: 1 }), weight: 1 });
}

test('whatever is sent, every answer is one that the document describes, and none is a failure of ours', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  await world.admin('POST', '/api/schedule/class', algebra);
  await world.operator('POST', '/monitoring/sync-all-active');
  const document = await documentOf(world);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...document, $id: 'rollbook' });
  const request = fc
    .constantFrom(...operations(document).filter(({ path }) => !path.endsWith('/events')))
    .chain((chosen) => {
      const { operation } = chosen;
      const values = Object.fromEntries(
        (operation.parameters ?? []).map(({ name, schema }) => [name, valuesOf(schema, document)]),
      );
      const body = operation.requestBody?.content['application/json'];
      const csv = operation.requestBody?.content['text/csv'];
      return fc.record({
        chosen: fc.constant(chosen),
        parameters: fc.record(values, {
          requiredKeys: operation.parameters?.filter(({ in: where }) => where === 'path').map(({ name }) => name) ?? [],
        }),
        body:
          body === undefined
            ? csv === undefined
              ? fc.constant(undefined)
              : fc.string()
            : valuesOf(body.schema, document),
        role: fc.constantFrom('admin' as const, 'admin' as const, 'operator' as const, 'teacher' as const),
      });
    });

  await fc.assert(
    fc.asyncProperty(request, async ({ chosen: { path, method, operation }, parameters, body, role }) => {
      const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
      const filled = path.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => encodeURIComponent(text(parameters[name])) || 'x',
      );
      const query = new URLSearchParams();
      for (const { name, in: where } of operation.parameters ?? []) {
        if (where === 'query' && name in parameters) query.set(name, text(parameters[name]));
      }
      const ask = { admin: world.admin, operator: world.operator, teacher: world.teacherAsks }[role];
      const { status, headers, json } = await ask(method.toUpperCase(), `${filled}?${query.toString()}`, body);

      expect(status).toBeLessThan(500);
      const described = operation.responses[status];
      // Dots and encoded slashes may lead to another route.
      if (described === undefined) expect([404, 405]).toContain(status);
      const type = headers.get('content-type')?.split(';')[0] ?? '';
      if (described === undefined || !type.includes('json')) return;
      expect(Object.keys(described.content ?? {})).toContain(type);
      const pointer = ['paths', path, method, 'responses', String(status), 'content', type, 'schema']
        .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/');
      const validate = ajv.getSchema(`rollbook#/${pointer}`)!;
      expect([validate(json), validate.errors]).toEqual([true, null]);
    }),
    { numRuns: 300 },
  );
});

test('the reference is a page from this machine, behind a token or the password prompt of a browser', async () => {
  await using world = webWorld();
  const password = Buffer.from(`anybody:${world.tokenOf.operator}`).toString('base64');
  const browse = (path: string) => world.app.request(path, { headers: { authorization: `Basic ${password}` } });

  expect((await world.nobody('GET', '/docs')).headers.get('www-authenticate')).toContain('Basic realm="rollbook"');
  const page = await browse('/docs');
  const html = await page.text();
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(html).not.toMatch(/https?:/);
  for (const [, source] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const { status, headers } = await browse(source!);
    expect([source, status]).toEqual([source, 200]);
    expect(headers.get('content-type')).toMatch(/javascript|css|png/);
  }
  expect((await browse('/docs/package.json')).status).toBe(404);
  expect((await browse('/openapi.json')).status).toBe(200);
  // A browser sends passwords along unasked, so nothing else takes them.
  expect((await browse('/api/classes')).status).toBe(401);
});
