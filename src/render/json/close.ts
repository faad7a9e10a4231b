import { z } from '@hono/zod-openapi';

import { exceptionText } from '../../core/billing/period/exceptions.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { IssuedWith } from '../../queries/reports/explain.ts';
import { instant, instantOrNull } from './fields.ts';

export const closeSchema = z
  .looseObject({
    period: z.string(),
    version: z.int(),
    state: z.enum(['closed', 'reopened']),
    document_id: z.string().openapi({ description: 'SHA-256 of the canonical document; equal on any machine.' }),
    exceptions: z.array(z.string()),
    audit: z.object({ head: z.string(), count: z.int() }),
    closed_time: instant,
    closed_by: z.string(),
  })
  .openapi('Close');

export function showClose(close: Close) {
  return {
    ...showIssuedWith(close),
    exceptions: close.exceptions.map((exception) => exceptionText(exception, close.wording)),
    audit: { head: close.auditHead, count: close.auditCount },
    reason: close.reason,
    closed_by: close.closedBy,
    reopened_time: instantOrNull(close.reopenedAt),
    reopened_by: close.reopenedBy,
    reopen_reason: close.reopenReason,
  };
}

/** Of a close what everybody is told who has a line of it. */
export function showIssuedWith(close: IssuedWith) {
  return {
    period: close.period,
    version: close.version,
    state: close.reopenedAt === null ? ('closed' as const) : ('reopened' as const),
    timezone: close.zone,
    document_id: close.documentId,
    closed_time: formatInstant(close.closedAt),
  };
}
