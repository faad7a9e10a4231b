import { OpenAPIHono, z, type RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ZodRawShape, ZodType } from 'zod';

import { invalidInput } from '../../refusal.ts';
import type { AppEnv, Caller } from '../deps.ts';
import { scopeOf, type Scope } from '../scope.ts';
import { problemSchema, refusal } from './problem.ts';

export type Router = OpenAPIHono<AppEnv>;

/** A group of routes. What does not fit its schema is answered with 400 and the paths of the faults. */
export function createRouter(): Router {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw refusal(invalidInput(result.error));
    },
  });
}

/** An answer in JSON. */
export function json<Schema extends ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

const PROBLEMS = {
  400: 'The request is not understood; `errors` names the fields.',
  401: 'No token, or none that is valid.',
  403: 'The token is of a role that may not do this; `detail` names the role that may.',
  404: 'There is no such thing.',
  409: 'What is stored does not allow it; `detail` says what to do.',
  413: 'The body is too large.',
  415: 'The content-type is not read here.',
  429: 'Too many requests without a valid token; `Retry-After` says how long to wait.',
  500: 'Rollbook failed; its log has the reason.',
  502: 'Google refused, or a job that was waited for failed.',
  503: 'Google or the ledger cannot be used now.',
} as const;
type ProblemStatus = keyof typeof PROBLEMS;

/** The problems of a route beside those that every route has. */
function problems(statuses: readonly ProblemStatus[]): RouteConfig['responses'] {
  const content = { 'application/problem+json': { schema: problemSchema } };
  const all = [...statuses, 401, 403, 429, 500, 503] as const;
  return Object.fromEntries(all.map((status) => [status, { description: PROBLEMS[status], content }]));
}

/** A page of a list. */
export function pageOf<Schema extends ZodType>(item: Schema) {
  return z.object({
    items: z.array(item),
    next_cursor: z
      .string()
      .nullable()
      .openapi({ description: 'Send it as `cursor` for the next page; null at the end.' }),
  });
}

type Method = 'get' | 'post' | 'put' | 'patch';
type None = Record<never, never>;

/** What a route is for and what it takes. `Params` and `Query` are the fields of its path and its query. */
interface Taken<Params extends ZodRawShape, Query extends ZodRawShape, Body extends ZodType> {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: Params;
  readonly query?: Query;
  /** Headers for the reference. The handler reads them from `c`. */
  readonly headers?: ZodRawShape;
  readonly body?: Body;
  /** A body that is not JSON. The handler reads it from `c`. */
  readonly upload?: NonNullable<NonNullable<RouteConfig['request']>['body']>;
  /** Problems that neither every route has nor follow from what it takes (400) or from its body (413, 415). */
  readonly problems?: readonly ProblemStatus[];
}

/** Who sent a request. */
export interface Asker {
  readonly caller: Caller;
  /** The caller's name in the audit log. */
  readonly actor: string;
  /** What the caller may see. */
  readonly scope: Scope;
  readonly c: Context<AppEnv>;
}

/** A request that fits its schemas. */
interface Asked<Params extends ZodRawShape, Query extends ZodRawShape, Body extends ZodType> extends Asker {
  readonly params: z.output<z.ZodObject<Params>>;
  readonly query: z.output<z.ZodObject<Query>>;
  readonly body: z.output<Body>;
}

type ReadonlyDeep<T> = T extends object ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> } : T;
type Awaitable<T> = T | Promise<T>;

interface JsonRoute<
  Params extends ZodRawShape,
  Query extends ZodRawShape,
  Body extends ZodType,
  Answer extends ZodType,
> extends Taken<Params, Query, Body> {
  /** 200 when left out. */
  readonly status?: 200 | 201;
  readonly answer: { readonly description: string; readonly content: { 'application/json': { schema: Answer } } };
  readonly handle: (asked: Asked<Params, Query, Body>) => Awaitable<ReadonlyDeep<z.output<Answer>>>;
}

interface OtherRoute<Params extends ZodRawShape, Query extends ZodRawShape, Body extends ZodType> extends Taken<
  Params,
  Query,
  Body
> {
  readonly answers: RouteConfig['responses'];
  readonly handle: (asked: Asked<Params, Query, Body>) => Awaitable<Response>;
}

/** Routes under one heading of the reference, all behind a token. */
export function createRoutes(tag: string, router: Router = createRouter()) {
  function add<Params extends ZodRawShape, Query extends ZodRawShape, Body extends ZodType>(
    method: Method,
    path: string,
    { params, query, headers, body: schema, upload, problems: others = [], ...texts }: Taken<Params, Query, Body>,
    answers: RouteConfig['responses'],
    handle: (asked: Asked<Params, Query, Body>) => Awaitable<Response>,
  ): void {
    const request = {
      ...(params === undefined ? {} : { params: z.object(params) }),
      ...(query === undefined ? {} : { query: z.strictObject(query) }),
      ...(headers === undefined ? {} : { headers: z.object(headers) }),
      ...(schema === undefined ? {} : { body: { required: true, content: { 'application/json': { schema } } } }),
      ...(upload === undefined ? {} : { body: upload }),
    };
    const ofInput: ProblemStatus[] = Object.keys(request).length === 0 ? [] : [400];
    const ofBody: ProblemStatus[] = 'body' in request ? [413, 415] : [];
    const responses = { ...answers, ...problems([...ofInput, ...ofBody, ...others]) };
    const route: RouteConfig = { tags: [tag], security: [{ bearer: [] }], method, path, ...texts, request, responses };
    interface Fitting {
      param: z.output<z.ZodObject<Params>>;
      query: z.output<z.ZodObject<Query>>;
      json: z.output<Body>;
    }
    router.openapi<RouteConfig, { in: Fitting; out: Fitting }, string>(route, (c) => {
      const caller = c.get('caller');
      return handle({
        params: c.req.valid('param'),
        query: c.req.valid('query'),
        body: c.req.valid('json'),
        caller,
        actor: caller.label,
        scope: scopeOf(caller),
        c,
      });
    });
  }

  const jsonRoute =
    (method: Method) =>
    <
      Answer extends ZodType,
      Params extends ZodRawShape = None,
      Query extends ZodRawShape = None,
      Body extends ZodType = ZodType,
    >(
      path: string,
      { status = 200, answer, handle, ...taken }: JsonRoute<Params, Query, Body, Answer>,
    ): void =>
      add(method, path, taken, { [status]: answer }, async (asked) =>
        asked.c.body(JSON.stringify(await handle(asked)), status, { 'content-type': 'application/json' }),
      );

  const otherRoute =
    (method: Method) =>
    <Params extends ZodRawShape = None, Query extends ZodRawShape = None, Body extends ZodType = ZodType>(
      path: string,
      { answers, handle, ...taken }: OtherRoute<Params, Query, Body>,
    ): void =>
      add(method, path, taken, answers, handle);

  return {
    router,
    get: jsonRoute('get'),
    post: jsonRoute('post'),
    put: jsonRoute('put'),
    patch: jsonRoute('patch'),
    /** Their handlers make the whole answer: it is not JSON, or its status varies. */
    getOther: otherRoute('get'),
    postOther: otherRoute('post'),
  };
}
