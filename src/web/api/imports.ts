import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import type { ImportResult } from '../../actions/csv-import.ts';
import type { WebDeps } from '../deps.ts';
import { HttpProblem } from '../http/problem.ts';
import { bearerAuth, createRouter, json, problems } from '../http/router.ts';
import type { Router } from '../http/router.ts';

/** An answer shows so many faults; the rest shows when these are mended. */
const SHOWN = 1000;

const warning = z.object({ line: z.int(), column: z.string().nullable(), message: z.string() });
const imported = z
  .object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    dry_run: z.boolean(),
    warnings: z.array(warning),
  })
  .openapi('Imported');

const query = z.strictObject({
  dry_run: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'Says what would be stored, and stores nothing.' }),
});
const file = {
  required: true,
  content: {
    'text/csv': {
      schema: {
        type: 'string' as const,
        description: 'UTF-8, with a line of titles; separated by comma, semicolon or tab.',
      },
    },
    'multipart/form-data': {
      schema: {
        type: 'object' as const,
        required: ['file'],
        properties: { file: { type: 'string' as const, format: 'binary' } },
      },
    },
  },
};

const importPeople = createRoute({
  method: 'post',
  path: '/api/people/import',
  operationId: 'importPeople',
  summary: 'Enters people from a CSV file',
  description:
    'Columns: email, role; optional name, google_user_id, family, currency, billing_email. All rows are entered or none; entering a file twice changes nothing; an empty cell leaves what is stored.',
  tags: ['people'],
  security: bearerAuth,
  request: { query, body: file },
  responses: { 200: json(imported, 'What was stored.'), ...problems(400, 413, 415) },
});

const importClasses = createRoute({
  method: 'post',
  path: '/api/classes/import',
  operationId: 'importClasses',
  summary: 'Schedules classes from a CSV file',
  description:
    'Columns: teacher_email, student_emails (separated by ; or space), subject, start_time (with offset, or the wall clock of the organisation), duration_minutes, meet_code; optional organizer_email, series_id. All rows are entered or none; entering a file twice changes nothing.',
  tags: ['classes'],
  security: bearerAuth,
  request: { query, body: file },
  responses: { 200: json(imported, 'What was stored.'), ...problems(400, 413, 415) },
});

export function importRoutes({ actions }: WebDeps): Router {
  const router = createRouter();
  router.openapi(importPeople, async (c) => {
    const options = { dryRun: c.req.valid('query').dry_run === 'true', actor: c.get('caller').label };
    return c.json(shown(actions.importPeople(await csvOf(c), options), options.dryRun), 200);
  });
  router.openapi(importClasses, async (c) => {
    const options = { dryRun: c.req.valid('query').dry_run === 'true', actor: c.get('caller').label };
    return c.json(shown(actions.importClasses(await csvOf(c), options), options.dryRun), 200);
  });
  return router;
}

function shown(
  { created, updated, unchanged, warnings, errors }: ImportResult,
  dryRun: boolean,
): z.infer<typeof imported> {
  if (errors.length > 0) {
    const more = errors.length > SHOWN ? `, the first ${SHOWN} of which are listed` : '';
    throw new HttpProblem(
      400,
      'import_refused',
      `nothing was stored: the file has ${errors.length} ${errors.length === 1 ? 'fault' : 'faults'}${more}; correct the lines named in errors and send it again`,
      {
        errors: errors.slice(0, SHOWN).map(({ line, column, message }) => ({
          path: column === null ? `line ${line}` : `line ${line}, ${column}`,
          message,
          line,
        })),
      },
    );
  }
  return { created, updated, unchanged, dry_run: dryRun, warnings: warnings.slice(0, SHOWN) };
}

/** The text of a CSV body, plain or as the file of a form. */
async function csvOf(c: Context): Promise<string> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'multipart/form-data') {
    const form = await c.req.formData().catch(() => null);
    const part = form?.get('file') ?? null;
    if (part === null) {
      throw new HttpProblem(400, 'malformed_body', 'the form has no field "file"; put the CSV file there');
    }
    return typeof part === 'string' ? part : decoded(await part.arrayBuffer());
  }
  if (!['text/csv', 'text/plain', 'application/csv', 'application/vnd.ms-excel'].includes(type)) {
    throw new HttpProblem(
      415,
      'unsupported_media_type',
      'send the file as text/csv, or as the field "file" of multipart/form-data',
    );
  }
  return decoded(await c.req.arrayBuffer());
}

function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpProblem(400, 'malformed_body', 'the file is not UTF-8; save it as "CSV UTF-8" and send it again');
  }
}
