import { expect, test } from 'vitest';
import { z } from 'zod';

import { chance } from '../support/chance.ts';
import { BEN, january } from '../support/money-world.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
interface Reference {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const problem = z.object({
  status: z.number(),
  code: z.string().regex(/^[a-z_]+$/),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
});

/** What a program says to itself: a library's words for a fault, values that are none, and what says nothing at all. */
const RAW =
  /invalid (input|option|string|iso|e-?mail|key|union|date|format|number)|expected \w+, received|too (small|big)\b|unrecognized key|invalid_type|invalid_union|zoderror|\bundefined\b|\bNaN\b|\[object|SQLITE|constraint failed|is not a function|cannot read|must have another form|Infinity/i;

const JUNK: readonly unknown[] = [
  null,
  '',
  ' ',
  'x',
  'ben@home.example',
  'nobody@',
  '2026-02-30',
  '2026-01-16T16:00:00',
  'constructor',
  '\u0000',
  '<b>',
  'a'.repeat(5000),
  0,
  -1,
  1.5,
  1e308,
  99_999_999,
  true,
  [],
  [null],
  ['x', 'x'],
  [[]],
  {},
  { x: 1 },
  { seconds: -1 },
];

/** Requests that are nearly right, one after the other, on a ledger with a closed month. Answers what was refused. */
async function walk(seed: number, steps: number) {
  await using world = await january();
  const reference = (await world.admin('GET', '/openapi.json')).json as unknown as Reference;
  const operations = Object.entries(reference.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  await world.actions.closePeriod('2026-01', { exceptions: true }, { actor: 'office', reason: 'month end' });
  const { pick, odds, whole } = chance(seed);

  const fitting = (schema: Schema, name: string, depth: number): unknown => {
    if (schema.$ref !== undefined)
      return fitting(reference.components.schemas[schema.$ref.split('/').at(-1)!]!, name, depth);
    const any = schema.anyOf ?? schema.oneOf;
    if (any !== undefined) return fitting(pick(any), name, depth);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return pick(schema.enum);
    const type = typeof schema.type === 'string' ? schema.type : (schema.type?.[0] ?? 'string');
    switch (type) {
      case 'integer':
      case 'number':
        return whole(0, 6);
      case 'boolean':
        return odds(0.5);
      case 'array':
        return depth > 3 ? [] : Array.from({ length: whole(0, 2) }, () => fitting(schema.items ?? {}, name, depth + 1));
      case 'object':
        return Object.fromEntries(
          Object.entries(schema.properties ?? {}).flatMap(([key, field]) =>
            odds(0.25) ? [] : [[key, odds(0.2) ? pick(JUNK) : fitting(field, key, depth + 1)]],
          ),
        );
      default:
        return textFor(name);
    }
  };
  const textFor = (name: string): string => {
    if (/email/.test(name)) return pick([BEN, 'ana@school.example', 'zoe@home.example']);
    if (/_time|since|from$|to$/.test(name) && odds(0.5))
      return pick(['2026-01-16T16:00:00Z', '2026-03-01T10:00:00+01:00']);
    if (/from|to|day|valid/.test(name)) return pick(['2026-01-16', '2026-02-01']);
    if (/period/.test(name)) return pick(['2026-01', '2026-02', '2026-13']);
    if (/line/.test(name)) return pick(['c1-2', 'p1-1', 'c9-9']);
    if (/record/.test(name)) return pick(['conferenceRecords/one-2026-01-16-1600', 'conferenceRecords/none']);
    return pick(['Algebra', 'EUR', '42.00', 'UTC', 'asked the family', 'abc-defg-hij', '1']);
  };

  const refused: { request: string; status: number; text: string }[] = [];
  for (let step = 0; step < steps; step += 1) {
    const { path, method, operation } = pick(operations);
    if (path.includes('events') || path === '/metrics' || path.startsWith('/docs')) continue;
    const named = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(
        name === 'period'
          ? textFor('period')
          : odds(0.2)
            ? pick(['x', '0', '-1', '1.5', '9'.repeat(20), ' '])
            : path.includes('lines')
              ? textFor('line')
              : String(whole(1, 4)),
      ),
    );
    const query = new URLSearchParams(
      (operation.parameters ?? []).flatMap((parameter): [string, string][] => {
        if (parameter.in !== 'query' || odds(0.5)) return [];
        const value = odds(0.3) ? pick(JUNK) : fitting(parameter.schema, parameter.name, 0);
        return [[parameter.name, typeof value === 'string' ? value : JSON.stringify(value)]];
      }),
    );
    if (odds(0.05)) query.set('nonsense', '1');
    const schema = operation.requestBody?.content['application/json']?.schema;
    const wish = schema === undefined ? undefined : odds(0.1) ? pick(JUNK) : fitting(schema, '', 0);
    const body = typeof wish === 'string' ? { [wish]: wish } : wish;
    const target = `${named}${query.size === 0 ? '' : `?${query.toString()}`}`;
    const { status, headers, text } = await world.admin(method, target, body);
    const request = `${method} ${target} ${JSON.stringify(body)?.slice(0, 300)}`;
    if (status < 400) continue;
    expect([status, headers.get('content-type'), request]).toEqual([
      status,
      expect.stringContaining('problem+json'),
      request,
    ]);
    refused.push({ request, status, text });
  }
  return refused;
}

test.each([1, 2])(
  'whatever is refused says what was wrong, where, and what to do, in plain words (%i)',
  async (seed) => {
    const refused = await walk(seed, 1500);
    const faults = refused.flatMap(({ request, status, text }) => {
      const { code, detail, errors } = problem.parse(JSON.parse(text));
      const words = [detail, ...errors.map(({ message }) => message)];
      const raw = words.filter((said) => RAW.test(said) || said.trim().split(/\s+/).length < 2);
      const nowhere = code === 'invalid_request' && errors.length === 0;
      // What has a form says which.
      const formless = errors.some(
        ({ path, message }) =>
          /(^|\.)(amount|currency|period|from|to|valid_from|valid_to)$/.test(path) && message.endsWith('must be text'),
      );
      return raw.length > 0 || formless || nowhere || status === 500
        ? [`${request}\n  → ${status} ${code}: ${words.join(' | ').slice(0, 400)}`]
        : [];
    });
    expect(faults).toEqual([]);
    expect(refused.length).toBeGreaterThan(300);
  },
);
