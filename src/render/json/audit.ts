import { z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import type { AuditEntry } from '../../ledger/school/audit-log.ts';
import { instant } from './fields.ts';

export const auditEntrySchema = z
  .object({
    entry_id: z.int(),
    time: instant,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    reason: z.string().nullable(),
    hash: z.string(),
  })
  .openapi('AuditEntry');

export function showAuditEntry({ id, at, ...entry }: AuditEntry): z.infer<typeof auditEntrySchema> {
  return { entry_id: id, time: formatInstant(at), ...entry };
}
