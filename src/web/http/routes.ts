import { createRoute, z } from '@hono/zod-openapi';
import type { RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ZodRawShape, ZodType } from 'zod';

import type { AppEnv, Caller } from '../deps.ts';
import { scopeOf } from '../scope.ts';
import type { Scope } from '../scope.ts';
import { bearerAuth, body, createRouter, problems } from './router.ts';
import type { ProblemStatus, Router } from './router.ts';

/** What a route is for and what it takes. `Params` and `Query` are the fields of its path and its query. */
interface Taken<Params extends ZodRawShape, Query extends ZodRawShape, Body extends ZodType> {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Problems that neither every route has nor follow from what it takes (400) or from its body (413, 415). */
  readonly problems?: readonly ProblemStatus[];
}

/** A request that fits its schemas, and who sent it. */
interface Asked<Params extends ZodRawShape, Query extends ZodRawShape, Body extends ZodType> {
  readonly params: z.output<z.ZodObject<Params>>;
  readonly query: z.output<z.ZodObject<Query>>;
  readonly body: z.output<Body>;
  readonly caller: Caller;
  /** The caller's name in the audit log. */
  readonly actor: string;
  /** What the caller may see. */
  readonly scope: Scope;
  readonly c: Context<AppEnv>;
}

type ReadonlyDeep<T> = T extends object ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> } : T;

interface JsonRoute<
  Params extends ZodRawShape,
  Query extends ZodRawShape,
  Body extends ZodType,
  Answer extends ZodType,
> extends Taken<Params, Query, Body> {
  /** 200 when left out. */
  readonly status?: 200 | 201;
  readonly answer: { readonly description: string; readonly content: { 'application/json': { schema: Answer } } };
  readonly handle: (
    asked: Asked<Params, Query, Body>,
  ) => ReadonlyDeep<z.output<Answer>> | Promise<ReadonlyDeep<z.output<Answer>>>;
}

interface OtherRoute<Params extends ZodRawShape, Query extends ZodRawShape, Body extends ZodType> extends Taken<
  Params,
  Query,
  Body
> {
  readonly answer: RouteConfig['responses'][number];
  readonly handle: (asked: Asked<Params, Query, Body>) => Response | Promise<Response>;
}

type None = Record<never, never>;

/** Routes under one heading of the reference, all behind a token. */
export function createRoutes(tag: string) {
  const router: Router = createRouter();

  function add<Params extends ZodRawShape, Query extends ZodRawShape, Body extends ZodType>(
    method: 'get' | 'post' | 'put' | 'patch',
    path: string,
    {
      operationId,
      summary,
      description,
      params,
      query,
      body: bodySchema,
      problems: others = [],
    }: Taken<Params, Query, Body>,
    responses: RouteConfig['responses'],
    respond: (asked: Asked<Params, Query, Body>) => Response | Promise<Response>,
  ): void {
    const ofInput = params === undefined && query === undefined && bodySchema === undefined ? [] : ([400] as const);
    const ofBody = bodySchema === undefined ? [] : ([413, 415] as const);
    const route = {
      tags: [tag],
      security: bearerAuth,
      method,
      path,
      operationId,
      summary,
      ...(description === undefined ? {} : { description }),
      request: {
        ...(params === undefined ? {} : { params: z.object(params) }),
        ...(query === undefined ? {} : { query: z.strictObject(query) }),
        ...(bodySchema === undefined ? {} : { body: body(bodySchema) }),
      },
      responses: { ...responses, ...problems(...ofInput, ...ofBody, ...others) },
    };
    type Input = { in: Parts; out: Parts };
    type Parts = Pick<Asked<Params, Query, Body>, 'query'> & {
      param: z.output<z.ZodObject<Params>>;
      json: z.output<Body>;
    };
    router.openapi<RouteConfig, Input, string>(createRoute(route), (c) => {
      const caller = c.get('caller');
      return respond({
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

  const json =
    (method: 'get' | 'post' | 'put' | 'patch') =>
    <
      Answer extends ZodType,
      Params extends ZodRawShape = None,
      Query extends ZodRawShape = None,
      Body extends ZodType = z.ZodUndefined,
    >(
      path: string,
      { status = 200, answer, handle, ...taken }: JsonRoute<Params, Query, Body, Answer>,
    ): void =>
      add(method, path, taken, { [status]: answer }, async (asked) =>
        asked.c.body(JSON.stringify(await handle(asked)), status, { 'content-type': 'application/json' }),
      );

  return {
    router,
    get: json('get'),
    post: json('post'),
    put: json('put'),
    patch: json('patch'),
    /** Answers with something else than JSON. */
    getOther<Params extends ZodRawShape = None, Query extends ZodRawShape = None>(
      path: string,
      { answer, handle, ...taken }: OtherRoute<Params, Query, z.ZodUndefined>,
    ): void {
      add('get', path, taken, { 200: answer }, handle);
    },
  };
}
