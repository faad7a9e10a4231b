import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import { createRules } from '../../src/web/access.ts';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
}
interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
/** What of the reference says which answers there are. */
export interface Described {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const find = createRules();

/** A JSON answer, and to which request. */
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly json: unknown;
}

/**
 * Tells what a JSON answer has that its reference does not say, a field that is not named there too; null when there is
 * nothing. One reference is meant by all calls: what was compiled of it is kept.
 */
export function createStrayFinder(): (reference: () => Promise<Described>, sent: Sent) => Promise<string | null> {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const validators = new Map<string, ValidateFunction | null>();
  let meant: Promise<Described> | undefined;
  return async (reference, { method, path, status, type, json }) => {
    const found = find(method, path.split('?')[0]!);
    if (found.kind !== 'rule') return null;
    const key = `${found.rule.method} ${found.rule.path} ${status} ${type}`;
    if (!validators.has(key)) {
      const document = await (meant ??= reference());
      const operation = document.paths[found.rule.path]?.[found.rule.method.toLowerCase()];
      const schema = operation?.responses[status]?.content?.[type]?.schema;
      validators.set(key, schema === undefined ? null : ajv.compile(closed(schema, document)));
    }
    const validate = validators.get(key);
    if (validate === null || validate === undefined || validate(json)) return null;
    return `${key}: ${validate.errors?.map((err) => `${err.instancePath} ${err.message} ${JSON.stringify(err.params)}`).join('; ')}`;
  };
}

/** The same schema, but an object has no fields beside those that it names. */
function closed(schema: Schema, document: Described): Schema {
  const { $ref, allOf, ...rest } = schema;
  if ($ref !== undefined) return closed(document.components.schemas[$ref.split('/').at(-1)!]!, document);
  if (allOf !== undefined) {
    const parts = allOf.map((part) => closed(part, document));
    const properties = Object.assign({}, ...parts.map((part) => part.properties)) as Record<string, Schema>;
    return { ...parts[0], properties, required: parts.flatMap(({ required = [] }) => required) };
  }
  const { anyOf, items, properties } = rest;
  const fields = Object.entries(properties ?? {}).map(([name, field]) => [name, closed(field, document)] as const);
  return {
    ...rest,
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map((part) => closed(part, document)) }),
    ...(items === undefined ? {} : { items: closed(items, document) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(fields), additionalProperties: rest.additionalProperties ?? false }),
  };
}
