import { OpenAPIHono, z } from '@hono/zod-openapi';
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

interface ProblemAnswer {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { readonly schema: typeof problemSchema } };
}

/** The problems of a route beside those that every route has. */
export function problems<const Status extends ProblemStatus>(
  ...statuses: Status[]
): Record<Status | 401 | 403 | 429 | 500 | 503, ProblemAnswer> {
  const all = [...statuses, 401, 403, 429, 500, 503] as const;
  const answers: Partial<Record<ProblemStatus, ProblemAnswer>> = {};
  for (const status of all) {
    answers[status] = {
      description: PROBLEMS[status],
      content: { 'application/problem+json': { schema: problemSchema } },
    };
  }
  return answers as Record<Status | 401 | 403 | 429 | 500 | 503, ProblemAnswer>;
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

export const bearerAuth = [{ bearer: [] }];
