import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import type { ImportResult } from '../../actions/csv-import.ts';
import { MOST_ROWS } from '../../actions/csv-table.ts';
import { lineNotUtf8 } from '../../actions/utf8.ts';
import { counted } from '../../core/counted.ts';
import { importedSchema, showImported } from '../../render/json/import.ts';
import type { WebDeps } from '../deps.ts';
import { HttpProblem } from '../http/problem.ts';
import { createRouter, createRoutes, json, type Asker, type Router } from '../http/routes.ts';

/** At most this many faults are listed in an answer. */
const SHOWN = 1000;

const query = {
  dry_run: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'Says what would be stored, and stores nothing.' }),
};
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

export function importRoutes({ actions }: WebDeps): Router {
  const router = createRouter();
  const entering = (enter: typeof actions.importPeople) => ({
    query,
    upload: file,
    answer: json(importedSchema, 'What was stored.'),
    async handle({ query: { dry_run }, actor, c }: Asker & { query: { dry_run?: string | undefined } }) {
      const dryRun = dry_run === 'true';
      const result = await enter(await csvOf(c), { dryRun, mostRows: MOST_ROWS }, { actor });
      refuseFaulty(result);
      return showImported({ ...result, warnings: result.warnings.slice(0, SHOWN) }, dryRun);
    },
  });

  createRoutes('people', router).post('/api/people/import', {
    operationId: 'importPeople',
    summary: 'Enters people from a CSV file',
    description:
      'Columns: email, role; optional name, google_user_id, family, currency, billing_email. At most 10000 rows. All rows are entered or none; entering a file twice changes nothing; an empty cell leaves what is stored.',
    ...entering(actions.importPeople),
  });

  createRoutes('classes', router).post('/api/classes/import', {
    operationId: 'importClasses',
    summary: 'Schedules classes from a CSV file',
    description:
      'Columns: teacher_email, student_emails (separated by ; or space), subject, start_time (with offset, or the wall clock of the organisation), duration_minutes; optional meet_code (left out, a Meet space is made, one for all classes of a series), organizer_email, series_id. At most 10000 rows. All rows are entered or none; entering a file twice changes nothing.',
    ...entering(actions.importClasses),
  });

  return router;
}

/** @throws a problem with the faults of the file, by their lines */
function refuseFaulty({ errors }: ImportResult): void {
  if (errors.length === 0) return;
  const more = errors.length > SHOWN ? `, the first ${SHOWN} of which are listed` : '';
  throw new HttpProblem(
    400,
    'import_refused',
    `nothing was stored: the file has ${counted(errors.length, 'fault')}${more}; correct the lines named in errors and send it again`,
    {
      errors: errors.slice(0, SHOWN).map(({ line, column, message }) => ({
        path: column === null ? `line ${line}` : `line ${line}, ${column}`,
        message,
        line,
      })),
    },
  );
}

/** The text of a CSV body, plain or as the file of a form. */
async function csvOf(c: Context): Promise<string> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'multipart/form-data') {
    const bytes = await c.req.arrayBuffer();
    const headers = { 'content-type': c.req.header('content-type') ?? '' };
    const form = await new Response(bytes, { headers }).formData().catch(() => null);
    const part = form?.get('file') ?? null;
    if (part === null) {
      throw new HttpProblem(400, 'malformed_body', 'the form has no field "file"; put the CSV file there');
    }
    if (typeof part !== 'string') return decoded(await part.arrayBuffer());
    // A field without a file name comes as text already, with U+FFFD for what was no UTF-8.
    decoded(bytes);
    return part;
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
  const line = lineNotUtf8(new Uint8Array(bytes));
  if (line === null) return new TextDecoder().decode(bytes);
  const message = `the file is not UTF-8 (line ${line}); save it as "CSV UTF-8" and send it again`;
  throw new HttpProblem(400, 'malformed_body', message);
}
