import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import { MOST_ROWS } from '../../actions/csv-table.ts';
import type { ImportOrder, ImportReport } from '../../actions/import-file.ts';
import { lineNotUtf8 } from '../../actions/utf8.ts';
import { counted } from '../../core/counted.ts';
import { importedSchema, showImported } from '../../render/json/import.ts';
import type { WebDeps } from '../deps.ts';
import { HttpProblem } from '../http/problem.ts';
import { createRouter, createRoutes, json, type Asker, type Router } from '../http/routes.ts';

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

export function importRoutes({ importFile }: WebDeps): Router {
  const router = createRouter();
  const entering = (what: ImportOrder['what']) => ({
    query,
    upload: file,
    answer: json(importedSchema, 'What was stored.'),
    async handle({ query: { dry_run }, actor, c }: Asker & { query: { dry_run?: string | undefined } }) {
      const dryRun = dry_run === 'true';
      const order = { what, text: await csvOf(c), dryRun, mostRows: MOST_ROWS, by: { actor } };
      const report = await importFile(order);
      refuseFaulty(report);
      return showImported(report, dryRun);
    },
  });

  createRoutes('people', router).post('/api/people/import', {
    operationId: 'importPeople',
    summary: 'Enters people from a CSV file',
    description:
      'Columns: email, role; optional name, google_user_id, family, currency, billing_email. At most 10000 rows. All rows are entered or none, which takes many seconds for a large file; other requests are answered meanwhile, and those that write wait; entering a file twice changes nothing; an empty cell leaves what is stored.',
    ...entering('people'),
  });

  createRoutes('classes', router).post('/api/classes/import', {
    operationId: 'importClasses',
    summary: 'Schedules classes from a CSV file',
    description:
      'Columns: teacher_email, student_emails (separated by ; or space), subject, start_time (with offset, or the wall clock of the organisation), duration_minutes; optional meet_code (left out, a Meet space is made, one for all classes of a series), organizer_email, series_id. At most 10000 rows. All rows are entered or none, which takes many seconds for a large file; other requests are answered meanwhile, and those that write wait; entering a file twice changes nothing.',
    ...entering('classes'),
  });

  return router;
}

/** @throws a problem with the faults of the file, by their lines */
function refuseFaulty({ errors, faults }: ImportReport): void {
  if (faults === 0) return;
  const more = faults > errors.length ? `, the first ${errors.length} of which are listed` : '';
  throw new HttpProblem(
    400,
    'import_refused',
    `nothing was stored: the file has ${counted(faults, 'fault')}${more}; correct the lines named in errors and send it again`,
    {
      errors: errors.map(({ line, column, message }) => ({
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
