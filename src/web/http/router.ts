import { OpenAPIHono, z, type RouteConfig } from '@hono/zod-openapi';
import type { ZodType } from 'zod';

import { invalidInput } from '../../refusal.ts';
import type { AppEnv } from '../deps.ts';
import { problemSchema } from './problem.ts';
import { refusal } from './refusal.ts';

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

/** A body in JSON. */
export function body<Schema extends ZodType>(schema: Schema) {
  return { required: true as const, content: { 'application/json': { schema } } };
}

const PROBLEMS = {
  400: 'The request is not understood; `errors` names the fields.',
  401: 'No token, or none that is valid.',
  403: 'The token is of a role that may not do this; `detail` names the role that may.',
  404: 'There is no such thing.',
  405: 'The route exists with other methods, named in `Allow`.',
  409: 'What is stored does not allow it; `detail` says what to do.',
  413: 'The body is too large.',
  415: 'The content-type is not read here.',
  429: 'Too many requests without a valid token; `Retry-After` says how long to wait.',
  500: 'Rollbook failed; its log has the reason.',
  502: 'Google refused, or a job that was waited for failed.',
  503: 'Google or the ledger cannot be used now.',
} as const;
export type ProblemStatus = keyof typeof PROBLEMS;

/** The problems of a route beside those that every route has. */
export function problems(statuses: readonly ProblemStatus[]): RouteConfig['responses'] {
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
