import { fc } from '@fast-check/vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

import { algebra, webWorld, type WebWorld } from './web-world.ts';

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
  return (await world.admin('GET', '/openapi.json')).json as unknown as Document;
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

/** Texts that mean something here, by the format that a schema asks for. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  email: ['ana@school.example', 'ben@home.example', 'cy@home.example'],
  'date-time': ['2026-01-16T15:00:00Z', '2026-01-16T16:00:00+01:00', '2026-01-10T09:30:00.250Z'],
  date: ['2026-01-16', '2026-01-01', '2026-02-28'],
  other: ['abc-defg-hij', '2026-01-16', 'EUR', '104523891', 'ana@school.example', 'Geometry'],
};
const often = <T>(usual: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 24 }, { arbitrary: seldom, weight: 1 });

/** Values that fit a schema, and now and then one that does not. */
function valuesOf(schema: Schema, document: Document): fc.Arbitrary<unknown> {
  const follow = (inner: Schema): fc.Arbitrary<unknown> => {
    if (inner.$ref !== undefined) return follow(document.components.schemas[inner.$ref.split('/').at(-1)!]!);
    if (inner.enum !== undefined) return fc.constantFrom(...inner.enum);
    if (inner.anyOf !== undefined) return fc.oneof(...inner.anyOf.map(follow));
    return fc.constantFrom(...[inner.type ?? 'null'].flat()).chain((type) => ofType(type, inner));
  };
  const ofType = (type: string, inner: Schema): fc.Arbitrary<unknown> => {
    switch (type) {
      case 'object': {
        const fields = Object.entries(inner.properties ?? {}).map(([name, field]) => [name, follow(field)] as const);
        return fc.record(Object.fromEntries(fields), { requiredKeys: [...(inner.required ?? [])] });
      }
      case 'array':
        return fc.array(follow(inner.items ?? {}), { minLength: 1, maxLength: 3 });
      case 'integer':
        return often(fc.integer({ min: 1, max: 3 }), fc.integer());
      case 'null':
        return fc.constant(null);
      default:
        return often(fc.constantFrom(...(TEXTS[inner.format ?? 'other'] ?? [])), fc.string({ maxLength: 30 }));
    }
  };
  return often(follow(schema), fc.jsonValue({ maxDepth: 1 }));
}

interface Call {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly role: 'admin' | 'operator' | 'teacher';
}

function callsOf(document: Document): fc.Arbitrary<Call> {
  const ended = operations(document).filter(({ path }) => !path.endsWith('/events'));
  return fc.constantFrom(...ended).chain(({ path, method, operation }) => {
    const values = (operation.parameters ?? []).map(({ name, in: where, schema }) => {
      const value = valuesOf(schema, document);
      const maybe = fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, { arbitrary: value, weight: 1 });
      return [name, where === 'path' ? value : maybe] as const;
    });
    const content = operation.requestBody?.content ?? {};
    const json = content['application/json'];
    const text = content['text/csv'] === undefined ? fc.constant(undefined) : fc.string();
    return fc.record({
      path: fc.constant(path),
      method: fc.constant(method),
      operation: fc.constant(operation),
      parameters: fc.record(Object.fromEntries(values)),
      body: json === undefined ? text : valuesOf(json.schema, document),
      role: fc.constantFrom('admin', 'admin', 'admin', 'admin', 'operator', 'teacher'),
    });
  });
}

async function send(world: WebWorld, { path, method, operation, parameters, body, role }: Call) {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(text(parameters[name])) || 'x');
  const query = new URLSearchParams();
  for (const { name, in: where } of operation.parameters ?? []) {
    if (where === 'query' && parameters[name] !== undefined) query.set(name, text(parameters[name]));
  }
  const ask = { admin: world.admin, operator: world.operator, teacher: world.teacherAsks }[role];
  return ask(method.toUpperCase(), `${filled}?${query.toString()}`, body);
}

test('whatever is sent, every answer is one that the document describes, and none is a failure of ours', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  await world.admin('POST', '/api/schedule/class', algebra);
  await world.operator('POST', '/monitoring/sync-all-active');
  const document = await documentOf(world);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...document, $id: 'rollbook' });

  /** What an answer has that the document does not say; null when it is as described. */
  const stray = (call: Call, { status, headers, json }: Awaited<ReturnType<typeof send>>): string | null => {
    const described = call.operation.responses[status];
    // A path that is filled with dots or slashes is another route, or none.
    if (described === undefined) return status === 404 || status === 405 ? null : `status ${status}`;
    const type = headers.get('content-type')?.split(';')[0] ?? '';
    if (described.content?.[type] === undefined) return `type ${type} of status ${status}`;
    if (!type.includes('json')) return null;
    const pointer = ['paths', call.path, call.method, 'responses', String(status), 'content', type, 'schema']
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = ajv.getSchema(`rollbook#/${pointer}`)!;
    return validate(json) === true ? null : ajv.errorsText(validate.errors);
  };

  const successes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(callsOf(document), async (call) => {
      const answer = await send(world, call);
      if (answer.status < 300) successes.add(call.operation.operationId);
      expect(answer.status).toBeLessThan(500);
      expect(stray(call, answer)).toBeNull();
    }),
    { numRuns: 500 },
  );
  // Otherwise only refusals were looked at.
  expect(successes.size).toBeGreaterThan(10);
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
